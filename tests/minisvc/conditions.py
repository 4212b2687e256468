"""Waiting for what others do, without a guess how long that takes."""

import threading


def until(holds, within_s: float = 10.0) -> None:
    """Wait until it holds."""
    turn = threading.Event()
    for _ in range(int(within_s / 0.005)):
        if holds():
            return
        turn.wait(0.005)
    raise AssertionError(f"it does not hold after {within_s} s")
