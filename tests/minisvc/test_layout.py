import subprocess
import sys

import pytest

from minisvc.errors import LayoutError
from minisvc.keeping import Keeping
from minisvc.layout import POLICIES, SERVICES, STATES, Layout, Service
from minisvc.policies import POLICIES as POLICY_CLASSES
from minisvc.services import SERVICES as SERVICE_APPS
from minisvc.state import build


def test_instances_are_named_from_a():
    layout = Layout.of(instances=3)
    assert layout.instance_names(layout.find()) == ("a", "b", "c")


def test_all_faults_of_a_layout_are_told_at_once():
    with pytest.raises(LayoutError) as caught:
        Layout.of("carts", instances=-1, state="memry", policy="roundrobin", affinity="coookie", port=70000)
    assert caught.value.faults == (
        "service 'carts' is not known. Did you mean \"cart\"? Known: " + ", ".join(SERVICES) + ".",
        "instances is -1; it must be a whole number from 1 to 26.",
        "state 'memry' is not known. Did you mean \"memory\"? Known: " + ", ".join(STATES) + ".",
        "policy 'roundrobin' is not known. Did you mean \"round_robin\"? Known: " + ", ".join(POLICIES) + ".",
        "affinity 'coookie' is not known. Did you mean \"cookie\"? Known: cookie, header, source, None.",
        "port is 70000; it must be a whole number from 0 to 65535.",
    )


@pytest.mark.parametrize("count", [0, 27, 2.0, True, "3", None])
def test_instances_must_be_a_whole_number_in_range(count):
    with pytest.raises(LayoutError, match="it must be a whole number from 1 to 26"):
        Layout.of(instances=count)


def test_an_unknown_field_is_named():
    with pytest.raises(LayoutError, match=r"field 'instance' is not known\. Did you mean \"instances\"\?"):
        Layout.of(instance=3)


@pytest.mark.parametrize("url", ["http://x", "localhost", ""])
def test_a_store_address_must_be_that_of_a_known_store(url):
    with pytest.raises(LayoutError, match="it must be an address such as redis://"):
        Layout.of(store_url=url)


def test_a_store_address_must_be_that_of_the_store_which_the_state_needs():
    url = "memcached://127.0.0.1:11211"
    assert Layout.of(state="memcached", store_url=url).services[0].store_url == url
    with pytest.raises(LayoutError) as refused:
        Layout.of(state="redis", store_url=url)
    wanted = 'it must be an address such as redis://127.0.0.1:6379/0 (for state "redis"), or left out.'
    assert refused.value.faults == (f"store_url is {url!r}; {wanted}",)
    assert Layout.of(state="memory", store_url=url), "a state that needs no store leaves it alone"


def test_how_sessions_are_kept_is_said_beside_the_other_fields_and_checked():
    assert Layout.of(state="redis", idle_s=5, versioned=True).services[0].keeping == Keeping(idle_s=5, versioned=True)
    with pytest.raises(LayoutError) as refused:
        Layout.of(idle_s=0, replicas=26, durable="no")
    assert [fault.split()[0] for fault in refused.value.faults] == [
        "keeping.idle_s",
        "keeping.replicas",
        "keeping.durable",
    ]


def test_every_name_that_a_layout_allows_can_be_run():
    assert set(SERVICES) == set(SERVICE_APPS)
    assert set(POLICIES) == set(POLICY_CLASSES)
    for state in STATES:
        build(Service(state=state)).close()


def test_a_layout_is_quick_to_import():
    heavy = {"flask", "requests", "asyncio", "redis"}
    code = f"import sys, minisvc; minisvc.Layout(); print(sorted({heavy} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "[]\n"
