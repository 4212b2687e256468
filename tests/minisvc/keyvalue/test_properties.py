"""Whatever is done to a store of keys and values, it is like a dict whose entries end."""

import itertools

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minisvc.keyvalue import ABSENT, ANY

KEYS = st.sampled_from(["k", "ключ", "a%2Fb"])
VALUES = st.binary(max_size=20)
TTLS = st.sampled_from([None, 0.5, 3.0, 100.0])
STEPS = st.one_of(
    st.tuples(st.just("put"), KEYS, VALUES, TTLS, st.sampled_from(["any", "absent", "present", "stale"])),
    st.tuples(st.just("get"), KEYS),
    st.tuples(st.just("delete"), KEYS),
    st.tuples(st.just("advance"), st.sampled_from([0.4, 0.5, 2.5, 50.0])),
    st.tuples(st.just("keys")),
)
numbers = itertools.count()


class Model:
    """A dict of values with their ends and versions."""

    def __init__(self, clock) -> None:
        self._clock, self._entries, self.seen = clock, {}, {}

    def living(self) -> dict:
        return {key: kept for key, kept in self._entries.items() if kept[1] is None or self._clock() < kept[1]}

    def wanted(self, key: str, which: str) -> str:
        """The version that a write asks for; a version that never was stands for a stale one."""
        present = self.living()[key][2] if key in self.living() else ABSENT
        versions = {"any": ANY, "absent": ABSENT, "present": present, "stale": self.seen.get(key, "ab" * 8)}
        return versions[which]

    def takes(self, key: str, version: str) -> bool:
        present = self.living()[key][2] if key in self.living() else ABSENT
        return version in (ANY, present)

    def put(self, key: str, value: bytes, ttl_s: float | None, version: str) -> None:
        if key in self._entries:
            self.seen[key] = self._entries[key][2]
        self._entries[key] = (value, None if ttl_s is None else self._clock() + ttl_s, version)

    def delete(self, key: str) -> bool:
        alive = key in self.living()
        if key in self._entries:
            self.seen[key] = self._entries.pop(key)[2]
        return alive


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=25))
def test_it_is_like_a_dict_whose_entries_end(bench, steps):
    model, values = Model(bench.clock), bench.connect(f"p{next(numbers)}:")
    for step in steps:
        _both(step, model, values, bench)
    assert {key: values.get(key).value for key in values.keys()} == {  # noqa: SIM118  # no dict
        key: kept[0] for key, kept in model.living().items()
    }


def _both(step, model, values, bench) -> None:
    match step:
        case ("put", key, value, ttl_s, which):
            # Where the server's own clock decides, nothing ends within a test.
            ttl_s, version = ttl_s if bench.row.clocked else None, model.wanted(key, which)
            done = values.put(key, value, ttl_s=ttl_s, version=version)
            assert (done is not None) == model.takes(key, version)
            if done:
                model.put(key, value, ttl_s, done)
        case ("get", key):
            kept, found = model.living().get(key), values.get(key)
            assert (found and (found.value, found.version)) == (kept and (kept[0], kept[2]))
        case ("delete", key):
            assert values.delete(key) == model.delete(key)
        case ("advance", by_s):
            bench.clock.advance(by_s)
        case ("keys",):
            assert set(values.keys()) == set(model.living())
