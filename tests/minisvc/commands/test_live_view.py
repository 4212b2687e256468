"""The live view, on a real pseudo-terminal: what it shows, what its keys do, and how it leaves the terminal."""

import os
import re
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.minisvc.test_cli import descendants
from tests.terminal import CTRL_C, CTRL_Z, DOWN, MINISVC, UP, Window

IN_VIEW = "q quit"
ENTERED, LEFT, SHOWN = "\x1b[?1049h", "\x1b[?1049l", "\x1b[?25h"


def live(*args: str, columns: int = 80, rows: int = 24, **env: str) -> Window:
    return Window(*MINISVC, "up", *args, columns=columns, rows=rows, **env)


def figure(name: str, text: str) -> int:
    found = re.search(rf"(\d+) {name}", text)
    return int(found[1]) if found else -1


def more(name: str, than: int) -> Callable[[str], bool]:
    return lambda text: figure(name, text) > than


@pytest.mark.parametrize("columns", [80, 40])
def test_the_view_shows_instances_figures_and_events_at_any_width(columns):
    with live("sticky-cart", "--rate", "50", columns=columns) as window:
        window.wait_for(more("served", 20))
        text, lines = window.text, window.lines
        assert lines[0].startswith("sticky-cart ")
        assert re.search(r"http://127\.0\.0\.1:\d+/$", lines[0])
        assert "cart: state in memory, round_robin, sticky by cookie" in text
        assert "6 simulated users, 50 requests/s" in text
        for number, name in enumerate("abc", 1):
            assert re.search(rf"{number} {name} +● up +[█░ ]*\d+% +\d+ +\d+", text)
        assert re.search(r"up +█*[ ]*100\.0% \d+ served, 0 failed", text)
        assert re.search(r"correct +█*[ ]*100\.0% 0 lost of \d+", text)
        assert re.search(r"speed \d+\.\d/s p50 [\d.]+ ms p99 [\d.]+ ms", text)
        assert re.search(r"\d\d:\d\d:\d\d cart: 3 instances at", text)
        window.press("q")
        assert window.end() == 0


@pytest.mark.parametrize("columns", [80, 40])
def test_a_crash_by_key_loses_carts_in_memory(columns):
    with live("sticky-cart", "--rate", "50", columns=columns) as window:
        window.wait_for(more("served", 30))
        assert figure("lost", window.text) == 0
        window.press("1c")
        window.wait_for(more("lost", 0))
        text = window.wait_for("a crashed.")
        assert re.search(r"1 a +✖ crashed", text)
        assert re.search(r"lost c\d expected \d items? and found", text)
        window.press("q")
        assert window.end() == 0


def test_the_same_crash_loses_no_cart_that_its_user_carries():
    with live("cart-signed-cookie", "--rate", "50") as window:
        window.wait_for(more("served", 30))
        window.press("1c")
        crashed = figure("served", window.wait_for("✖ crashed"))
        text = window.wait_for(more("served", crashed + 50))
        assert figure("lost", text) == 0
        assert "6 with their users" in text
        window.press("q")
        assert window.end() == 0


def test_a_crashed_instance_is_restarted_by_key():
    with live() as window:
        window.wait_for(IN_VIEW)
        window.press("2c")
        window.wait_for("✖ crashed")
        window.press("r")
        window.wait_for("b is back, with an empty memory.")
        window.wait_for(lambda text: "crashed ░" not in text and re.search(r"2 b +● up", text))


def test_a_hung_instance_goes_on_by_the_same_key():
    with live("--rate", "50") as window:
        window.wait_for(IN_VIEW)
        window.press("h")
        window.wait_for("◌ hangs")
        window.press("h")
        window.wait_for(lambda text: re.search(r"1 a +● up", text))


def test_only_those_whom_a_hung_instance_keeps_waiting_wait():
    with live("sticky-cart", "--rate", "50") as window:
        window.wait_for(more("served", 50))
        window.press("h")
        window.wait_for("◌ hangs")
        text = window.wait_for(lambda text: re.search(r"1 a +◌ hangs +[█░]+ +\d+% +[1-9] ", text))
        window.wait_for(more("served", figure("served", text) + 50))


def test_quitting_while_an_instance_hangs_does_not_wait_for_its_answers():
    with live("--rate", "50") as window:
        window.wait_for(IN_VIEW)
        window.press("h")
        window.wait_for("◌ hangs")
        window.wait_for(lambda text: re.search(r"1 a +◌ hangs +[█░]+ +\d+% +[1-9] ", text))  # somebody waits for it
        window.press("q")
        assert window.end() == 0


def test_quitting_while_a_command_waits_for_a_hung_instance_ends_at_once():
    with live("--rate", "50") as window:
        window.wait_for(IN_VIEW)
        window.press("h")
        window.wait_for(lambda text: re.search(r"1 a +◌ hangs +[█░]+ +\d+% +[1-9] ", text))
        window.press("t")
        window.wait_for("Stopping traffic ...")
        window.press("q")
        assert window.end() == 0


def test_digits_and_arrows_select_and_letters_act_on_what_is_selected():
    with live() as window:
        window.wait_for("▸ 1 a")
        for keys, selected in [("3", "3 c"), (DOWN, "1 a"), (UP, "3 c"), ("9", "3 c"), ("\t", "1 a"), ("2", "2 b")]:
            window.press(keys)
            window.wait_for(f"▸ {selected}")
        window.press("d")
        window.wait_for("b drains: it gets no new clients.")
        window.wait_for("◐ drains")
        window.press("d")
        window.wait_for("b gets new clients again.")
        window.wait_for(re.compile(r"2 b +● up").search)


def test_sticky_and_traffic_are_switched_by_key():
    with live("--rate", "50") as window:
        window.wait_for("sticky off")
        window.press("s")
        window.wait_for("sticky by cookie")
        window.press("s")
        window.wait_for("sticky off")
        window.press("t")
        window.wait_for("6 simulated users, at rest")
        window.press("t")
        window.wait_for("6 simulated users, 50 requests/s")


def test_the_service_is_scaled_by_key():
    with live("cart-signed-cookie", "--rate", "50") as window:
        window.wait_for(IN_VIEW)
        window.press("+")
        window.wait_for(lambda text: re.search(r"4 d +● up", text))
        window.press("4")
        window.wait_for("▸ 4 d")
        window.press("-")
        window.wait_for(lambda text: not re.search(r"4 d +[●◐■]", text) and "▸ 3 c" in text)
        assert figure("failed", window.text) == 0


def test_instances_in_processes_crash_by_key_and_none_is_left():
    with live("sticky-cart", "--host", "process", "--rate", "50") as window:
        window.wait_for(more("served", 30))
        below = descendants(window.child.pid)
        assert len(below) >= 3
        window.press("1c")
        window.wait_for(more("lost", 0))
        window.press("q")
        assert window.end() == 0
    assert not [pid for pid in below if Path(f"/proc/{pid}").exists()]


def test_errors_of_commands_are_shown_and_the_view_goes_on():
    with live("--rate", "50") as window:
        window.wait_for(IN_VIEW)
        window.press("cc")
        text = window.wait_for('! Cannot crash instance "a": it is down.')
        window.wait_for(more("served", figure("served", text) + 5))
        window.press("s")
        window.wait_for(lambda text: "Cannot crash" not in text)


def test_help_explains_every_key_and_goes_away():
    with live() as window:
        window.wait_for(IN_VIEW)
        window.press("?")
        text = window.wait_for("Select an instance by its number.")
        keys = re.findall(
            r"(\S+) (?:select|crash|restart|hang|drain|sticky|traffic|more|fewer|help|quit)\b",
            " ".join(window.lines[-2:]),
        )
        assert keys
        for key in keys:
            assert re.search(rf"(^| ){re.escape(key)} +[A-Z]", text), key
        assert "curl -i -b jar -c jar -d item=apples http://127.0.0.1:" in text
        window.press("?")
        window.wait_for("share of answers")


@pytest.mark.parametrize("state", ["memory", "redis"])
@pytest.mark.parametrize(("ending", "status"), [("q", 0), (CTRL_C, 0), (signal.SIGTERM, 143)])
def test_however_it_ends_it_leaves_nothing_and_the_terminal_as_it_was(state, ending, status):
    with live("--state", state, "--port", "0", "--rate", "50") as window:
        before = window.modes()
        text = window.wait_for(more("served", 5))
        assert window.modes() != before
        port = int(re.search(r"127\.0\.0\.1:(\d+)", text)[1])
        below = descendants(window.child.pid)
        if isinstance(ending, str):
            window.press(ending)
        else:
            window.child.kill(ending)
        assert window.end() == status
        assert window.modes() == before
        assert window.raw.count(ENTERED) == window.raw.count(LEFT) == 1
        assert SHOWN in window.raw.rpartition(ENTERED)[2]
        assert "Traceback" not in window.raw
        if not status:
            assert re.search(r"cart: \d+ served, 0 failed, \d+ lost\.", window.raw.rpartition(LEFT)[2])
    assert not [pid for pid in below if Path(f"/proc/{pid}").exists()]
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_a_fault_in_the_view_itself_gives_the_terminal_back_and_is_told():
    code = (
        "import sys, minisvc.live.view as view\n"
        "from minisvc.cli import main\n"
        "def count_carts(self): raise RuntimeError('broken on purpose')\n"
        "view.Watch.count_carts = count_carts\n"
        "sys.exit(main(['up']))\n"
    )
    with Window(sys.executable, "-c", code, PYTHON_COLORS="0") as window:
        before = window.modes()
        assert window.end() == 1
        assert window.modes() == before
        assert "RuntimeError: broken on purpose" in window.raw.rpartition(LEFT)[2]
        assert SHOWN in window.raw


def test_a_closed_terminal_ends_it_in_order():
    with live("--state", "redis") as window:
        window.wait_for(IN_VIEW)
        below = descendants(window.child.pid)
        window.child.ptyproc.fileobj.close()
        window.child.wait()
        assert window.child.exitstatus == 129
    assert not [each for each in below if Path(f"/proc/{each}").exists()]


def test_ctrl_z_gives_the_shell_its_terminal_and_fg_brings_the_view_back():
    # A plain shell, which does not mend the terminal's modes as bash would.
    with Window("sh", "-i", PS1="ready> ") as window:
        window.wait_for("ready>")
        window.press(" ".join([*MINISVC, "up", "--rate", "50"]) + "\n")
        served = figure("served", window.wait_for(more("served", 5)))
        window.press(CTRL_Z)
        window.wait_for(lambda _: LEFT in window.raw)
        window.wait_for(lambda _: "Stopped" in window.raw.rpartition(LEFT)[2])
        window.press("stty -a\n")
        window.wait_for(lambda text: " icanon " in text and " echo " in text)
        window.press("clear; fg\n")
        window.wait_for(more("served", served + 5))
        window.press("2")
        window.wait_for("▸ 2 b")
        window.press("q")
        window.wait_for(lambda _: "lost." in window.raw.rpartition(LEFT)[2])
        window.press("exit\n")
        window.end()


def test_a_resized_window_is_drawn_anew():
    with live(columns=80) as window:
        window.wait_for("share of answers")
        window.resize(40, 20)
        window.wait_for("share hand carts")
        assert all(len(line) <= 40 for line in window.lines)


def test_colour_only_repeats_what_marks_and_words_say():
    with live("--rate", "50", NO_COLOR="1") as plain, live("--rate", "50") as coloured:
        for window in (plain, coloured):
            window.wait_for(IN_VIEW)
            window.press("c")
            window.wait_for("✖ crashed")
            window.wait_for("▸ 1 a")
        assert {cell.fg for cell in plain.cells} == {"default"}
        assert {"red", "green"} <= {cell.fg for cell in coloured.cells} <= {"default", "red", "green", "magenta"}
        assert {cell.bg for cell in coloured.cells} == {"default"}


def test_a_terminal_without_unicode_gets_ascii():
    with live("--rate", "50", PYTHONUTF8="0", PYTHONIOENCODING="ascii", LC_ALL="C") as window:
        window.wait_for("> 1 a + up")
        window.press("c")
        window.wait_for("x crashed")
        window.wait_for(lambda text: "?" not in text.replace("? help", ""))
        assert "===" in window.text


def test_quiet_or_a_dumb_terminal_gets_plain_lines():
    for window in (live("--quiet"), live(TERM="dumb")):
        with window:
            window.wait_for("Ctrl-C ends it.")
            assert ENTERED not in window.raw
            window.press(CTRL_C)
            assert window.end() == 0


def test_a_user_app_is_run_from_where_the_person_is(tmp_path):
    (tmp_path / "mine.py").write_text("def app(environ, start):\n    start('200 OK', [])\n    return [b'mine']\n")
    command = [f"cd {tmp_path} && exec", *MINISVC, "up", "mine:app"]
    with Window("sh", "-c", " ".join(command), PYTHONPATH=os.pathsep.join(sys.path), PYTHONSAFEPATH="1") as window:
        text = window.wait_for(IN_VIEW)
        assert "mine: state in memory" in text
        assert "no simulated users" in text
        window.press("q")
        assert window.end() == 0
