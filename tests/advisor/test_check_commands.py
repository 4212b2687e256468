"""`advisor rules check`, `diff` and `coverage`, as an author runs them."""

import re
import sys
from pathlib import Path

import pexpect
import pytest

from advisor.check import disagreements, load_golden
from advisor.model import Rulebook
from tests.advisor.conftest import Run
from tests.advisor.small_rules import SMALL_RULES

DOCS = (Path(__file__).parents[2] / "docs" / "advisor.md").read_text(encoding="utf-8")
GOLDEN = """\
version: 1
cases:
  - {name: a shop, archetype: shop, overall: [hybrid], answers: {}}
  - {name: a wire, mechanism: memory, answers: {talk: socket, keep: nothing}, source: "https://example.org/w"}
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL_RULES, encoding="utf-8")
    (tmp_path / "golden.yaml").write_text(GOLDEN, encoding="utf-8")
    return path


def test_check_tells_what_the_rules_do_over_all_answer_sets(run_process: Run, small: Path) -> None:
    done = run_process("rules", "check", "small.yaml", "--golden", "golden.yaml")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"```\n{done.stdout}```" in DOCS
    assert done.stdout.splitlines() == [
        "small.yaml: no faults.",
        "  4 questions, 3 mechanisms, 1 archetypes, 2 concerns, 2 requirements, 3 rules, 1 companions, 19 class cases",
        "  all 2 golden cases agree",
        "Over all 99 answer sets, unknown included:",
        "  no mechanism is left in 9 (9.1 %)",
        "    as with users: few, bytes: big, total: heavy, talk: socket",
        "  a tie in 22 (22.2 %)",
        "    as with nothing known at all",
        "  plain  wins 44 (44.4 %)",
        "  memory wins 24 (24.2 %)",
        "  store  wins 22 (22.2 %)",
        "1 warning.",
        'small.yaml:34:5: rule "calls-are-plain" never decides: without it every answer set has the same winner.',
        "  Strengthen it, or take it out.",
    ]


def test_a_golden_case_that_disagrees_is_an_error_at_its_line(run: Run, small: Path) -> None:
    text = GOLDEN.replace("overall: [hybrid]", "overall: [stateless, stateful]").replace("memory", "store")
    (small.parent / "golden.yaml").write_text(text, encoding="utf-8")
    done = run("rules", "check", "small.yaml", "--golden", "golden.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert 'golden.yaml:3:5: golden case "a shop" wants stateless or stateful, but gets hybrid (store).' in done.stderr
    assert 'golden.yaml:4:5: golden case "a wire" wants store, but gets memory.' in done.stderr


def test_faults_of_golden_cases_are_told_all_at_once(run: Run, small: Path) -> None:
    text = (
        "cases:\n  - {name: x, answers: {talk: call}}\n  - {name: y, answers: {}, overall: [statefull], mechanism: m}"
    )
    (small.parent / "golden.yaml").write_text(text, encoding="utf-8")
    done = run("rules", "check", "small.yaml", "--golden", "golden.yaml")
    assert done.returncode == 2
    for said in (
        "golden case 1 expects nothing.",
        "which is no answer to talk",
        'Did you mean "stateful"?',
        "no mechanism",
    ):
        assert said in done.stderr


def test_diff_tells_how_many_answer_sets_an_edit_changes_and_one_of_them(run: Run, small: Path) -> None:
    edited = SMALL_RULES.replace("points: {plain: 2}", "points: {store: 2}")
    (small.parent / "new.yaml").write_text(edited, encoding="utf-8")
    done = run("rules", "diff", "small.yaml", "new.yaml")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"```\n{done.stdout}```" in DOCS
    assert done.stdout.splitlines() == [
        "This edit changes 22 of 99 answer sets.",
        "  plain to store: 22 (22.2 %)",
        "Here is one, from plain to store:",
        "  talk: calls",
    ]


def test_an_edit_of_words_changes_nothing(run: Run, small: Path) -> None:
    edited = SMALL_RULES.replace("calls stand alone.", "calls stand by themselves.").replace("carts-weak", "carts-meek")
    (small.parent / "new.yaml").write_text(edited, encoding="utf-8")
    assert run("rules", "diff", "small.yaml", "new.yaml").stdout == "This edit changes 0 of 99 answer sets.\n"


def test_another_order_of_mechanisms_changes_who_wins_ties(run: Run, small: Path) -> None:
    lines = SMALL_RULES.splitlines(keepends=True)
    at = next(number for number, line in enumerate(lines) if line.startswith("  plain: {label"))
    lines[at], lines[at + 1] = lines[at + 1], lines[at]
    (small.parent / "new.yaml").write_text("".join(lines), encoding="utf-8")
    done = run("rules", "diff", "small.yaml", "new.yaml")
    assert done.stdout.splitlines()[1] == "  plain to store: 22 (22.2 %)"


def test_a_new_option_is_unknown_to_the_old_rules(run: Run, small: Path) -> None:
    edited = SMALL_RULES.replace("cart: {label: A cart,", "album: {label: An album, help: more}, cart: {label: A cart,")
    edited = edited.replace("when: {keep: [cart]}, points: {store: 1", "when: {keep: [cart, album]}, points: {store: 1")
    (small.parent / "new.yaml").write_text(edited, encoding="utf-8")
    done = run("rules", "diff", "small.yaml", "new.yaml")
    assert done.stdout.splitlines()[:2] == [
        "This edit changes 11 of 132 answer sets.",
        "  plain to store: 11 (8.3 %)",
    ]


def test_other_bands_cannot_be_compared(run: Run, small: Path) -> None:
    (small.parent / "new.yaml").write_text(SMALL_RULES.replace("from: 100,", "from: 200,"), encoding="utf-8")
    done = run("rules", "diff", "small.yaml", "new.yaml")
    assert done.returncode == 2
    assert "new.yaml: users has other bands than in small.yaml." in done.stderr


def test_coverage_tells_which_rules_fired_and_which_decided(run: Run, small: Path) -> None:
    done = run("rules", "coverage", "small.yaml", "--golden", "golden.yaml")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "                 fired  decided   in 2 golden cases",
        "sockets-stay         1        1",
        "heavy-leaves         0        0",
        "carts-weak           1        0",
        "carts-strong         1        1",
        "calls-are-plain      1        0",
        "Never fired (1): heavy-leaves.",
        "Fired and never decided (2): carts-weak, calls-are-plain.",
    ]


def test_coverage_without_golden_cases_says_where_it_looked(run: Run, small: Path) -> None:
    done = run("rules", "coverage", "small.yaml")
    assert done.returncode == 2
    assert (
        "there are no golden cases beside the rules: golden-cases.yaml is missing.\n  Name them: --golden"
        in done.stderr
    )


def test_on_a_terminal_a_line_on_stderr_tells_how_far_it_is(small: Path) -> None:
    command = pexpect.spawn(
        sys.executable, ["-m", "advisor", "rules", "check", str(small)], timeout=60, encoding="utf-8"
    )
    command.expect("Counting all answer sets:   0%")
    command.expect("Counting all answer sets: 100%\r *\r")
    command.expect("no faults.")
    command.expect(pexpect.EOF)
    command.close()
    assert command.exitstatus == 0


def test_the_golden_case_in_the_docs_agrees_with_the_shipped_rules(rulebook: Rulebook, tmp_path: Path) -> None:
    block = next(each for each in re.findall(r"```yaml\n(.*?)```", DOCS, re.DOTALL) if each.startswith("cases:"))
    path = tmp_path / "golden.yaml"
    path.write_text(block, encoding="utf-8")
    cases = load_golden(path, rulebook)
    assert len(cases) == 1
    assert disagreements(rulebook, cases) == ()
