"""Whatever clients ask and whenever the origin is down: nobody is given what is too old, or another's."""

from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import Headers

from minisvc.clock import FakeClock
from minisvc.edge.answer import Answer
from minisvc.edge.cache import Asked, Cache
from minisvc.edge.origin import Unreachable
from minisvc.edge.shelf import Shelf

SECONDS = st.integers(0, 20)
USERS = ("ada", "bob")


class Origin:
    """Says when it answered, and to whom."""

    def __init__(self, clock: FakeClock, control: str) -> None:
        self._clock, self._control = clock, control
        self.up = True

    def ask(self, _method: str, target: str, fields: Headers, _body: bytes = b"") -> Answer:
        if not self.up:
            raise Unreachable("http://origin", "it is down")
        body = f"{self._clock.now_s:g} {target} {fields['X-User']}".encode()
        return Answer(200, Headers({"Cache-Control": self._control, "Vary": "X-User"}), body, self._clock.now_s)


def ask(cache: Cache, target: str, user: str) -> tuple[int, str]:
    answer = cache.answer(Asked("GET", target, Headers({"X-User": user}), ("shop", target)))
    return answer.status_code, answer.get_data(as_text=True)


STEPS = st.lists(
    st.tuples(SECONDS, st.booleans(), st.sampled_from(("/a", "/b")), st.sampled_from(USERS)), min_size=1, max_size=40
)


@settings(max_examples=200, deadline=None)
@given(SECONDS, SECONDS, SECONDS, st.sampled_from(("", ", must-revalidate", ", private", ", no-store")), STEPS)
def test_no_answer_is_older_than_the_origin_allows_or_for_somebody_else(fresh_s, behind_s, error_s, more, steps):
    clock, works = FakeClock(), list[object]()
    origin = Origin(clock, f"max-age={fresh_s}, stale-while-revalidate={behind_s}, stale-if-error={error_s}{more}")
    cache = Cache(origin, Shelf(), clock, works.append)
    for wait_s, up, target, user in steps:
        clock.advance(wait_s)
        origin.up = up
        status, body = ask(cache, target, user)
        if status == 502:
            assert not up
        else:
            said_s, about, whom = body.split()
            assert (about, whom) == (target, user)
            assert 0 <= clock.now_s - float(said_s) <= oldest_s(fresh_s, behind_s, error_s if not up else 0, more)
        while works:
            works.pop()()


def oldest_s(fresh_s: int, behind_s: int, error_s: int, more: str) -> int:
    """How old an answer may be at most."""
    if more in {", private", ", no-store"}:
        return 0
    return fresh_s if more else fresh_s + max(behind_s, error_s)


@given(STEPS)
def test_while_it_is_fresh_the_origin_is_asked_once_for_each_choice(steps):
    clock = FakeClock()
    origin, asked = Origin(clock, "max-age=1000"), set()
    cache = Cache(origin, Shelf(), clock, lambda work: None)
    for wait_s, _, target, user in steps:
        clock.advance(wait_s)
        # What was asked for before needs no origin any more.
        origin.up = (target, user) not in asked
        asked.add((target, user))
        assert ask(cache, target, user)[0] == 200
