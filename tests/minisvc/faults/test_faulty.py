"""The layer around an app, called by hand: what is seeded, what is counted, what is left alone."""

import threading
import time

from minisvc.fence import Fence
from minisvc.host.faulty import Faulty


def app(environ, start_response):
    start_response("200 OK", [])
    return [b"done"]


def statuses(faulty: Faulty, count: int, **environ: str) -> list[str]:
    said: list[str] = []
    for _ in range(count):
        faulty({"HTTP_X_REQUEST_ID": "1", **environ}, lambda status, headers, exc=None: said.append(status[:3]))
    return said


def drawn(seed: int, instance: str = "a") -> list[str]:
    effect = {"fault": "error_share", "instance": instance, "share": 0.3, "seed": seed, "name": "one"}
    return statuses(Faulty(app, Fence(instance), [effect]), 1000)


def test_one_seed_gives_the_same_requests_the_same_fate():
    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)
    assert drawn(1) != drawn(1, "b")


def test_the_share_is_kept():
    # Binomial with n = 1000, p = 0.3: five standard deviations are 72.
    assert abs(drawn(1).count("500") - 300) < 72


def test_jitter_has_the_mean_that_was_asked_for(monkeypatch):
    for jitter, longest_s in (("uniform", 0.4), ("exponential", 4.0)):
        waited: list[float] = []
        monkeypatch.setattr("minisvc.host.faulty._Active.wait", lambda self, for_s, w=waited: w.append(for_s))
        effect = {"fault": "slow", "instance": "a", "delay_s": 0.2, "jitter": jitter, "name": "one"}
        statuses(Faulty(app, Fence("a"), [effect]), 2000)
        assert abs(sum(waited) / 2000 - 0.2) < 0.025
        assert 0 <= min(waited) < max(waited) <= longest_s


def test_a_script_goes_on_where_it_was_when_another_fault_comes_and_goes():
    script = {"fault": "script", "instance": "a", "steps": "fail 2, pass 1, fail 1", "name": "one"}
    faulty = Faulty(app, Fence("a"), [script])
    assert statuses(faulty, 1) == ["500"]
    faulty.receive([script, {"fault": "slow", "instance": "a", "delay_s": 0.0, "name": "two"}])
    faulty.receive([script])
    assert statuses(faulty, 4) == ["500", "200", "500", "200"]


def test_health_checks_are_left_alone_unless_the_fault_includes_them():
    effect = {"fault": "error_share", "instance": "a", "share": 1.0, "name": "one"}
    seen: list[str] = []
    for checks in (False, True):
        faulty = Faulty(app, Fence("a"), [{**effect, "checks": checks}])
        faulty({"PATH_INFO": "/healthz"}, lambda status, headers, exc=None: seen.append(status[:3]))
    assert seen == ["200", "500"]


def test_the_end_of_a_fault_frees_those_who_wait():
    effect = {"fault": "slow", "instance": "a", "delay_s": 60.0, "name": "one"}
    faulty = Faulty(app, Fence("a"), [effect])
    waiting = threading.Thread(target=statuses, args=(faulty, 1))
    waiting.start()
    faulty.receive([])
    waiting.join(5)
    assert not waiting.is_alive()


def test_nobody_waits_in_a_dead_instance():
    fence = Fence("a")
    faulty = Faulty(app, fence, [{"fault": "slow", "instance": "a", "delay_s": 60.0, "name": "one"}])
    waiting = threading.Thread(target=statuses, args=(faulty, 1))
    started_s = time.monotonic()
    waiting.start()
    fence.close()
    waiting.join(5)
    assert time.monotonic() - started_s < 5
