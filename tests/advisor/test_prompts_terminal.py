"""The interview on a real pseudo-terminal, wide and narrow."""

from pathlib import Path

import pytest

from tests.terminal import ADVISOR, CTRL_C, DOWN, ENTER, LEFT, Window

QUESTIONS_OF_A_CART = [
    "How do clients talk to it?",
    "What has to carry on from one request to the next?",
    "What may one crashed process cost a client?",
    "What must readers be able to rely on?",
    "How fast must an answer be?",
    "What if the same request arrives twice?",
    "How long does one piece of work run?",
    "Who is the client?",
    "How soon must a sign-out or a ban take hold?",
    "What does it have to fit?",
    "Could the client give lost state back?",
]


def answer_system(terminal: Window) -> None:
    for title, keys in (
        ("? What is the system called?", ["corner shop", ENTER]),
        ("? How many sessions at once, at the peak?", ["20,000", ENTER]),
        ("? How many requests a second, at the peak?", [ENTER]),
        ("? How many bytes does one session hold?", ["4096", ENTER]),
        ("? How does the load move?", [DOWN, DOWN, ENTER]),
        ("? What may it cost to run?", ["d"]),
        ("? How used is the team to running stateful systems?", [DOWN, ENTER]),
    ):
        terminal.wait_for(title)
        terminal.press(*keys)


def name_cart(terminal: Window) -> None:
    terminal.wait_for("? Which is its main part most like?")
    terminal.press(DOWN, DOWN, ENTER)
    terminal.wait_for("? What do you call this part?")
    terminal.press(ENTER)


def answer_cart(terminal: Window) -> None:
    for title in QUESTIONS_OF_A_CART:
        terminal.wait_for(f"? {title}")
        terminal.press(ENTER)
    terminal.wait_for("? Has the system another part?")
    terminal.press(ENTER)


@pytest.mark.parametrize("columns", [80, 40])
def test_an_interview_by_keys_ends_with_the_recommendation(tmp_path: Path, columns: int) -> None:
    with Window(*ADVISOR, rows=40, cwd=tmp_path, columns=columns) as terminal:
        answer_system(terminal)
        name_cart(terminal)
        answer_cart(terminal)
        assert terminal.end() == 0
        shown = terminal.transcript
    assert "What may it cost to run? Don't know" in shown
    assert "How does the load move? Flash crowds" in shown
    assert "Shared session store (shared_session)" in shown
    assert "Your answers are kept. See this again: advisor recommend answers.yaml" in shown
    assert "budget: unknown" in (tmp_path / "answers.yaml").read_text(encoding="utf-8")


def test_a_menu_says_why_where_and_which_keys(tmp_path: Path) -> None:
    with Window(*ADVISOR, rows=40, cwd=tmp_path) as terminal:
        answer_system(terminal)
        name_cart(terminal)
        terminal.wait_for("Protocol with a session")
        terminal.wait_for("Don't know nothing is assumed")
        menu = terminal.lines[terminal.lines.index("? How do clients talk to it?") :]
    assert menu[1] == "  A connection that stays open lives in one process, and that alone is state."
    assert menu[2] == "  Usual for Shopping cart: Request and answer."
    assert menu[3] == "  cart, 10 of 21 · ↑ ↓ Enter · ← back · d don't know"
    assert menu[5] == " > Request and answer       plain HTTP calls or RPC"


def test_at_40_columns_nothing_is_cut_off(tmp_path: Path) -> None:
    with Window(*ADVISOR, rows=40, cwd=tmp_path, columns=40) as terminal:
        terminal.wait_for("? What is the system called?")
        terminal.press("shop", ENTER)
        terminal.wait_for("? How many sessions at once, at the peak? Memory, and the herd that reconnects after")
        terminal.press(ENTER, ENTER, ENTER)
        terminal.wait_for("? How does the load move?")
        terminal.wait_for("Description: about the same all day")
        terminal.press(DOWN)
        terminal.wait_for("> Daily waves")
        terminal.wait_for("Description: a rise and a fall that you can foresee")


def test_left_goes_back_and_the_answer_may_be_changed(tmp_path: Path) -> None:
    with Window(*ADVISOR, rows=40, cwd=tmp_path) as terminal:
        answer_system(terminal)
        terminal.wait_for("? Which is its main part most like?")
        terminal.press(LEFT)
        terminal.wait_for("? How used is the team to running stateful systems?")
        terminal.press(DOWN, DOWN, ENTER)
        terminal.wait_for("? Which is its main part most like?")
    assert "ops_skill: high" in (tmp_path / "answers.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("columns", [80, 40])
def test_ctrl_c_says_how_to_resume_and_that_works(tmp_path: Path, columns: int) -> None:
    with Window(*ADVISOR, "--answers", "shop.yaml", rows=40, cwd=tmp_path, columns=columns) as terminal:
        answer_system(terminal)
        name_cart(terminal)
        terminal.wait_for("? How do clients talk to it?")
        terminal.press(CTRL_C)
        assert terminal.end() == 130
        assert "Cancelled. Go on with: advisor resume shop.yaml" in terminal.raw
        assert "Traceback" not in terminal.raw
    with Window(*ADVISOR, "resume", "shop.yaml", rows=40, cwd=tmp_path, columns=columns) as terminal:
        answer_cart(terminal)
        assert terminal.end() == 0
        assert "What is the system called?" not in terminal.raw
        assert "corner shop: hybrid" in terminal.transcript


@pytest.mark.parametrize("key", [CTRL_C, "\x04"], ids=["Ctrl-C", "Ctrl-D"])
def test_stopping_at_the_first_prompt_leaves_nothing_behind(tmp_path: Path, key: str) -> None:
    with Window(*ADVISOR, rows=40, cwd=tmp_path) as terminal:
        terminal.wait_for("? What is the system called?")
        terminal.press(key)
        assert terminal.end() == 130
        assert "Cancelled. Start again with: advisor" in terminal.raw
    assert list(tmp_path.iterdir()) == []


def test_a_number_that_is_none_is_asked_for_again(tmp_path: Path) -> None:
    with Window(*ADVISOR, rows=40, cwd=tmp_path) as terminal:
        terminal.wait_for("? What is the system called?")
        terminal.press("shop", ENTER)
        terminal.wait_for("? How many sessions at once, at the peak?")
        terminal.press("lots", ENTER)
        terminal.wait_for('! "lots" is no number from 0 to 1,000,000,000,000,000. Digits only, as in 20000.')
        terminal.press("12", ENTER)
        terminal.wait_for("How many sessions at once, at the peak? 12")


@pytest.mark.parametrize(("args", "env"), [(["--plain"], {}), ([], {"TERM": "dumb"})], ids=["--plain", "TERM=dumb"])
def test_numbered_lines_where_a_menu_will_not_do(tmp_path: Path, args: list[str], env: dict[str, str]) -> None:
    with Window(*ADVISOR, *args, rows=40, cwd=tmp_path, **env) as terminal:
        terminal.wait_for("(1 of 21) What is the system called? [my system] >")
        terminal.press("shop", ENTER)
        terminal.wait_for("How many sessions at once, at the peak? [sessions, don't know] >")
        terminal.press(CTRL_C)
        assert terminal.end() == 130
        assert "Cancelled. Go on with: advisor resume answers.yaml" in terminal.raw
        assert "\x1b[" not in terminal.raw, "no escape sequences"


def test_no_color_means_no_colour(tmp_path: Path, shop_file: Path) -> None:
    for env, coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
        with Window(*ADVISOR, "recommend", str(shop_file), rows=40, cwd=tmp_path, **env) as terminal:
            assert terminal.end() == 0
            assert ("\x1b[1;33m" in terminal.raw) is coloured
            assert "corner shop: hybrid" in terminal.transcript
