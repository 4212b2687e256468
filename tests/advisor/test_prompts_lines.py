"""Numbered lines through real pipes."""

from pathlib import Path

import pytest

from tests.advisor.conftest import Run

SYSTEM = ["corner shop", "20000", "d", "4096", "3", "2", "medium"]
CART = ["3", "", *[""] * 11]


def lines(*replies: str) -> str:
    return "\n".join(replies) + "\n"


def test_an_interview_through_a_pipe_ends_with_the_recommendation(run: Run, tmp_path: Path) -> None:
    done = run(text=lines(*SYSTEM, *CART, "no"))
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "Shared session store (shared_session)" in done.stdout
    assert done.stdout.endswith("Your answers are kept. See this again:\n  advisor recommend answers.yaml\n")
    again = run("recommend", "answers.yaml")
    assert again.returncode == 0
    assert again.stdout in done.stdout, "the printed command shows the same again"


def test_choices_are_numbered_and_the_usual_one_is_named(run: Run) -> None:
    out = run(text=lines(*SYSTEM, *CART, "no")).stdout
    assert "(corner shop, 8 of 21) Which is its main part most like?\n  1. API: calls with a token" in out
    assert "[1, usual for Shopping cart] > " in out
    assert "[sessions, don't know] > 20000\n" in out


def test_question_mark_says_why_and_less_than_goes_back(run: Run) -> None:
    done = run(text=lines("first", "<", "second", "?", "5"))
    assert "  Memory, and the herd that reconnects after a crash, grow with it." in done.stdout
    assert "(second, 3 of 21)" in done.stdout
    assert "(first, 3 of 21)" not in done.stdout


def test_a_wrong_reply_is_refused_and_asked_again(run: Run) -> None:
    done = run(text=lines("shop", "lots", "5"))
    assert '"lots" is no number from 0 to 1,000,000,000,000,000.' in done.stdout
    assert done.stdout.count("How many sessions at once, at the peak?") == 2


def test_an_input_that_ends_early_is_told_and_the_answers_are_kept(run: Run, tmp_path: Path) -> None:
    done = run(text=lines(*SYSTEM))
    assert done.returncode == 2
    assert done.stderr == (
        "advisor: the input ended before the last question was answered.\n  Go on with: advisor resume answers.yaml\n"
    )
    resumed = run("resume", "answers.yaml", text=lines(*CART, "no"))
    assert resumed.returncode == 0, resumed.stderr
    assert "How many sessions" not in resumed.stdout, "what is answered is not asked again"
    assert "corner shop: hybrid" in resumed.stdout


def test_a_system_of_two_parts_is_asked_and_reported_whole(run: Run) -> None:
    chat = ["4", "", *[""] * 11]
    done = run(text=lines(*SYSTEM, *CART, "yes", *chat, "no"))
    assert done.returncode == 0, done.stderr
    assert "(corner shop, 22 of 35) Which of these is it most like?" in done.stdout
    assert "cart · hybrid" in done.stdout
    assert "realtime · stateful" in done.stdout


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


@pytest.mark.parametrize("replies", [["Zürich ☕"], ["a: b # c"], ["yes"]])
def test_any_name_can_be_resumed(run: Run, replies: list[str]) -> None:
    run(text=lines(*replies, "5"))
    done = run("resume", "answers.yaml", text="")
    assert f"({replies[0]}, 3 of 21)" in done.stdout
