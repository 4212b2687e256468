"""Results of claims and the comparison in a real browser: in JupyterLab and as pages, light, dark and narrow."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from minisvc import claims
from minisvc.claims import comparison_page
from minisvc.claims.comparison_run import Method
from minisvc.claims.page import page as page_of
from minisvc.lab.server import Server
from tests.browser.lab import opened

pytestmark = pytest.mark.browser

CELLS = (
    "from minisvc import claims\nclaims.run('crash-loses-share')",
    "claims.compare('memory', 'redis', 'signed_cookie')",
)
THEMES = {"JupyterLab Light": "dark", "JupyterLab Dark": "light"}
"""Each theme, and how its ink is."""
BRIGHTNESS = """element => getComputedStyle(element).color.match(/[0-9.]+/g).slice(0, 3)
    .reduce((sum, part) => sum + Number(part), 0) / 765"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("pages")
    results = [claims.run("crash-loses-share"), claims.run("payload-grows")]
    compared = claims.compare("memory", "signed_cookie", "sqlite", method=Method(users=12, items=3, reads=1))
    texts = {"claims": page_of(results), "comparison": comparison_page.page(compared)}
    for name, text in texts.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in texts}


@pytest.fixture
def shown(browser: Browser, server: Server) -> Iterator[Page]:
    with opened(browser, server, "claims.ipynb", *CELLS) as book:
        book.run_all()
        yield book.page


def themed(page: Page, theme: str) -> None:
    page.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })", theme)
    name = theme.removeprefix("JupyterLab ").lower()
    page.wait_for_function(f"() => document.body.dataset.jpThemeLight === '{str(name == 'light').lower()}'")


def is_legible(part: Locator, ink: str) -> bool:
    return (part.evaluate(BRIGHTNESS) < 0.5) == (ink == "dark")


def test_results_display_themselves_in_jupyterlab_in_either_theme(shown: Page) -> None:
    card, table = shown.locator('[data-claim="crash-loses-share"]'), shown.locator(".comparison")
    expect(card).to_have_attribute("data-verdict", "holds")
    expect(card.locator("svg")).to_be_visible()
    expect(table.locator('[data-concern="instance_crash"] [data-place="sticky-memory"]')).to_contain_text("67%")
    # JupyterLab aligns tables to the right.
    assert card.locator("td").first.evaluate("cell => getComputedStyle(cell).textAlign") == "left"
    assert table.locator("td").first.evaluate("cell => getComputedStyle(cell).textAlign") == "left"
    for theme, ink in THEMES.items():
        themed(shown, theme)
        assert is_legible(card.locator("td").first, ink)
        assert is_legible(card.locator("svg text").first, ink)
        assert is_legible(table.locator("td").first, ink)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1300, 700, 390])
@pytest.mark.parametrize("name", ["claims", "comparison"])
def test_a_page_is_whole_in_any_width_and_asks_nobody_for_anything(
    browser: Browser, pages: dict[str, str], name: str, width: int, scheme: str
) -> None:
    with browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme) as context:
        page, asked, told = context.new_page(), [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: told.append(message.text))
        page.goto(pages[name])
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert (asked, told) == ([pages[name]], [])
        assert is_legible(page.locator("td").first, {"light": "dark", "dark": "light"}[scheme])


def test_on_a_narrow_page_each_figure_says_whose_it_is(browser: Browser, pages: dict[str, str]) -> None:
    for width, visible in ((1300, False), (700, True)):
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.goto(pages["comparison"])
        assert page.locator("td .place").first.is_visible() is visible
        assert page.locator("thead").is_visible() is not visible
        page.close()


def test_every_row_leads_to_its_claim(browser: Browser, pages: dict[str, str]) -> None:
    page = browser.new_page()
    page.goto(pages["comparison"])
    page.get_by_role("link", name="payload-grows").click()
    expect(page.locator("#claim-payload-grows")).to_be_in_viewport()
    page.close()
