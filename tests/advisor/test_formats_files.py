"""Forms and places of reports, and many answer files at once, through the command."""

import json
from pathlib import Path

import pytest

from tests.advisor.conftest import SHOP, Run

CHAT = "version: 1\nname: chat\narchetype: realtime\n"
BAD = "version: 1\nanswers: {latency: fast, colour: red}\n"
BEGINNINGS = {
    "text": "corner shop: hybrid\n",
    "markdown": "# corner shop: hybrid\n",
    "html": "<!DOCTYPE html>\n",
    "json": '{\n  "version": 1,\n  "name": "corner shop",\n',
    "jsonl": '{"version": 1, "name": "corner shop", ',
    "adr": "---\nstatus: proposed\n",
    "mermaid": "flowchart TB\n",
    "svg": "<svg ",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("shop", SHOP), ("chat", CHAT), ("bad", BAD)):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("form", list(BEGINNINGS))
def test_every_form_goes_to_standard_output_and_nothing_else_does(run: Run, folder: Path, form: str) -> None:
    done = run("recommend", "shop.yaml", "--format", form)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(BEGINNINGS[form])
    assert done.stdout.endswith("\n")
    assert not done.stdout.endswith("\n\n")


@pytest.mark.parametrize("form", [each for each in BEGINNINGS if each != "adr"])
def test_every_form_goes_into_a_file(run: Run, folder: Path, form: str) -> None:
    done = run("recommend", "shop.yaml", "--format", form, "--output", "new/report")
    assert (done.returncode, done.stdout, done.stderr) == (0, "Wrote new/report\n", "")
    assert (folder / "new" / "report").read_text(encoding="utf-8").startswith(BEGINNINGS[form])


def test_a_folder_gets_a_file_for_each_answer_file(run: Run, folder: Path) -> None:
    done = run("recommend", "shop.yaml", "chat.yaml", "--format", "html", "--output", "out/")
    assert done.stdout == "Wrote out/shop.html\nWrote out/chat.html\n"
    assert "<h1>chat " in (folder / "out" / "chat.html").read_text(encoding="utf-8")


def test_text_in_a_file_is_without_colours_and_80_columns_wide(run: Run, folder: Path) -> None:
    run("recommend", "shop.yaml", "--output", "report.txt", COLUMNS="40", FORCE_COLOR="1")
    text = (folder / "report.txt").read_text(encoding="utf-8")
    assert "\x1b" not in text
    assert 70 < max(map(len, text.splitlines())) <= 80


def test_many_files_give_one_array_that_says_which_is_which(run: Run, folder: Path) -> None:
    done = run("recommend", "shop.yaml", "chat.yaml", "--json")
    shop, chat = json.loads(done.stdout)
    assert (shop["file"], chat["file"]) == ("shop.yaml", "chat.yaml")
    assert chat["components"][0]["mechanism"] == "connection_gateway"


def test_json_lines_have_a_line_for_each_file(run: Run, folder: Path) -> None:
    lines = run("recommend", "shop.yaml", "chat.yaml", "--format", "jsonl").stdout.splitlines()
    assert [json.loads(line)["name"] for line in lines] == ["corner shop", "chat"]


def test_one_file_is_an_object_and_no_array(run: Run, folder: Path) -> None:
    assert "file" not in json.loads(run("recommend", "shop.yaml", "--json").stdout)


def test_good_files_are_answered_though_others_have_faults_and_every_fault_is_told(run: Run, folder: Path) -> None:
    done = run("recommend", "bad.yaml", "shop.yaml", "missing.yaml", "chat.yaml", "--json")
    assert done.returncode == 2
    assert [each["file"] for each in json.loads(done.stdout)] == ["shop.yaml", "chat.yaml"]
    assert 'bad.yaml:2:26: answers of service has the key "colour", which means nothing.' in done.stderr
    assert 'bad.yaml:2:20: latency in answers of service is "fast"' in done.stderr
    assert "missing.yaml: there is no such file." in done.stderr


def test_people_see_which_report_is_on_which_file(run: Run, folder: Path) -> None:
    out = run("recommend", "shop.yaml", "chat.yaml").stdout
    assert out.startswith("# shop.yaml\n\ncorner shop: hybrid\n")
    assert "\n\n# chat.yaml\n\nchat: stateful\n" in out


def test_decision_records_are_numbered_on_and_never_overwritten(run: Run, folder: Path) -> None:
    decisions = folder / "docs" / "decisions"
    first = run("recommend", "shop.yaml", "--format", "adr", "--output", "docs/decisions")
    assert first.stdout == "Wrote docs/decisions/0001-shared-session-store-for-cart.md\n"
    (decisions / "0007-other.md").write_text("somebody else's", encoding="utf-8")
    (decisions / "0008-not-a-record.txt").touch()
    before = {path: path.read_bytes() for path in decisions.iterdir()}
    second = run("recommend", "shop.yaml", "chat.yaml", "--format", "adr", "--output", "docs/decisions")
    assert second.stdout == (
        "Wrote docs/decisions/0008-shared-session-store-for-cart.md\n"
        "Wrote docs/decisions/0009-connection-gateway-for-chat.md\n"
    )
    assert {path: path.read_bytes() for path in before} == before


def test_a_component_without_a_decision_is_told_and_the_others_are_recorded(run: Run, folder: Path) -> None:
    answers = "archetype: files\nanswers: {failure_tolerance: nothing}"
    (folder / "drop.yaml").write_text(f"version: 1\nname: drop\n{answers}", encoding="utf-8")
    done = run("recommend", "drop.yaml", "chat.yaml", "--format", "adr", "--output", "adr")
    assert (done.returncode, done.stdout) == (2, "Wrote adr/0001-connection-gateway-for-chat.md\n")
    assert 'drop.yaml: component "drop" has no decision to record' in done.stderr


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["shop.yaml", "--format", "htlm"], 'there is no format "htlm".\n  Did you mean "html"?'),
        (["shop.yaml", "--json", "--format", "html"], "argument --format: not allowed with argument --json."),
        (
            ["shop.yaml", "chat.yaml", "--format", "svg"],
            "one svg report holds one system, but there are 2 files.\n  Name a folder: --output reports/",
        ),
        (
            ["shop.yaml", "chat.yaml", "--format", "html", "--output", "x.html"],
            "one html report holds one system, but there are 2 files.\n  Name a folder: --output x.html/",
        ),
        (["shop.yaml", "--output", "shop.yaml"], "shop.yaml: the report would overwrite these answers."),
        (["shop.yaml", "./shop.yaml", "--output", "out/"], "out/shop.txt: two reports would have this name."),
        (["shop.yaml", "--output", "chat.yaml/x"], "chat.yaml: this folder cannot be made: File exists."),
        (["shop.yaml", "--format", "adr", "--output", "chat.yaml"], "chat.yaml: this folder cannot be made: "),
    ],
)
def test_what_would_lose_something_is_refused(run: Run, folder: Path, args: list[str], said: str) -> None:
    done = run("recommend", *args)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"advisor: {said}")
    assert (folder / "shop.yaml").read_text(encoding="utf-8") == SHOP
    assert not (folder / "out").exists()


def test_a_report_that_stood_there_is_renewed(run: Run, folder: Path) -> None:
    (folder / "r.md").write_text("old", encoding="utf-8")
    run("recommend", "shop.yaml", "--format", "markdown", "--output", "r.md")
    assert (folder / "r.md").read_text(encoding="utf-8").startswith("# corner shop")
    assert sorted(path.name for path in folder.iterdir()) == ["bad.yaml", "chat.yaml", "r.md", "shop.yaml"]
