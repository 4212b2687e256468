"""Configuration is rendered from the layout alone; the real program judges it."""

import itertools
import re
import signal
import subprocess
import sys

import psutil
import pytest

from minisvc import Cluster, Layout
from minisvc.balancer import Backend, Timeouts
from minisvc.errors import LayoutError, PortTaken
from minisvc.layout import HealthCheck, Service
from minisvc.proxies import ProxyFailed, ProxyMissing, haproxy_conf, nginx_conf
from minisvc.proxies.place import Place
from minisvc.sockets import listen

BOTH = ("round_robin", "weighted", "random", "least_connections", "two_choices", "source_hash", "ring_hash")
RENDER = {"nginx": nginx_conf.render, "haproxy": haproxy_conf.render}


def rendered(layout, folder, timeouts=None):
    members = {
        service.name: [
            Backend(name, 9000 + 30 * row + number, token=f"token{number}", full_weight=number + 1)
            for number, name in enumerate(layout.instance_names(service))
        ]
        for row, service in enumerate(layout.services)
    }
    return RENDER[layout.balancer](layout, members, Place(folder, 18080, timeouts or Timeouts()))


def judged(balancer, text, folder):
    """What the program itself says of it; "" if it is content."""
    (folder / "conf").write_text(text)
    (folder / "states").touch()
    command = {
        "nginx": ["nginx", "-t", "-q", "-e", "stderr", "-c", str(folder / "conf")],
        "haproxy": ["haproxy", "-c", "-q", "-f", str(folder / "conf")],
    }
    done = subprocess.run(command[balancer], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 and not done.stderr else f"{done.returncode}: {done.stderr}"


@pytest.mark.parametrize("retry", ["unsent", "idempotent"])
def test_the_real_program_takes_every_policy_with_every_affinity(real, tmp_path, retry):
    policies = (*BOTH, "bounded_load") if real == "haproxy" else BOTH
    for policy, affinity in itertools.product(policies, (None, "cookie", "header", "source")):
        layout = Layout.of("cart", balancer=real, policy=policy, affinity=affinity, retry=retry)
        assert judged(real, rendered(layout, tmp_path), tmp_path) == "", (policy, affinity)


def test_the_real_program_takes_layouts_of_any_size(real, tmp_path):
    for instances in (1, 2, 26):
        services = (
            Service("cart", instances=instances, affinity="cookie"),
            Service("shop.api:app", path="/api/v1.0", instances=instances),
            Service("pay_ments:app", path="/pay-now", instances=instances, affinity="header"),
        )
        layout = Layout(services=services, balancer=real, health=HealthCheck(interval_s=3600, timeout_s=0.001))
        assert judged(real, rendered(layout, tmp_path, Timeouts(0.0001, 3600, 0.5)), tmp_path) == ""


def test_the_check_itself_can_fail(real, tmp_path):
    assert judged(real, rendered(Layout.of(balancer=real), tmp_path) + "\nnonsense here\n", tmp_path)


def test_equal_layouts_give_equal_text(real, tmp_path):
    assert rendered(Layout.of(balancer=real), tmp_path) == rendered(Layout.of(balancer=real), tmp_path)


def test_weights_go_to_policies_that_weigh_and_no_others(real, tmp_path):
    sign = r"weight[= ](\d+)"
    for policy, seen in (("weighted", ["1", "2", "3"]), ("round_robin", ["1", "1", "1"])):
        text = rendered(Layout.of(balancer=real, policy=policy), tmp_path)
        assert re.findall(sign, text)[:3] == seen


def test_haproxy_is_told_the_layouts_health_checks(tmp_path):
    health = HealthCheck(interval_s=1.5, timeout_s=0.25, fall=3, rise=2, path="/ready", slow_start_s=4)
    text = rendered(Layout.of(balancer="haproxy", health=health), tmp_path)
    assert "check inter 1500ms fall 3 rise 2 observe layer4 error-limit 1 on-error mark-down slowstart 4000ms" in text
    assert "timeout check 250ms" in text
    assert "uri /ready " in text


def test_a_policy_that_a_balancer_lacks_is_refused_with_what_to_do():
    with pytest.raises(LayoutError) as nginx:
        Layout.of(balancer="nginx", policy="bounded_load")
    assert str(nginx.value) == (
        "policy is 'bounded_load'; NGINX has none. Take ring_hash, which has no bound, "
        'or use balancer="builtin" or balancer="haproxy".'
    )
    with pytest.raises(LayoutError) as haproxy:
        Layout.of(balancer="haproxy", policy="rendezvous")
    assert str(haproxy.value) == (
        "policy is 'rendezvous'; HAProxy has none. Take ring_hash, which moves as few keys, "
        'or use balancer="builtin".'
    )


def test_all_that_a_balancer_lacks_is_said_at_once():
    with pytest.raises(LayoutError) as refused:
        Layout.of(balancer="nginx", policy="rendezvous", health=HealthCheck(eject_after=3, slow_start_s=5))
    assert len(refused.value.faults) == 3
    assert refused.value.faults[1] == (
        "health.eject_after is 3; NGINX cannot eject for a time after errors in ordinary traffic. "
        'Set it to 0, or use balancer="builtin".'
    )
    assert refused.value.faults[2] == (
        "health.slow_start_s is 5; NGINX's open version has no slow start. "
        'Set it to 0, or use balancer="builtin" or balancer="haproxy".'
    )


def test_a_refused_policy_leaves_the_running_one(real, opened, http):
    shop = opened(balancer=real)
    with pytest.raises(LayoutError):
        shop.set_policy("rendezvous")
    assert shop.layout.services[0].policy == "round_robin"
    assert [http.get(shop.url).json()["instance"] for _ in range(3)] == ["a", "b", "c"]


@pytest.mark.parametrize(("balancer", "package"), [("nginx", "nginx-light"), ("haproxy", "haproxy")])
def test_a_missing_program_is_told_with_its_package(monkeypatch, balancer, package):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ProxyMissing) as missing, Cluster("cart", balancer=balancer):
        pass
    assert str(missing.value) == (
        f'The layout wants balancer="{balancer}", and no {balancer} is on PATH.\n'
        f'  Install it (Debian: apt install {package}, and /usr/sbin on PATH), or use balancer="builtin".'
    )


def test_a_port_that_is_taken_is_told_as_such(real, opened):
    with listen(0) as taken, pytest.raises(PortTaken):
        opened(balancer=real, port=taken.getsockname()[1])


def test_a_start_that_fails_says_what_the_program_said(real, monkeypatch, opened):
    monkeypatch.setattr(f"minisvc.proxies.{real}.render", lambda *_: "nonsense;\n")
    with pytest.raises(ProxyFailed) as failed:
        opened(balancer=real)
    assert "nonsense" in str(failed.value)
    assert 'use balancer="builtin"' in str(failed.value)


def test_nothing_is_left_behind(real):
    with Cluster("cart", balancer=real) as shop:
        folder = shop._balancer.place.folder
        assert oct((folder / {"nginx": "nginx.conf", "haproxy": "haproxy.cfg"}[real]).stat().st_mode)[-3:] == "600"
    assert not folder.exists()


def test_nothing_outlives_a_killed_owner(real):
    code = (
        f"from minisvc import Cluster; import time; shop = Cluster('cart', balancer={real!r}).start();"
        "print(shop.url, flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as owner:
        port = int(owner.stdout.readline().rpartition(":")[2])
        family = psutil.Process(owner.pid).children(recursive=True)
        assert any(each.name() == real for each in family)
        owner.send_signal(signal.SIGKILL)
        _, alive = psutil.wait_procs(family, 10)
    assert alive == []
    listen(port).close()


def test_a_health_path_cannot_write_configuration_of_its_own(real, tmp_path):
    for path in ("/x ok\nglobal", "/'", '/"$HOME', "/a\\ b#c", "/\u00e9?q=%20"):
        layout = Layout.of(balancer=real, health=HealthCheck(path=path))
        text = rendered(layout, tmp_path)
        assert judged(real, text, tmp_path) == ""
        plain = rendered(Layout.of(balancer=real), tmp_path)
        assert text.count("\n") == plain.count("\n")


def test_an_affinity_header_is_a_fields_name():
    with pytest.raises(LayoutError) as refused:
        Layout.of("cart", affinity_header="X } server {")
    assert str(refused.value) == "affinity_header is 'X } server {'; it must be a field's name such as X-User."
