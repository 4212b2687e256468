"""The command itself: exit statuses, what goes to stdout and what to stderr."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from advisor.check import CheckReport
from advisor.cli import main
from advisor.commands import recommend, rules
from tests.advisor.conftest import Run
from tests.advisor.small_rules import SMALL_RULES


def test_json_is_all_that_stdout_gets(run_process: Run, shop_file: Path) -> None:
    done = run_process("recommend", shop_file, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    data = json.loads(done.stdout)
    assert data["overall"] == "hybrid"
    (cart,) = data["components"]
    assert (cart["name"], cart["mechanism"], cart["class"]) == ("cart", "shared_session", "hybrid")
    assert (cart["runner_up"], cart["margin"], cart["also"]) == ("database_session", "clear", [])
    assert cart["reasons"][0]["rule"] == "draft-in-one-place"
    assert {"question", "from", "to", "mechanism", "effort"} == set(cart["flips"][0])
    assert cart["ruled_out"][0]["requirement"] == "nothing-to-pin"
    assert cart["contradiction"] is None


def test_a_contradiction_is_an_answer_and_no_error(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("version: 1\nanswers: {connection: protocol_session, failure_tolerance: nothing}", encoding="utf-8")
    done = run("recommend", path, "--json")
    assert done.returncode == 0
    data = json.loads(done.stdout)
    assert data["overall"] is None
    assert data["components"][0]["mechanism"] is None
    assert len(data["components"][0]["contradiction"]) == 2
    shown = run("recommend", path).stdout
    assert "These answers contradict each other: together they leave no mechanism." in shown
    assert "x connection = protocol_session rules out all but pinned_connection" in shown
    assert "x failure_tolerance = nothing rules out replicated_memory, pinned_connection" in shown


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["recomend", "x"], 'there is no command "recomend".\n  Did you mean "recommend"?'),
        (["rules", "chek"], 'there is no command "chek".\n  Did you mean "check"?'),
        (["rules"], "the following arguments are required: TASK."),
        (["recommend"], "the following arguments are required: FILE."),
        (["recommend", "x", "--jsn"], 'there is no option "--jsn".\n  Did you mean "--json"?'),
        (["resume", "x", "y"], "unrecognized arguments: y."),
        (["recommend", "missing.yaml"], "missing.yaml: there is no such file."),
        (["recommend", "."], ".: this is a directory, not a file."),
        (["--answers", "."], ".: this is a directory, not a file."),
        (["resume", "missing.yaml"], "missing.yaml: there is no such file."),
        (["rules", "check", "missing.yaml"], "missing.yaml: there is no such file."),
        (["--rules", "missing.yaml", "recommend", "x"], "missing.yaml: there is no such file."),
    ],
)
def test_bad_usage_is_one_clear_message_and_status_2(run: Run, args: list[str], said: str) -> None:
    done = run(*args)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"advisor: {said}")
    assert "Traceback" not in done.stderr


def test_bad_answers_list_every_fault_on_stderr(run_process: Run, tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("version: 1\nanswers: {latency: fast, rebuild: maybe, colour: red}", encoding="utf-8")
    done = run_process("recommend", "bad.yaml", "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("bad.yaml:2:") == 3


def test_rules_check_counts_what_it_found_sound(
    run: Run, checked: tuple[CheckReport, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "check_rules", lambda path, progress: checked[0])
    done = run("rules", "check")
    assert (done.returncode, done.stderr) == (0, "")
    assert "rules.yaml: no faults.\n  17 questions, 19 mechanisms, 15 archetypes, 10 concerns" in done.stdout


def test_rules_check_reports_five_faults_with_line_and_column(run: Run, tmp_path: Path) -> None:
    text = SMALL_RULES
    for old, new in (
        ("class: stateful, summary", "class: statefull, summary"),
        ("keeps: [memory]", "keeps: [memmory]"),
        ("concern: wires", "concern: wire"),
        ("points: {plain: 2}", "points: {plain: 7}"),
        ("talk: calls, keep: cart", "talk: calls, keep: no"),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    done = run("rules", "check", "mine.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    told = [line.split(": ")[0] for line in done.stderr.splitlines() if line.startswith("mine.yaml:")]
    assert told == ["mine.yaml:20:34", "mine.yaml:22:65", "mine.yaml:27:56", "mine.yaml:34:36", "mine.yaml:34:81"]
    assert "is an unquoted no, which older YAML tools read as true or false." in done.stderr


@pytest.mark.parametrize("place", ["before", "after"])
def test_other_rules_can_be_used(run: Run, tmp_path: Path, place: str) -> None:
    (tmp_path / "mine.yaml").write_text(SMALL_RULES, encoding="utf-8")
    (tmp_path / "a.yaml").write_text("version: 1\nanswers: {talk: socket}", encoding="utf-8")
    option = ["--rules", "mine.yaml"]
    args = (
        [*option, "recommend", "a.yaml", "--json"] if place == "before" else ["recommend", "a.yaml", "--json", *option]
    )
    assert json.loads(run(*args).stdout)["components"][0]["mechanism"] == "memory"


def test_the_version_is_that_of_the_distribution(run_process: Run) -> None:
    from importlib.metadata import version  # noqa: PLC0415

    assert run_process("--version").stdout == f"advisor {version('statewise')}\n"


def test_help_names_the_commands_and_the_exit_statuses(run_process: Run) -> None:
    out = run_process("--help").stdout
    for word in ("recommend", "resume", "rules", "Exit status: 0 done; 2 bad usage, answers or rules; 130 cancelled."):
        assert word in out


def test_json_loads_neither_menus_nor_colours(shop_file: Path) -> None:
    code = (
        "import sys; from advisor.cli import main; main(sys.argv[1:]);"
        "heavy = {'rich', 'questionary', 'prompt_toolkit', 'difflib', 'jinja2', 'advisor.report.svg'};"
        "print(sorted(heavy & set(sys.modules)),"
        " file=sys.stderr)"
    )
    command = [sys.executable, "-c", code, "recommend", str(shop_file), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"


def test_a_reader_that_has_seen_enough_is_no_error(shop_file: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "advisor", "recommend", str(shop_file), "--json"]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def test_an_ascii_terminal_gets_the_report_all_the_same(run_process: Run, shop_file: Path) -> None:
    done = run_process("recommend", shop_file, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert "shared_session" in done.stdout


def test_an_interrupt_anywhere_is_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(recommend, "load_rules", interrupted)
    assert main(["recommend", "x"]) == 130
    assert capsys.readouterr().err == "\nCancelled.\n"
