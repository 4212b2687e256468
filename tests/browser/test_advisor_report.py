"""The HTML report in a real browser: light, dark, narrow, printed."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from advisor.report.html import text_of
from tests.advisor.cases import HOSTILE, TWO, case_named, case_of

pytestmark = pytest.mark.browser


@pytest.fixture
def report(tmp_path: Path) -> str:
    path = tmp_path / "report.html"
    path.write_text(text_of(case_of(TWO)), encoding="utf-8")
    return path.as_uri()


def opened(browser: Browser, address: str, width: int = 1100, scheme: str = "light") -> Page:
    page = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme).new_page()
    page.goto(address)
    return page


def luminance(page: Page, selector: str, part: str) -> float:
    """The relative luminance of a colour, 0 black to 1 white (WCAG 2.2, relative luminance)."""
    script = "([selector, part]) => getComputedStyle(document.querySelector(selector))[part]"
    red, green, blue = page.evaluate(script, [selector, part]).removeprefix("rgb(").removesuffix(")").split(", ")
    parts = [int(each) / 255 for each in (red, green, blue)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(page: Page, selector: str, behind: str) -> float:
    ink, back = luminance(page, selector, "color"), luminance(page, behind, "backgroundColor")
    return (max(ink, back) + 0.05) / (min(ink, back) + 0.05)


@pytest.mark.parametrize("width", [1100, 700, 390])
def test_nothing_makes_the_page_wider_than_the_window(browser: Browser, report: str, width: int) -> None:
    page = opened(browser, report, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_page_asks_nobody_for_anything_and_complains_about_nothing(browser: Browser, report: str) -> None:
    page = browser.new_context().new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(report)
    assert asked == [report]
    assert said == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_shade_of_the_heat_map_can_be_read(browser: Browser, report: str, scheme: str) -> None:
    page = opened(browser, report, scheme=scheme)
    assert (luminance(page, "body", "backgroundColor") > 0.5) == (scheme == "light")
    assert contrast(page, "body", "body") > 7
    shades = [f"td.{side}-{strength}" for side in ("for", "against") for strength in (1, 2, 3)]
    seen = [shade for shade in shades if page.query_selector(shade)]
    assert len(seen) > 3
    for shade in seen:
        assert contrast(page, shade, shade) > 4.5, shade


def test_paper_is_white_even_for_those_who_read_in_the_dark(browser: Browser, report: str) -> None:
    page = opened(browser, report, scheme="dark")
    page.emulate_media(media="print")
    assert luminance(page, "body", "backgroundColor") == 1
    assert luminance(page, "body", "color") == 0
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_a_name_is_shown_as_it_is_and_runs_nothing(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "hostile.html"
    path.write_text(text_of(case_named(f"<script>document.title='x'</script>{HOSTILE}")), encoding="utf-8")
    page = opened(browser, path.as_uri())
    assert "<script>document.title='x'</script><b>\"x\" & 'y'</b>" in page.inner_text("h1")
    assert page.title() != "x"
    assert page.query_selector("h1 b") is None


def test_the_picture_is_drawn_inside_the_page_and_says_what_it_shows(browser: Browser, report: str) -> None:
    page = opened(browser, report, 700)
    (box,) = (each.bounding_box() for each in page.query_selector_all("svg.pic"))
    assert box is not None
    assert box["width"] <= 700
    assert box["height"] > 300
    assert page.text_content("svg.pic text.label >> nth=0") == "Clients"
