"""Layout files: what is written is read back, and every fault has its place."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minisvc import layouts
from minisvc.errors import LayoutError
from minisvc.keeping import Keeping
from minisvc.layout import (
    AFFINITIES,
    BALANCERS,
    HOSTS,
    POLICIES,
    RETRIES,
    SERVICES,
    STATES,
    STORE_OF,
    HealthCheck,
    Layout,
    Service,
)
from minisvc.layout_file import LayoutFileError, read, read_named, write

seconds = st.floats(0.001, 3600, allow_nan=False)
letters = st.text(string.ascii_lowercase, min_size=1, max_size=8)
line = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60)


@st.composite
def a_service(draw, service, path):
    count, state = draw(st.integers(1, 26)), draw(st.sampled_from(STATES))
    addresses = [
        "redis://127.0.0.1:6379/0",
        "rediss://:p%40ss@store/1",
        "memcached://store:1",
        "postgresql://store/shop",
    ]
    fitting = [each for each in addresses if each.partition(":")[0] in STORE_OF.get(state, ("redis", "memcached"))]
    return Service(
        service=service,
        path=path,
        instances=count,
        state=state,
        policy=draw(st.sampled_from(POLICIES)),
        affinity=draw(st.sampled_from((*AFFINITIES, None))),
        affinity_header=draw(st.sampled_from(["X-User", "X-Session", "yes", "1"])),
        weights=draw(st.none() | st.tuples(*[st.integers(1, 100)] * count)),
        store_url=draw(st.sampled_from([None, *fitting])),
    )


@st.composite
def any_layout(draw):
    apps = draw(st.lists(letters, unique=True, max_size=3))
    chosen = ["cart", *(f"shop.m_{app}:app" for app in apps)]
    services = tuple(draw(a_service(app, f"/{index}" if index else "/")) for index, app in enumerate(chosen))
    health = HealthCheck(
        interval_s=draw(seconds),
        timeout_s=draw(seconds),
        fall=draw(st.integers(1, 100)),
        rise=draw(st.integers(1, 100)),
        path="/" + draw(line),
        eject_after=draw(st.integers(0, 1000)),
        eject_s=draw(st.integers(0, 3600)),
        slow_start_s=draw(seconds),
    )
    layout = Layout(
        services,
        host=draw(st.sampled_from(HOSTS)),
        retry=draw(st.sampled_from(RETRIES)),
        port=draw(st.integers(0, 65535)),
        health=health,
    )
    try:
        return layout.but(balancer=draw(st.sampled_from(BALANCERS)))
    except LayoutError:  # no real balancer can do all of it
        return layout


@given(layout=any_layout(), name=line, about=line)
def test_what_is_written_is_read_back_as_an_equal_layout(layout, name, about, tmp_path_factory):
    path = tmp_path_factory.mktemp("layouts") / "any.yaml"
    path.write_text(write(layout, name, about), encoding="utf-8")
    found = read_named(path)
    assert (found.layout, found.name, found.about) == (layout, name, about)
    assert read(path) == layout


def test_a_written_file_says_what_a_reader_looks_for_and_leaves_defaults_out():
    assert write(Layout.of(weights=(4, 1, 1), health=HealthCheck(fall=3)), "mine") == (
        "version: 1\nname: mine\nservice: cart\ninstances: 3\nstate: memory\nweights: [4, 1, 1]\nhealth:\n  fall: 3\n"
    )


def refused(tmp_path, text):
    path = tmp_path / "shop.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LayoutFileError) as caught:
        read(path)
    return [fault.removeprefix(f"{path}:") for fault in caught.value.faults]


def test_all_faults_of_a_file_are_told_at_once_by_line_and_column(tmp_path):
    text = """\
version: 1
services:
  - service: cart
    instnces: 3
    state: memry
    state: redis
  - service: cart
    path: x
    instances: many
    weights: [1, a]
health:
  fall: 0
  interval_s: yes
polcy: x
state: memory
port: 99999
"""
    found = refused(tmp_path, text)
    assert [fault.split(" Known:")[0] for fault in found] == [
        '4:5: there is no field "instnces". Did you mean "instances"?',
        "5:12: cart: state 'memry' is not known. Did you mean \"memory\"?",
        '6:5: "state" is said twice; it is said first in line 5.',
        "7:14: service 'cart' is used twice; each service needs its own.",
        "8:11: cart: path is 'x'; it must be like / or /api.",
        "9:16: instances is 'many'; it must be a whole number.",
        "10:18: weights is 'a'; it must be a whole number.",
        "12:9: health.fall is 0; it must be a whole number from 1 to 100.",
        "13:15: health.interval_s is 'yes'; it must be a number.",
        '14:1: there is no field "polcy".',
        '15:1: "state" belongs to a service; move it into an entry of services.',
        "16:7: port is 99999; it must be a whole number from 0 to 65535.",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ["this file is empty; begin with the line `version: 1`."]),
        ("# nothing\n", ["this file holds only comments; begin with the line `version: 1`."]),
        ("- a\n", ["1:1: this file holds a list; it must hold fields such as `version: 1`."]),
        ("cart", ["1:1: this file holds 'cart'; it must hold fields such as `version: 1`."]),
        ("service: cart\n", ["1:1: version is missing; add the line `version: 1`."]),
        ("version: 2\n", ["1:10: version is 2; this minisvc reads version 1."]),
        ("version: true\n", ["1:10: version is true; this minisvc reads version 1."]),
        ("version: 1\nstate: memory: redis\n", ["2:14: this is not YAML: mapping values are not allowed here."]),
        ("version: 1\nhealth: 5\n", ["2:9: health is 5; it must be fields of its own, each on a line below it."]),
        ("version: 1\nservices: cart\n", ["2:11: services is 'cart'; it must be a list."]),
        ("version: 1\nservices: []\n", ["2:11: services is empty; a layout needs at least one."]),
        ("version: 1\nservices: [cart]\n", ["2:12: services is 'cart'; it must be fields of its own, each on a line"]),
        ("version: 1\nstate: !lisp x\n", ["2:8: state is tagged !lisp; it must be text."]),
        ("version: 1\nstate:\n", ["3:1: state is empty; it must be text."]),
        ("version: 1\nname: [a]\n", ["2:7: name is a list; it must be text of one line, at most 60 characters."]),
        ("version: 1\nport: " + "1" * 9000, ["2:7: port is " + "1" * 57 + "...; it must be a whole number."]),
        ("version: 1\nservices: &a [*a]\n", ["2:11: services is a list; it must be fields of its own, each on a line"]),
        ("[" * 5000, ["this file is nested too deeply; a layout has three levels."]),
        ("a\0b", ["this is not YAML: unacceptable character #x0000: special characters are not allowed."]),
        ("version: 1\n---\nversion: 1\n", ["2:1: this is not YAML: but found another document."]),
    ],
)
def test_what_holds_no_layout_is_refused_with_what_to_write(tmp_path, text, told):
    found = refused(tmp_path, text)
    assert len(found) == len(told)
    for line_found, line_told in zip(found, told, strict=True):
        assert line_found.strip().startswith(line_told)


def test_files_that_cannot_be_read_say_so(tmp_path):
    binary = tmp_path / "b.yaml"
    binary.write_bytes(b"\xff\xfe\x00")
    huge = tmp_path / "h.yaml"
    huge.write_bytes(b"#" * 1_000_001)
    for path, told in [
        (tmp_path / "none.yaml", f"there is no such file in {tmp_path}."),
        (tmp_path, "this is a directory; name a YAML file in it."),
        (binary, "this is not text in UTF-8; name a YAML file."),
        (huge, "this file is larger than 1 MB; a layout is a few lines."),
    ]:
        with pytest.raises(LayoutFileError) as caught:
            read(path)
        assert caught.value.faults == (f"{path}: {told}",)


WRONG = {
    "service": "carts", "path": "x", "instances": 99, "state": "x", "policy": "x", "affinity": "x", "weights": "[7]",
    "store_url": "here", "host": "x", "balancer": "x", "retry": "x", "port": -1,
}  # fmt: skip


@pytest.mark.parametrize("field", WRONG)
def test_a_fault_that_the_layout_finds_is_told_where_the_field_stands(tmp_path, field):
    assert refused(tmp_path, f"version: 1\n{field}:    {WRONG[field]}\n")[0].startswith(f"2:{len(field) + 6}: {field} ")


@pytest.mark.parametrize("noun", [Layout, Service, HealthCheck, Keeping])
def test_every_field_refuses_a_wrong_type_where_it_stands(tmp_path, noun):
    inside = {HealthCheck: "health:\n  ", Keeping: "keeping:\n  "}.get(noun, "")
    for field in noun.__dataclass_fields__:
        found = refused(tmp_path, f"version: 1\n{inside}{field}: {{[]: 1}}\n")
        assert field in found[0] or field in {"health", "keeping"}  # of which that is a mapping
        assert found[0].startswith("3:" if inside else "2:")


def test_none_and_nothing_mean_no_affinity(tmp_path):
    for said in ("none", "null", ""):
        path = tmp_path / "shop.yaml"
        path.write_text(f"version: 1\naffinity: {said}\n")
        assert read(path) == Layout()


def test_a_file_without_a_name_is_called_as_the_file(tmp_path):
    path = tmp_path / "my-shop.yaml"
    path.write_text("version: 1\nabout: ok\n")
    assert (read_named(path).name, read_named(path).about) == ("my-shop", "ok")


@pytest.mark.parametrize("name", layouts.names())
def test_every_shipped_layout_is_sound_named_as_its_file_and_says_what_it_shows(name):
    found = layouts.shipped(name)
    assert found.name == name
    assert found.about.endswith(".")
    assert all(each.service in SERVICES or ":" in each.service for each in found.layout.services)


def test_a_word_is_a_service_a_shipped_layout_or_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").write_text("version: 1\nstate: redis\n")
    assert layouts.understand("cart").layout == Layout.of("cart")
    assert layouts.understand("sticky-cart").layout == Layout.of(affinity="cookie")
    assert layouts.understand("mine").layout == Layout.of(state="redis")
    assert layouts.understand("shop:app").layout == Layout.of("shop:app")
    with pytest.raises(
        LayoutError, match=r"There is no service, layout or file 'stiky-cart'\. Did you mean \"sticky-cart\""
    ):
        layouts.understand("stiky-cart")
    with pytest.raises(LayoutError, match=r"no/where\.yaml: there is no such file in "):
        layouts.understand("no/where.yaml")
