"""Ctrl-C is heeded wherever it strikes."""

import signal
import sys
import weakref

import pytest

from minisvc.live.interrupts import Interrupts


class Thing:
    pass


def ask_in_a_callback() -> None:
    """Ctrl-C in a weak reference's callback, from which Python lets no exception out."""
    thing = Thing()
    watched = weakref.ref(thing, lambda _: signal.raise_signal(signal.SIGINT))
    del thing
    assert watched() is None


def test_ctrl_c_that_python_drops_is_heeded_at_the_next_step(capfd):
    with Interrupts() as interrupts:
        ask_in_a_callback()
        # Nothing was raised so far, and nothing printed.
        assert capfd.readouterr().err == ""
        with pytest.raises(KeyboardInterrupt):
            interrupts.check()


def test_ctrl_c_that_was_dropped_in_the_last_step_is_heeded_at_the_end():
    with pytest.raises(KeyboardInterrupt), Interrupts():
        ask_in_a_callback()


def test_ctrl_c_interrupts_at_once_where_it_can():
    interrupts, went_on = Interrupts(), []
    with pytest.raises(KeyboardInterrupt), interrupts:
        went_on += [signal.raise_signal(signal.SIGINT)]
    assert went_on == []


def test_afterwards_everything_is_as_before(capfd):
    before = signal.getsignal(signal.SIGINT), sys.unraisablehook
    with Interrupts() as interrupts:
        interrupts.check()
    assert (signal.getsignal(signal.SIGINT), sys.unraisablehook) == before


def test_other_exceptions_that_python_drops_are_still_told(monkeypatch):
    told = []
    monkeypatch.setattr(sys, "unraisablehook", lambda lost: told.append(lost.exc_type))
    with Interrupts():
        thing = Thing()
        watched = weakref.ref(thing, lambda _: 1 // 0)
        del thing
    assert watched() is None
    assert told == [ZeroDivisionError]
