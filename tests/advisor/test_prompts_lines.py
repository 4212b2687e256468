"""Numbered lines through real pipes."""

from pathlib import Path

import pytest

from tests.advisor.conftest import Run

CARD = ["20000", "d", "3", "", "", "2"]
"""Scaling, latency, connection and budget of a cart."""
REST = [""] * 5 + ["stop"]


def lines(*replies: str) -> str:
    return "\n".join(replies) + "\n"


SHOP = ["corner shop", "3", *CARD, *REST]


def test_an_interview_through_a_pipe_ends_with_the_recommendation(run: Run, tmp_path: Path) -> None:
    done = run(text=lines(*SHOP, "no", ""))
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "Shared session store (shared_session)" in done.stdout
    assert done.stdout.endswith("Your answers are kept. See this again:\n  advisor recommend answers.yaml\n")
    again = run("recommend", "answers.yaml")
    assert again.returncode == 0
    assert again.stdout in done.stdout, "the printed command shows the same again"


def test_choices_are_numbered_and_the_usual_one_is_named(run: Run) -> None:
    out = run(text=lines(*SHOP)).stdout
    assert "(corner shop · question 2 of at most 19) Which is its main part most like?\n  1. API: calls with a" in out
    assert "[1, usual for Shopping cart] > " in out
    assert "[sessions, don't know] > 20000\n" in out


def test_where_it_leans_is_said_when_that_is_news(run: Run) -> None:
    out = run(text=lines("shop", "api", "5", "5", "1", "", "4")).stdout
    assert out.count("Leans to Signed token, 6 points ahead of Signed cookie.") == 1
    assert out.index("Leans to Connection gateway") > out.index("How do clients talk to it?")


def test_question_mark_says_why_and_what_each_answer_would_do(run: Run) -> None:
    done = run(text=lines("shop", "cart", "?", "5", "5", "1", "", "?"))
    assert "  Memory, and the herd that reconnects after a crash, grow with it." in done.stdout
    assert "  thousands. With this: no change." in done.stdout
    assert "  Two-way socket. With this: → Connection gateway, " in done.stdout


def test_less_than_goes_back(run: Run) -> None:
    done = run(text=lines("first", "<", "second", "3", "5", "<", "6"))
    assert "(second · question 2 of" in done.stdout
    assert done.stdout.count("How many sessions at once, at the peak?") == 2


def test_the_rest_that_cannot_matter_is_offered_and_may_be_answered(run: Run) -> None:
    stopped = run(text=lines(*SHOP)).stdout
    assert "The rest cannot change this: Shared session store.\n  1. Stop here: " in stopped
    assert "What does it have to fit?" not in stopped
    answered = run(text=lines(*SHOP[:-1], "2", *[""] * 20)).stdout
    assert "What does it have to fit?" in answered


def test_a_review_jumps_to_any_answer(run: Run, tmp_path: Path) -> None:
    done = run(text=lines("shop", "3", "5", "r", "system.sessions", "70", "show"))
    assert done.returncode == 0, done.stderr
    assert (
        "(shop) Your answers. Pick one to change it.\n  1. Go on with the questions: from where you were" in done.stdout
    )
    assert "  4. sessions: 5 sessions (How many sessions at once, at the peak?)" in done.stdout
    assert "[sessions, 5, your answer so far] > 70" in done.stdout
    assert "sessions: 70\n" in (tmp_path / "answers.yaml").read_text(encoding="utf-8")


def test_a_wrong_reply_is_refused_and_asked_again(run: Run) -> None:
    done = run(text=lines("shop", "cart", "lots", "5"))
    assert '"lots" is no number from 0 to 1,000,000,000,000,000.' in done.stdout
    assert done.stdout.count("How many sessions at once, at the peak?") == 2


def test_an_input_that_ends_early_is_told_and_the_answers_are_kept(run: Run, tmp_path: Path) -> None:
    done = run(text=lines("corner shop", "3", *CARD))
    assert done.returncode == 2
    assert done.stderr == (
        "advisor: the input ended before the last question was answered.\n  Go on with: advisor resume answers.yaml\n"
    )
    resumed = run("resume", "answers.yaml", text=lines(*REST, "no", ""))
    assert resumed.returncode == 0, resumed.stderr
    assert "How many sessions" not in resumed.stdout.split("Your answers. Pick one")[0], "it is not asked again"
    assert "corner shop: hybrid" in resumed.stdout


def test_a_reply_that_was_taken_back_is_not_kept(run: Run, tmp_path: Path) -> None:
    run(text=lines("shop", "3", "5", "<"))
    assert "sessions" not in (tmp_path / "answers.yaml").read_text(encoding="utf-8")


def test_a_system_of_two_parts_is_asked_and_reported_whole(run: Run) -> None:
    done = run(text=lines(*SHOP, "yes", "4", *[""] * 20))
    assert done.returncode == 0, done.stderr
    assert "(corner shop · question 16" in done.stdout
    assert "Which of these is it most like?" in done.stdout
    assert "cart · hybrid" in done.stdout
    assert "realtime · " in done.stdout


def test_no_input_at_all_leaves_no_file(run: Run, tmp_path: Path) -> None:
    done = run()
    assert done.returncode == 2
    assert done.stderr.endswith("Start again with: advisor\n")
    assert list(tmp_path.iterdir()) == []


def test_a_second_interview_takes_another_file(run: Run, tmp_path: Path) -> None:
    run(text=lines("one"))
    assert "Answers are kept in answers-2.yaml as you go." in run(text=lines("two")).stdout


def test_a_file_that_exists_is_not_written_over(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("version: 1\n", encoding="utf-8")
    done = run("--answers", "mine.yaml", text=lines("x"))
    assert done.returncode == 2
    assert done.stderr == "advisor: mine.yaml: this file exists.\n  Go on with it: advisor resume mine.yaml\n"
    assert (tmp_path / "mine.yaml").read_text(encoding="utf-8") == "version: 1\n"


def test_a_folder_that_cannot_hold_the_answers_is_told_with_the_first_one(run: Run) -> None:
    done = run("--answers", "no/such/folder.yaml", text=lines("x"))
    assert done.returncode == 2
    assert "no/such/folder.yaml: the answers cannot be saved here: No such file or directory." in done.stderr


@pytest.mark.parametrize("replies", [["Zürich ☕"], ["a: b # c"], ["yes"], ["d"], ["r"]])
def test_any_name_can_be_resumed(run: Run, replies: list[str]) -> None:
    run(text=lines(*replies, "3"))
    done = run("resume", "answers.yaml", text="")
    assert f"({replies[0]} · question 4 of" in done.stdout
