"""Break the engine, and the claim that rests on what was broken is refuted: the experiments can fail."""

from minisvc.balancer import Upstream
from minisvc.keyvalue import ANY, MemoryKeyValue
from minisvc.keyvalue.redis import RedisKeyValue
from minisvc.policies import POLICIES
from minisvc.replicas.copies import Copies
from minisvc.replicas.lag import Lag
from minisvc.stores import memcached_server, redis_server
from tests.minisvc.claims.sabotage import faults


def is_off(*_, **__):
    """In place of what is sabotaged."""


def test_without_affinity_a_new_instance_relieves_everybody(monkeypatch):
    monkeypatch.setattr(Upstream, "_bound", is_off)
    assert faults("scale-out-no-relief") == ["share of the new instance, users bound"]


def test_with_one_memory_for_all_instances_a_crash_loses_nothing(monkeypatch):
    shared = MemoryKeyValue()
    monkeypatch.setattr("minisvc.state.memory.MemoryKeyValue", lambda _clock: shared)
    assert faults("crash-loses-share") == ["share of users who lost their cart"]


def test_without_copies_the_first_crash_loses_carts(monkeypatch):
    monkeypatch.setattr(Copies, "keep", is_off)
    assert "share of users who lost their cart, 1 crashed" in faults("replication-survives-one")


def test_copies_that_are_never_sent_lose_more_than_the_window(monkeypatch):
    monkeypatch.setattr(Lag, "later", is_off)
    assert faults("replication-lag-window") == ["acknowledged writes lost"]


def test_a_ring_that_is_a_modulo_moves_more_keys_than_its_share(monkeypatch):
    monkeypatch.setitem(POLICIES, "ring_hash", POLICIES["source_hash"])
    assert faults("hash-movement") == ["moved on a join, ring_hash", "moved on leaving, ring_hash"]


def test_a_store_that_checks_no_version_loses_what_it_acknowledged(monkeypatch):
    put = RedisKeyValue.put

    def unchecked(self, key, value, *, ttl_s=None, version=ANY):
        return put(self, key, value, ttl_s=ttl_s)

    monkeypatch.setattr(RedisKeyValue, "put", unchecked)
    wrong = faults("session-lost-update")
    assert wrong == [
        "additions acknowledged at once, versions checked",
        "additions in the cart, the others repeated",
    ]


def test_a_session_that_is_read_twice_costs_a_round_trip_more(monkeypatch):
    get = RedisKeyValue.get
    monkeypatch.setattr(RedisKeyValue, "get", lambda self, key: get(self, key) and get(self, key))
    assert faults("store-costs-latency") == [
        "round trips to read, Redis",
        "delays longer to read, Redis",
        "round trips to add, Redis",
        "delays longer to add, Redis",
    ]


def test_a_memcached_that_ignores_its_bound_logs_nobody_out(monkeypatch):
    monkeypatch.setattr("minisvc.state.memcached.open_store", lambda url, _keeping: memcached_server.open_store(url))
    assert "share logged out, Memcached" in faults("eviction-logs-out")


def test_a_redis_without_its_file_comes_back_empty(monkeypatch):
    monkeypatch.setattr(redis_server, "DURABLE", redis_server.FORGETFUL)
    assert faults("store-is-spof") == ["share of users with their cart again, Redis with an append-only file back"]
