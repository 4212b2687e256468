"""What a real balancer says is heard line by line, and what goes wrong in hearing is told."""

import os
import threading

import pytest

from minisvc.exchange import Exchange, Ledger
from minisvc.proxies.journal import Journal

WAIT_S = 10


@pytest.fixture
def heard():
    return []


@pytest.fixture
def journal(heard):
    journal = Journal("test", heard.append, [])
    yield journal
    journal.close()


def test_a_message_is_waited_for_from_a_mark_on(journal):
    os.write(journal.inlet, b"ready 1\n")
    assert journal.wait_for(lambda line: "ready" in line, 0, WAIT_S) == "ready 1"
    since = journal.mark()
    assert journal.wait_for(lambda line: "ready" in line, since, 0.01) == ""
    later = threading.Timer(0.01, lambda: os.write(journal.inlet, b"ready 2\n"))
    later.start()
    assert journal.wait_for(lambda line: "ready" in line, since, WAIT_S) == "ready 2"
    assert journal.last() == "ready 2"
    later.join()


def test_closing_reads_to_the_end_of_what_was_written(heard):
    journal = Journal("test", heard.append, [])
    os.write(journal.inlet, b"".join(b'{"n": %d}\n' % number for number in range(500)))
    journal.close()
    assert len(heard) == 500
    assert journal.last() == ""


def test_a_line_that_cannot_be_understood_is_kept_as_an_error_and_the_next_is_read():
    seen = []

    def hear(line):
        seen.append(int(line))

    journal = Journal("test", hear, [])
    os.write(journal.inlet, b"1\nx\n3\n")
    journal.close()
    assert seen == [1, 3]
    assert "invalid literal for int() with base 10: 'x'" in str(journal.errors)


def test_stopping_raises_what_reading_the_log_met(real, opened, http):
    shop = opened(balancer=real)
    shop._balancer._exchange = lambda line: 1 / 0
    http.get(shop.url)
    with pytest.raises(BaseExceptionGroup, match="log met errors") as met:
        shop.close()
    assert isinstance(met.value.exceptions[0], ZeroDivisionError)


def test_a_verdict_waits_for_a_late_record_and_both_are_one_exchange():
    ledger = Ledger()
    ledger.patience_s = WAIT_S
    ledger.expect("x-1")
    late = threading.Timer(0.02, lambda: ledger.record(Exchange("x-1", "GET", "/", status=200, backend="a", tries=2)))
    late.start()
    settled = ledger.judge(Exchange("x-1", "GET", "/", user="c1", status=200, lost=False))
    late.join()
    assert (settled.user, settled.backend, settled.tries, settled.lost) == ("c1", "a", 2, False)
    assert len(ledger.since(0)[1]) == 1


def test_a_record_that_never_comes_does_not_hold_the_verdict_for_ever():
    ledger = Ledger()
    ledger.patience_s = 0.01
    ledger.expect("x-1")
    settled = ledger.judge(Exchange("x-1", "GET", "/", user="c1", status=200))
    ledger.record(Exchange("x-1", "GET", "/", status=200, backend="a"))
    assert (settled.backend, ledger.counts().served) == (None, 1)
