"""What is particular to instances in processes: they die as processes do, and what they need is sent to them."""

import os
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

from minisvc import Cluster
from minisvc.errors import InstanceDied, InstanceSilent, LayoutError, NotPortable
from minisvc.host import nursery, process
from minisvc.host.orders import RemoteError
from tests.minisvc.host import apps
from tests.minisvc.host.conftest import WAIT_S, ask, end_of
from tests.minisvc.host.processes import run, wait_gone
from tests.minisvc.raw import answer, connect

LIVES = 30


@pytest.fixture
def kind() -> str:
    return "process"


def said(host, path: str) -> str:
    with ask(host, path) as link:
        return answer(link)[2].decode()


# How it dies.


def test_a_crash_is_an_end_of_file_for_those_whose_bytes_it_had_read(host, gate):
    with ask(host, f"/wait?{gate.port}") as waiting, ask(host) as idle:
        gate.entered()
        answer(idle)
        host.crash()
        assert (end_of(waiting), end_of(idle)) == ("end of file", "end of file")


def test_a_crash_is_a_reset_for_those_whose_bytes_it_had_not_read(host):
    with ask(host) as link:
        answer(link)
        host.hang()
        link.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        with ask(host) as never_accepted:
            host.crash()
            assert (end_of(link), end_of(never_accepted)) == ("reset", "reset")


def test_it_is_another_process_and_after_a_crash_yet_another(host):
    first = int(said(host, "/pid"))
    assert first == host.pid != os.getpid()
    host.crash()
    assert host.pid is None
    wait_gone([first])
    host.start()
    assert int(said(host, "/pid")) == host.pid != first


def test_a_process_that_somebody_kills_is_down_and_restarts(host):
    with ask(host) as link:
        answer(link)
        os.kill(host.pid, signal.SIGKILL)
        assert end_of(link) == "end of file"
    assert select.select([host._remote._control], [], [], WAIT_S)[0]
    assert (host.status, host.pid, host.sessions(), host.tell("x")) == ("down", None, {}, False)
    host.start()
    assert said(host, "/hello") == "ok"


def test_a_process_that_ends_itself_is_down(host):
    with ask(host, "/die") as link:
        end_of(link)
    assert select.select([host._remote._control], [], [], WAIT_S)[0]
    assert host.status == "down"
    host.stop()
    assert host.status == "down"


def test_a_process_that_ends_before_it_is_up_says_so(make_host):
    host = make_host(apps.deadly)
    with pytest.raises(InstanceDied) as caught:
        host.start()
    assert str(caught.value) == (
        'The process of instance "a" ended before it was up.\n'
        '  Its last words are on this program\'s standard error. Start it again: restart("a").'
    )


def test_a_process_that_does_not_answer_its_host_says_so(host, monkeypatch):
    monkeypatch.setattr(process, "HEARD_WITHIN_S", 0.05)
    os.kill(host.pid, signal.SIGSTOP)
    with pytest.raises(InstanceSilent) as caught:
        host.drain()
    assert str(caught.value) == (
        'The process of instance "a" did not answer "drain" within 0.05 s.\n'
        '  It is stopped, or too busy; crash it: crash("a").'
    )
    os.kill(host.pid, signal.SIGCONT)
    assert host.tell("late replies are not mistaken for this one") is True
    host.stop()


def test_it_has_memory_of_its_own(host):
    assert host.memory_bytes() > 2**20
    host.crash()
    assert host.memory_bytes() is None


def test_thirty_lives_leak_no_process_thread_or_descriptor(host):
    def opened() -> tuple[int, int]:
        return len(list(Path("/proc/self/fd").iterdir())), threading.active_count()

    before, pids = opened(), []
    for _ in range(LIVES):
        with ask(host) as link:
            answer(link)
            pids.append(host.pid)
            host.crash()
        host.start()
    assert all(now <= then for now, then in zip(opened(), before, strict=True))
    wait_gone(pids)
    (bearer,) = [child.pid for child in psutil.Process().children() if "nursery" in "".join(child.cmdline())]
    assert {child.pid for child in psutil.Process(bearer).children()} == {host.pid}


# What is sent to it.


def test_a_factory_that_cannot_be_sent_is_refused(make_host):
    host = make_host(lambda name, fence: apps.Plain(name))
    with pytest.raises(NotPortable, match=r"The factory <function .*lambda.*> cannot be sent to another process"):
        host.start()
    assert host.status == "not started"


def test_an_exception_comes_back_with_its_traceback(make_host):
    with pytest.raises(RuntimeError) as caught:
        make_host(apps.broken).start()
    (note,) = caught.value.__notes__
    assert note.startswith('In the process of instance "a":\nTraceback')
    assert "in broken" in note


def test_an_exception_that_cannot_travel_comes_back_in_words(make_host):
    with pytest.raises(RemoteError) as caught:
        make_host(apps.awkward).start()
    assert str(caught.value) == "Awkward: this and that"


def test_a_service_that_does_not_exist_is_named_as_in_a_thread():
    with pytest.raises(
        LayoutError, match="service 'nowhere:app' cannot be loaded: No module named 'nowhere'"
    ) as caught:
        Cluster("nowhere:app", host="process").start()
    assert caught.value.faults == ("service 'nowhere:app' cannot be loaded: No module named 'nowhere'.",)


def test_what_a_notebook_itself_defines_is_refused_with_the_way_out():
    with pytest.raises(LayoutError, match="cannot see what this program defines: put it in a module"):
        Cluster("__main__:app", host="process").start()


def test_modules_and_environment_are_those_of_the_program_at_each_start(tmp_path, monkeypatch, make_host, host):
    monkeypatch.setenv("STATEWISE_TEST", "seen")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "users_own.py").write_text(
        "import pathlib\ndef app(e, start):\n start('200 OK', [])\n return [pathlib.Path.cwd().name.encode()]\n"
    )
    with Cluster("users_own:app", instances=1, host="process") as own, connect(own.backends[0].port) as link:
        link.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert answer(link)[2] == tmp_path.name.encode()
    host.crash()
    host.start()
    assert said(host, "/variable?STATEWISE_TEST") == "seen"


# Wherever it is called from.

UNGUARDED = """
from minisvc import Cluster
print("once")
with Cluster("cart", instances=1, host="process") as shop:
    print(shop.add_users(1)[0].add("apples").backend)
"""


@pytest.mark.parametrize("way", ["file", "-c", "stdin"])
def test_the_main_module_is_not_imported_again(way, tmp_path):
    script = tmp_path / "unguarded.py"
    script.write_text(UNGUARDED)
    if way == "file":
        told = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60, check=False)
    else:
        told = run(UNGUARDED, stdin=UNGUARDED if way == "stdin" else None)
    assert (told.stdout, told.stderr) == ("once\na\n", "")


def test_a_fork_of_the_program_neither_ends_nor_uses_its_instances():
    told = run(
        """
        import os
        from minisvc import Cluster
        with Cluster("cart", instances=1, host="process") as shop:
            child = os.fork()
            if child == 0:
                with Cluster("cart", instances=1, host="process") as own:
                    served = own.add_users(1)[0].add("apples").served
                os._exit(7 if served else 1)
            print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shop.add_users(1)[0].add("apples").served)
        """
    )
    assert told.stdout == "7 True\n", told.stderr


def test_a_nursery_that_somebody_killed_is_replaced(host):
    bearer = nursery._nursery._process
    bearer.kill()
    bearer.wait(WAIT_S)
    assert said(host, "/hello") == "ok"
    host.crash()
    host.start()
    assert said(host, "/hello") == "ok"
    assert nursery._nursery._process.pid != bearer.pid
