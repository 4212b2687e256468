"""Whatever forks, and however its processes leave their group and their parent: none is left."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process adopt orphans")
BOMB = """
import mmap, os
from minisvc.grading.sandbox.orphans import _descendants, adopt_orphans, end_all

adopt_orphans()
forked = mmap.mmap(-1, {most})  # a bomb with an end, so that a fault here harms nobody
if os.fork() == 0:
    os.setsid()
    while (number := forked.find(b"\\0")) >= 0:
        forked[number] = 1
        os.fork()
    while True:
        pass
while 0 <= forked.find(b"\\0") < {most} // 2:
    pass
end_all()
print(len(_descendants()))
"""
LEAVES = """
import os
from minisvc.grading.sandbox.orphans import _descendants, adopt_orphans, end_all

adopt_orphans()
reading, writing = os.pipe()
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork():
            os._exit(0)
        os.write(writing, b"x")
        while True:
            pass
for _ in range(3):
    os.read(reading, 1)
end_all()
print(len(_descendants()))
"""


@pytest.mark.parametrize(
    "program", [BOMB.format(most=120), LEAVES], ids=["a fork bomb", "who leaves parent and session"]
)
def test_nothing_that_was_forked_is_left(program):
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "0\n"
