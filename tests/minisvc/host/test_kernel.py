"""Instances in processes, from a Jupyter kernel: interrupted, restarted, and with a cell run twice."""

from collections.abc import Iterator

import psutil
import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager, start_new_kernel

WITHIN_S = 60

OPEN = """
from minisvc import Cluster
shop = Cluster("cart", name="lesson", instances=2, affinity="cookie", host="process").start()
(user,) = shop.add_users(1)
print(user.add("apples").served)
"""

INTERRUPTED = """
import os, signal, threading
threading.Timer(0.1, os.killpg, (0, signal.SIGINT)).start()
threading.Event().wait(30)
"""

Kernel = tuple[KernelManager, BlockingKernelClient]


@pytest.fixture
def kernel() -> Iterator[Kernel]:
    manager, client = start_new_kernel()
    yield manager, client
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    manager.context.destroy()


def run(client: BlockingKernelClient, code: str) -> str:
    """What the cell printed; its error's name if it had one."""
    said: list[str] = []

    def hear(message: dict) -> None:
        content = message["content"]
        said.append(content.get("text") or content.get("ename") or "")

    client.execute_interactive(code, timeout=WITHIN_S, output_hook=hear)
    return "".join(said)


def below(manager: KernelManager) -> list[psutil.Process]:
    """The nursery and the instances."""
    children = psutil.Process(manager.provisioner.pid).children(recursive=True)
    return [child for child in children if "nursery" in "".join(child.cmdline())]


def test_a_kernel_that_is_killed_leaves_no_instance(kernel):
    manager, client = kernel
    assert run(client, OPEN) == "True\n"
    processes = below(manager)
    assert len(processes) == 3
    manager.provisioner.process.kill()
    assert psutil.wait_procs(processes, WITHIN_S)[1] == []


def test_a_cell_that_runs_twice_and_is_interrupted_leaves_two_instances(kernel):
    manager, client = kernel
    assert run(client, OPEN) == "True\n"
    first = {process.pid for process in below(manager)}
    assert run(client, OPEN) == "True\n"
    second = {process.pid for process in below(manager)}
    assert (len(second), len(first & second)) == (3, 1)
    # An interrupt is a SIGINT to the kernel's process group: instances do not get it.
    assert "KeyboardInterrupt" in run(client, INTERRUPTED)
    assert run(client, "print(user.check().lost, [b.status for b in shop.backends])") == "False ['up', 'up']\n"
    assert {process.pid for process in below(manager)} == second
