"""The report as one HTML page."""

from html import unescape
from xml.etree import ElementTree as Xml

import pytest
from hypothesis import HealthCheck, given, settings

from advisor.engine import advise
from advisor.engine.facts import TIMES
from advisor.model import AnswerFile
from advisor.report.case import Case
from advisor.report.html import heat, text_of
from tests.advisor.cases import HOSTILE, SHIPPED, TWO, case_named, case_of, files
from tests.advisor.conftest import SHOP


def parsed(page: str) -> Xml.Element:
    doctype, _, rest = page.partition("\n")
    assert doctype == "<!DOCTYPE html>"
    return Xml.fromstring(rest)


def text(element: Xml.Element) -> str:
    return " ".join(" ".join(element.itertext()).split())


def section(page: str, title: str) -> str:
    return page.split(f"<h3>{title}</h3>")[1].partition("<h3>")[0]


def test_the_page_says_all_that_the_engine_owes_its_reader() -> None:
    page = text(parsed(text_of(case_of(SHOP))))
    for part in (
        "corner shop hybrid",
        "Shared session store shared_session",
        "Clear: 3 points ahead of Session in the database (database_session).",
        "Heavy outlines: state that the next request needs lives here.",
        "+3 A cart that changes with every click wants one place",
        "bytes_per_session = kilobytes rules out signed_cookie",
        "duplex_socket → connection_gateway",
        "Enough by itself",
        f"memory for all sessions 81.9 MB sessions {TIMES} bytes per session = 20,000 {TIMES} 4,096",
        "A replica with failover, a timeout in every call",
        "failure_tolerance = retry given",
        "repeat = wasteful archetype",
        "Answers: shop.yaml .",
    ):
        assert part in page, part


def test_the_page_needs_nothing_from_elsewhere() -> None:
    page = text_of(case_of(SHOP))
    for tag in ("<script", "<link", "<img", "<iframe", "@import", "url(", "src="):
        assert tag not in page, tag


def test_a_cell_of_the_heat_map_says_its_points_and_does_not_only_colour_them() -> None:
    table = next(each for each in parsed(text_of(case_of(SHOP))).iter("table") if each.get("class") == "heat")
    cells = [each for each in table.iter("td") if "points" in str(each.get("class"))]
    assert len(cells) > 40
    for cell in cells:
        shown = text(cell)
        look = str(cell.get("class")).removeprefix("points").strip()
        if look:
            assert heat(int(shown)) == look
            assert shown[0] in "+-", "the sign is in the text"


@pytest.mark.parametrize(
    ("points", "look"), [(0, ""), (1, "for-1"), (3, "for-3"), (6, "for-3"), (-2, "against-2"), (-6, "against-3")]
)
def test_colours_end_where_points_go_on(points: int, look: str) -> None:
    assert heat(points) == look


def test_the_what_if_table_marks_what_holds_and_what_would_change() -> None:
    table = Xml.fromstring(section(text_of(case_of(SHOP)), "What if?").partition("<p")[0])
    row = next(each for each in table.iter("tr") if text(each).startswith("connection"))
    shown = text(row)
    assert "request (now)" in shown
    assert "duplex_socket → connection_gateway" in shown
    assert "protocol_session → pinned_connection" in shown
    assert "polling →" not in shown, "the advice stays with it"


def test_names_are_text_wherever_they_stand() -> None:
    page = text_of(case_named(HOSTILE))
    assert "<b>" not in page
    assert text(parsed(page)).count(" ".join(HOSTILE.replace("\a", " ").split())) >= 3


def test_a_picture_without_state_is_said_to_be_one() -> None:
    page = text_of(case_named("plain", "catalog"))
    assert "Nothing in it keeps state that the next request needs." in page
    assert "Heavy outlines" not in page


def test_a_contradiction_has_its_sides_and_no_picture() -> None:
    page = text_of(case_of(TWO))
    drop = page.split('id="component-2"')[1]
    assert "These answers contradict each other: together they leave no mechanism." in drop
    assert "rules out all but pinned_connection" in drop
    assert "<svg" not in drop
    assert "Without drop, whose answers contradict each other." in unescape(page)


def test_several_components_are_listed_at_the_top() -> None:
    nav = next(parsed(text_of(case_of(TWO))).iter("nav"))
    assert "one Connection gateway + Shared session store stateful lean" in text(nav)
    assert "drop none: contradiction no advice" in text(nav)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(file=files())
def test_any_page_is_well_formed_and_says_every_name(file: AnswerFile) -> None:
    page = text_of(Case(SHIPPED, file, advise(SHIPPED, file)))
    shown = text(parsed(page))
    for component in file.components:
        name = "".join(letter if letter.isprintable() else " " for letter in component.name)
        assert " ".join(name.split()) in shown
