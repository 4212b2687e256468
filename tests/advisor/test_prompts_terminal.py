"""The interview on a real pseudo-terminal, wide and narrow."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.terminal import ADVISOR, CTRL_C, CTRL_D, DOWN, ENTER, ESCAPE, LEFT, UP, Window

Open = Callable[..., Window]
CARD = (
    ("? How many sessions at once", ["20,000", ENTER]),
    ("? How many requests a second", [ENTER]),
    ("? How does the load move?", [DOWN, DOWN, DOWN, ENTER]),
    ("? How fast must an answer be?", [ENTER]),
    ("? How do clients talk to it?", [ENTER]),
    ("? What may it cost to run?", ["d"]),
)


@pytest.fixture
def opened(tmp_path: Path) -> Open:
    def open_(*args: str, columns: int = 80, rows: int = 40, **env: str) -> Window:
        return Window(*ADVISOR, *args, columns=columns, rows=rows, cwd=tmp_path, **env)

    return open_


def answer(window: Window, *steps: tuple[str, list[str]]) -> None:
    for title, keys in steps:
        window.wait_for(title)
        window.press(*keys)


def begin_cart(window: Window) -> None:
    """Name the system, and say that its main part is a cart."""
    kind = ("? Which is its main part most like?", [DOWN, DOWN, ENTER])
    answer(window, ("? What is the system called?", ["corner shop", ENTER]), kind)


def finish(window: Window) -> int:
    """Take the usual answers up to the end."""
    while "? Your answers" not in window.wait_for(lambda text: " question " in text or "? Your answers" in text):
        asked = next(line for line in window.lines if line.startswith("?"))
        window.press(ENTER)
        window.wait_for(lambda text, asked=asked: asked not in text)  # type: ignore[misc]
    window.press(ENTER)
    return window.end()


@pytest.mark.parametrize("columns", [80, 40])
def test_an_interview_by_keys_ends_with_the_recommendation(opened: Open, tmp_path: Path, columns: int) -> None:
    with opened(columns=columns) as window:
        begin_cart(window)
        answer(window, *CARD)
        assert finish(window) == 0
        shown = window.transcript
    assert "What may it cost to run? Don't know" in shown
    assert "How does the load move? Flash crowds" in shown
    assert "The rest cannot change this: Shared session store. Stop here" in shown
    assert "Shared session store (shared_session)" in shown
    assert "Your answers are kept. See this again: advisor recommend answers.yaml" in shown
    assert "budget: unknown" in (tmp_path / "answers.yaml").read_text(encoding="utf-8")


def test_a_menu_says_where_what_is_usual_and_which_keys(opened: Open) -> None:
    with opened() as window:
        begin_cart(window)
        answer(window, *CARD[:4])
        window.wait_for("? How do clients talk to it?")
        window.wait_for("d don't know")
        menu = window.lines[window.lines.index("? How do clients talk to it?") :]
    assert menu[1].startswith("  cart · question 7 of at most 1")
    assert menu[2] == "  Usual for Shopping cart: Request and answer."
    assert menu[3] == " > Request and answer       plain HTTP calls or RPC"
    assert "  ↑ ↓ Enter · ← back · ? why · d don't know · r review · Ctrl-C stop" in menu


def test_a_panel_shows_where_it_leans_and_what_the_highlighted_choice_would_do(opened: Open) -> None:
    with opened() as window:
        begin_cart(window)
        answer(window, *CARD[:4])
        window.wait_for("? How do clients talk to it?")
        window.wait_for("With this: no change.")
        window.press(DOWN, DOWN, DOWN)
        window.wait_for("Leans to Shared session store, 3 points ahead of Session in the database.")
        text = window.wait_for("With this: → Connection gateway, 2 points ahead of Replicated memory.")
        assert "Connection gateway out +1 ■" in text
        window.press(UP, UP, UP)
        window.wait_for("With this: no change.")
        window.press(DOWN, DOWN, DOWN, ENTER)
        window.wait_for("How do clients talk to it? Two-way socket → leans to Connection gateway")


def test_where_nothing_is_usual_a_hasty_enter_claims_nothing(opened: Open, tmp_path: Path) -> None:
    with opened() as window:
        begin_cart(window)
        answer(window, *CARD[:2])
        window.wait_for("? How does the load move?")
        window.wait_for("> Don't know")
        window.press(ENTER)
        window.wait_for("How does the load move? Don't know")
        window.wait_for("? How fast must an answer be?")
    assert "spikes: unknown" in (tmp_path / "answers.yaml").read_text(encoding="utf-8")


def test_a_number_shows_what_it_would_do_while_it_is_typed(opened: Open) -> None:
    with opened() as window:
        answer(window, ("? What is the system called?", [ENTER]), ("? Which is its main", [DOWN, DOWN, ENTER]))
        window.wait_for("? How many sessions at once")
        window.wait_for("What matters: under a thousand (few), thousands (many), a hundred thousand and more (huge).")
        window.press("200000")
        window.wait_for("> 200000")
        window.wait_for("With this: no change.")


def test_question_mark_says_why_we_ask_and_what_the_answers_lead_to(opened: Open) -> None:
    with opened() as window:
        begin_cart(window)
        answer(window, *CARD[:4])
        window.wait_for("? How do clients talk to it?")
        window.press("?")
        text = window.wait_for(
            "Why we ask: A connection that stays open lives in one process, and that alone is state."
        )
        assert "Two-way socket: Connection gateway Protocol with a session: Pinned connection" in text
        window.press("?")
        window.wait_for(lambda text: "Why we ask" not in text)


def test_at_40_columns_nothing_is_cut_off(opened: Open) -> None:
    with opened(columns=40, rows=24) as window:
        begin_cart(window)
        window.wait_for("? How many sessions at once, at the peak? corner shop · question 3 of at most 19")
        window.press(ENTER, ENTER)
        window.wait_for("? How does the load move?")
        window.press(DOWN)
        window.wait_for("Flat: about the same all day")
        window.press(DOWN)
        window.wait_for("> Daily waves")
        text = window.wait_for("Daily waves: a rise and a fall that you can foresee")
        assert "Leans to Shared session store, " in text
        assert "With this: " in text
        assert "↑ ↓ Enter · ← back · ? why · d don't know · r review" in text


@pytest.mark.parametrize("rows", [10, 6])
def test_a_low_terminal_shows_the_choice_first(opened: Open, rows: int) -> None:
    with opened(rows=rows) as window:
        answer(window, ("? What is the system called?", ["x", ENTER]))
        window.wait_for("> API")
        window.press(*[DOWN] * 9)
        window.wait_for("> Catalogue")


def test_a_window_made_narrower_is_drawn_anew_by_the_next_key(opened: Open) -> None:
    with opened() as window:
        answer(window, ("? What is the system called?", ["x", ENTER]))
        window.wait_for("> API calls with a token, records in a database")
        window.resize(40, 40)
        window.press(DOWN)
        window.wait_for("Sign-in: who is it, and is that still true")


@pytest.mark.parametrize("key", [LEFT, ESCAPE], ids=["Left", "Escape"])
def test_back_asks_again_and_the_answer_may_be_changed(opened: Open, tmp_path: Path, key: str) -> None:
    with opened() as window:
        begin_cart(window)
        answer(window, *CARD)
        window.wait_for("? What has to carry on")
        window.press(key)
        window.wait_for("? What may it cost to run?")
        window.press(DOWN, DOWN, DOWN, ENTER)
        window.wait_for("? What has to carry on")
    assert "budget: high" in (tmp_path / "answers.yaml").read_text(encoding="utf-8")


def test_back_works_where_a_number_is_typed(opened: Open) -> None:
    with opened() as window:
        begin_cart(window)
        window.wait_for("? How many sessions at once")
        window.press(LEFT)
        window.wait_for("? Which is its main part most like?")
        window.wait_for("> Shopping cart")


def test_a_review_shows_every_answer_and_jumps_to_any(opened: Open, tmp_path: Path) -> None:
    with opened(rows=24) as window:
        begin_cart(window)
        answer(window, *CARD[:3])
        window.wait_for("? How fast must an answer be?")
        window.press("r")
        text = window.wait_for("? Your answers. Pick one to change it.")
        assert "sessions 20,000 sessions requests per second don't know" in text
        assert "connection Request and answer, usual for Shopping cart" in text
        window.press(*[DOWN] * 3)
        window.wait_for("> sessions")
        window.wait_for("sessions: How many sessions at once, at the peak?")
        window.press(ENTER)
        answer(window, ("Your answer so far: 20000.", ["7", ENTER]))
        window.wait_for("sessions 7 sessions")
        window.press(ENTER)
        window.wait_for("? How fast must an answer be?")
    assert "sessions: 7\n" in (tmp_path / "answers.yaml").read_text(encoding="utf-8")


def test_the_end_of_a_long_review_can_be_reached(opened: Open) -> None:
    with opened(rows=24) as window:
        begin_cart(window)
        window.wait_for("? How many sessions at once")
        window.press("r")
        window.wait_for("> Go on with the questions")
        window.press(UP)
        window.wait_for("> another part")


@pytest.mark.parametrize("columns", [80, 40])
def test_ctrl_c_says_how_to_resume_and_that_works(opened: Open, columns: int) -> None:
    with opened("--answers", "shop.yaml", columns=columns) as window:
        begin_cart(window)
        answer(window, *CARD[:4])
        window.wait_for("? How do clients talk to it?")
        window.press(CTRL_C)
        assert window.end() == 130
        assert "Cancelled. Go on with: advisor resume shop.yaml" in window.raw
        assert "Traceback" not in window.raw
    with opened("resume", "shop.yaml", columns=columns) as window:
        answer(window, *CARD[4:])
        assert finish(window) == 0
        assert (
            "What is the system called?" not in window.transcript.split("Your answers are kept")[0].split("? Your")[0]
        )
        assert "corner shop: hybrid" in window.transcript


@pytest.mark.parametrize("key", [CTRL_C, CTRL_D], ids=["Ctrl-C", "Ctrl-D"])
def test_stopping_at_the_first_prompt_leaves_nothing_behind(opened: Open, tmp_path: Path, key: str) -> None:
    with opened() as window:
        window.wait_for("? What is the system called?")
        before = window.modes()
        window.press(key)
        assert window.end() == 130
        assert "Cancelled. Start again with: advisor" in window.raw
    assert before
    assert list(tmp_path.iterdir()) == []


def test_a_number_that_is_none_is_asked_for_again(opened: Open) -> None:
    with opened() as window:
        begin_cart(window)
        answer(window, ("? How many sessions at once", ["lots", ENTER]))
        window.wait_for('! "lots" is no number from 0 to 1,000,000,000,000,000. Digits only, as in 20000.')
        window.press("12", ENTER)
        window.wait_for("How many sessions at once, at the peak? 12")


@pytest.mark.parametrize(("args", "env"), [(["--plain"], {}), ([], {"TERM": "dumb"})], ids=["--plain", "TERM=dumb"])
def test_numbered_lines_where_a_menu_will_not_do(opened: Open, args: list[str], env: dict[str, str]) -> None:
    with opened(*args, **env) as window:
        window.wait_for("(question 1 of at most 18) What is the system called? [my system] >")
        window.press("shop", ENTER)
        window.wait_for("Which is its main part most like?")
        window.press("3", ENTER)
        window.wait_for("How many sessions at once, at the peak? [sessions, don't know] >")
        window.press(CTRL_C)
        assert window.end() == 130
        assert "Cancelled. Go on with: advisor resume answers.yaml" in window.raw
        assert "\x1b[" not in window.raw, "no escape sequences"


def test_no_color_means_no_colour_in_the_report(opened: Open, shop_file: Path) -> None:
    for env, coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
        with opened("recommend", str(shop_file), **env) as window:
            assert window.end() == 0
            assert ("\x1b[1;33m" in window.raw) is coloured
            assert "corner shop: hybrid" in window.transcript


def test_no_color_means_no_colour_in_a_menu(opened: Open) -> None:
    for env, coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
        with opened(**env) as window:
            answer(window, ("? What is the system called?", ["x", ENTER]))
            window.wait_for("> API")
            assert any(cell.fg not in {"default", "white"} for cell in window.cells) is coloured
