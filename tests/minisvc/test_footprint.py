import sys

import pytest

from minisvc import Cluster
from minisvc.footprint import Footprint, InstanceMemory, MemoryReport, deep_size, slope
from tests.minisvc.conftest import QUIET


def test_deep_size_counts_each_object_once_and_what_it_contains():
    shared = "x" * 1000
    assert deep_size([shared, shared]) == sys.getsizeof([1, 2]) + sys.getsizeof(shared)
    assert deep_size({"items": ["apples"]}) > deep_size({"items": []}) > deep_size({})


def test_the_slope_is_that_of_each_instance_about_its_own_mean():
    assert slope([[(0, 5000), (1000, 405_000)], [(0, 90_000_000), (1000, 90_400_000)]]) == pytest.approx(400)
    assert slope([[(0, 5000), (99, 9000)]]) is None
    assert slope([[], [(3, 4)]]) is None


def test_memory_in_threads_is_accounted_and_not_measured():
    with Cluster("cart", instances=2, affinity="cookie", health=QUIET) as shop:
        assert str(shop.memory()).splitlines()[1].endswith("none in memory")
        shop.load("shopper", users=40, steps=120)
        report = shop.memory()
        assert (report.sessions, report.slope_bytes) == (40, None)
        assert 100 < report.session_bytes < 2000
        assert [each.resident_bytes for each in report.instances] == [None, None]
        said = str(report)
    assert "40 sessions in instance memory" in said
    assert "measured (slope of resident memory)      not to be told yet" in said
    assert "a: 20 sessions" in said


def test_sessions_in_a_cookie_cost_the_instances_nothing():
    with Cluster("cart", instances=2, state="signed_cookie", health=QUIET) as shop:
        shop.load("shopper", users=10, steps=30)
        assert (shop.memory().sessions, shop.memory().session_bytes) == (0, None)


def test_the_resident_memory_of_a_process_grows_with_its_sessions():
    with Cluster("cart", instances=1, host="process", affinity="cookie", health=QUIET) as shop:
        shop.load("newcomer", users=10, steps=400, connections=8)
        for _ in range(4):
            shop.load("newcomer", users=50, steps=2000, connections=8)
            report = shop.memory()
    assert report.sessions == 2100
    # Pages and allocator make it rough; a session is neither free nor several pages.
    assert 50 < report.slope_bytes < 20_000, str(report)
    assert "measured (slope of resident memory)      at most " in str(report)
    assert report.instances[0].resident_bytes > 10_000_000


def test_looks_begin_anew_when_sessions_are_gone():
    footprint = Footprint()
    for sessions, resident in ((1000, 900_000), (2000, 1_300_000), (0, 50_000_000), (1000, 50_400_000)):
        footprint._remember(InstanceMemory("a", sessions, 0, resident))
    assert slope(footprint._looks.values()) == pytest.approx(400)


def test_a_report_without_sessions_has_no_figure():
    assert MemoryReport((), None).session_bytes is None
