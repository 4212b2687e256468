"""Instances in processes leave nothing behind, however the program that started them ends."""

import os
import signal
import subprocess
import sys

import psutil
import pytest

from minisvc import Cluster
from minisvc.host import nursery
from minisvc.host.remote import Remote
from tests.minisvc.host.processes import run, wait_gone


def cluster_pids(shop: Cluster) -> list[int]:
    return [host.pid for pool in shop._pools.values() for host in pool.hosts.values()]


def test_a_cell_that_runs_twice_leaves_one_cluster():
    first = Cluster("cart", name="lesson", host="process").start()
    pids = cluster_pids(first)
    with Cluster("cart", name="lesson", host="process") as second:
        wait_gone(pids)
        pids = cluster_pids(second)
        assert second.add_users(1)[0].add("apples").served
    wait_gone(pids)


@pytest.mark.parametrize("at", [1, 2, 3])
def test_an_interrupt_while_instances_start_leaves_none(monkeypatch, at):
    met, real = [], Remote.await_up

    def interrupted(self: Remote) -> None:
        if len(met) == at - 1:
            raise KeyboardInterrupt
        real(self)
        met.append(self.pid)

    monkeypatch.setattr(Remote, "await_up", interrupted)
    born = set(psutil.Process(nursery._nursery._process.pid).children()) if nursery._nursery else set()
    with pytest.raises(KeyboardInterrupt):
        Cluster("cart", instances=3, host="process", state="redis").start()
    wait_gone(met)
    assert nursery._nursery is not None
    wait_gone({child.pid for child in set(psutil.Process(nursery._nursery._process.pid).children()) - born})


def test_an_interrupt_at_any_moment_leaves_nothing():
    told = run(
        """
        import os, signal, sys, time, pathlib
        from minisvc import Cluster
        # Where an interrupt meets a finalizer, Python has nobody to raise it to, and says so.
        sys.unraisablehook = lambda told: None if told.exc_type is KeyboardInterrupt else sys.__unraisablehook__(told)
        Cluster("cart", host="process").start().close()
        def interrupt(number, frame):
            raise KeyboardInterrupt
        signal.signal(signal.SIGALRM, interrupt)
        met = 0
        for n in range(40):
            try:
                signal.setitimer(signal.ITIMER_REAL, 0.001 * (n + 1))
                with Cluster("cart", host="process") as shop:
                    signal.setitimer(signal.ITIMER_REAL, 0)
            except KeyboardInterrupt:
                met += 1
        nursery, = pathlib.Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
        below = pathlib.Path(f"/proc/{nursery}/task/{nursery}/children")
        until = time.monotonic() + 10
        while below.read_text() and time.monotonic() < until:
            time.sleep(0.01)
        print(met > 3, below.read_text().split())
        """
    )
    assert (told.stdout, told.stderr, told.returncode) == ("True []\n", "", 0)


SERVING = """
import os, signal, sys
from minisvc import Cluster
shop = Cluster("cart", instances=3, host="process").start()
if "hang" in sys.argv:
    shop.hang("a")
try:
    print(*[host.pid for pool in shop._pools.values() for host in pool.hosts.values()], flush=True)
    sys.stdin.read()
except KeyboardInterrupt:
    print(shop.add_users(1)[0].add("apples").served, flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize("state", ["up", "hang"])
def test_instances_end_with_their_program_however_it_ends(number, state):
    with subprocess.Popen(
        [sys.executable, "-c", SERVING, state], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as program:
        pids = [int(each) for each in program.stdout.readline().split()]
        below = [child.pid for child in psutil.Process(program.pid).children(recursive=True)]
        assert set(pids) < set(below)
        program.send_signal(number)
    wait_gone(below)


def test_an_interrupt_of_the_whole_process_group_does_not_reach_them():
    with subprocess.Popen(
        [sys.executable, "-c", SERVING],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as program:
        pids = [int(each) for each in program.stdout.readline().split()]
        os.killpg(program.pid, signal.SIGINT)
        assert program.stdout.readline() == "True\n"
    wait_gone(pids)
