"""The layout, as SVG and as Mermaid."""

import re
from xml.etree import ElementTree as Xml

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.report import mermaid, svg
from advisor.report.picture import Kind, picture_of
from advisor.report.picture.shapes import SHAPES
from advisor.rules import rulebook_of
from tests.advisor.cases import HOSTILE, SHIPPED, TWO, case_named, case_of
from tests.advisor.conftest import SHOP
from tests.advisor.small_rules import SMALL_RULES

SPACE = "{http://www.w3.org/2000/svg}"


def texts(image: str) -> list[str]:
    return [str(each.text) for each in Xml.fromstring(image).iter(f"{SPACE}text")]


def test_every_mechanism_of_the_shipped_rules_has_a_shape_of_its_own() -> None:
    assert set(SHAPES) == set(SHIPPED.mechanisms)


def test_the_picture_of_a_shared_session_shows_where_the_state_lives() -> None:
    component = case_of(SHOP).advice.components[0]
    picture = picture_of(component, SHIPPED)
    assert picture is not None
    assert [[part.label for part in row] for row in picture.rows] == [
        ["Clients"],
        ["Balancer"],
        ["Instance a", "Instance b", "Instance c"],
        ["Session store"],
    ]
    assert [part.label for part in picture.parts if part.keeps] == ["Session store"]
    assert len(picture.links) == 1 + 3 + 3


def test_a_gateway_stands_before_what_it_joins() -> None:
    picture = picture_of(case_of("version: 1\narchetype: realtime").advice.components[0], SHIPPED)
    assert picture is not None
    kinds = [row[0].kind for row in picture.rows]
    assert kinds == [Kind.CLIENT, Kind.BALANCER, Kind.GATEWAY, Kind.STORE, Kind.INSTANCE, Kind.STORE]
    assert {part.id for part in picture.parts if part.keeps} == {"gateway_a", "gateway_b", "store_1"}


@pytest.mark.parametrize("archetype", list(SHIPPED.archetypes))
def test_every_archetype_can_be_drawn_and_no_two_parts_overlap(archetype: str) -> None:
    image = svg.text_of(case_of(f"version: 1\nname: {archetype}\narchetype: {archetype}"))
    root = Xml.fromstring(image)
    boxes = [
        tuple(float(each.get(key, "")) for key in ("x", "y", "width", "height"))
        for each in root.iter(f"{SPACE}rect")
        if each.get("x")
    ]
    assert boxes
    for number, (x, y, width, height) in enumerate(boxes):
        assert x >= 0
        assert x + width <= float(root.get("width", ""))
        assert y + height <= float(root.get("height", ""))
        for left, top, *_ in boxes[number + 1 :]:
            assert (x, y) != (left, top)
            assert left >= x + width or x >= left + width or top >= y + height


def test_what_only_other_rules_know_is_drawn_by_its_class() -> None:
    book = rulebook_of(SMALL_RULES)
    for talk, keep, told in (("calls", "cart", "Store"), ("socket", "nothing", "Memory: live state")):
        shown = texts(svg.text_of(case_of(f"version: 1\nanswers: {{talk: {talk}, keep: {keep}}}", book)))
        assert told in shown


def test_the_image_stands_alone_and_says_what_it_shows() -> None:
    image = svg.text_of(case_of(SHOP))
    assert "<title>cart: Shared session store</title>" in image
    assert 'role="img"' in image
    assert "prefers-color-scheme:dark" in image
    assert "href" not in image


def test_a_component_without_advice_is_left_out_of_the_picture() -> None:
    assert texts(svg.text_of(case_of(TWO)))[0].startswith("one: Connection gateway")
    assert mermaid.text_of(case_of(TWO)).count("subgraph") == 1
    alone = "version: 1\narchetype: files\nanswers: {failure_tolerance: nothing}"
    assert "<title>no component has advice</title>" in svg.text_of(case_of(alone))


@settings(max_examples=25, deadline=None)
@given(name=st.text(min_size=1))
def test_any_name_gives_a_well_formed_image(name: str) -> None:
    assert texts(svg.text_of(case_named(name)))


def test_mermaid_draws_the_same_parts_and_links() -> None:
    lines = mermaid.text_of(case_of(SHOP)).splitlines()
    assert lines[0] == "flowchart TB"
    assert '  subgraph c1["cart: Shared session store"]' in lines
    assert '    c1_store_1[("Session store<br>Redis or Memcached")]:::state' in lines
    assert "    c1_instance_a --> c1_store_1" in lines
    assert sum("-->" in line for line in lines) == 7


@settings(max_examples=40, deadline=None)
@given(name=st.text(min_size=1) | st.just(HOSTILE))
def test_no_name_breaks_out_of_its_quotes_in_mermaid(name: str) -> None:
    for line in mermaid.text_of(case_named(name)).splitlines():
        assert line.count('"') in {0, 2}
        quoted = re.search(r'"(.*)"', line)
        if quoted:
            assert not re.search(r"[`#<>]", quoted[1].replace("<br>", ""))


def test_peers_are_linked_both_ways() -> None:
    answers = "{connection: duplex_socket, continuity: shared_live, consistency: total_order}"
    case = case_of(f"version: 1\nanswers: {answers}")
    assert case.advice.components[0].mechanism == "partitioned_owner"
    assert "    c1_instance_a <--> c1_instance_b" in mermaid.text_of(case)
