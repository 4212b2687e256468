"""The panel in JupyterLab and Chromium: click to changed picture, frames a second, and what it costs the kernel.

Clicks flip Sticky at 60 requests a second and wait until the picture says so. Frames are counted by the browser at the
same pace. Cost is the kernel's CPU time (all of its threads) at 10 requests a second with the panel open, less that
without any; both take turns, medians count. Needs Chromium and the dev extra.
"""

import argparse
import statistics
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from playwright.sync_api import Page
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.browser.lab import Book, browsing, served, written  # it lies beside the package, not in it

CLICKS, ROUNDS = 20, 3
BUDGET_CLICK_MS, BUDGET_FRAMES, BUDGET_SHARE = 100.0, 55.0, 0.03
OPENED = """from minisvc import Cluster
from minisvc.panel import panel
shop = Cluster("cart", instances=3, state="memory", affinity="cookie", name="bench").start()
shop.add_users(10);"""
CLICK = """() => new Promise((done) => {
    const root = document.querySelector('[data-panel]');
    const before = root.dataset.sticky;
    const began = performance.now();
    new MutationObserver((_, me) => {
        if (root.dataset.sticky === before) return;
        me.disconnect();
        requestAnimationFrame(() => done(performance.now() - began));
    }).observe(root, { attributes: true });
    root.querySelector('[data-control="sticky"]').click();
})"""
FRAMES = """(seconds) => new Promise((done) => {
    const began = performance.now();
    let frames = 0;
    const count = () => {
        frames += 1;
        const took = performance.now() - began;
        if (took < seconds * 1000) requestAnimationFrame(count);
        else done(frames / took * 1000);
    };
    requestAnimationFrame(count);
})"""
COST = """import pathlib, time
began, cpu = time.monotonic(), time.process_time()
time.sleep({seconds})
pathlib.Path({path!r}).write_text(str((time.process_time() - cpu) / (time.monotonic() - began)))"""


@dataclass(frozen=True)
class Figure:
    what: str
    measured: float
    unit: str
    budget: str = ""
    kept: bool = True


def share(book: Book, scratch: Path, seconds: float) -> float:
    """The share of a core that the kernel uses just now."""
    path = scratch / "share"
    book.execute(COST.format(seconds=seconds, path=str(path)))
    return float(path.read_text())


def cost(book: Book, scratch: Path, seconds: float) -> list[float]:
    """What an open panel adds, in each round; the view is there all the time and only told to leave."""
    found = []
    for _ in range(ROUNDS):
        book.execute("view._handle_custom_msg({'command': 'bye'}, [])\nview._ended.set()\nview._publisher.join()")
        without = share(book, scratch, seconds)
        book.execute(
            "view._ended.clear()\nimport threading\n"
            "view._publisher = threading.Thread(target=view._follow, daemon=True)\n"
            "view._handle_custom_msg({'command': 'hello'}, [])\nview._publisher.start()"
        )
        found.append(share(book, scratch, seconds) - without)
    return found


def measure(page: Page, book: Book, scratch: Path, seconds: float) -> list[Figure]:
    """All figures, at `seconds` each."""
    book.execute("shop.start_traffic(60)")
    page.wait_for_function("() => +document.querySelector('[data-panel]').dataset.served > 60")
    clicks = [page.evaluate(CLICK) for _ in range(CLICKS)]
    frames = page.evaluate(FRAMES, seconds)
    book.execute("shop.start_traffic(10)")
    added = cost(book, scratch, seconds)
    click_ms, kernel = statistics.median(clicks), statistics.median(added)
    return [
        Figure("click to changed picture, median", click_ms, "ms", f"{BUDGET_CLICK_MS:g}", click_ms <= BUDGET_CLICK_MS),
        Figure("click to changed picture, slowest", max(clicks), "ms"),
        Figure("frames a second at 60 requests/s", frames, "", f"{BUDGET_FRAMES:g}", frames >= BUDGET_FRAMES),
        Figure("kernel, open panel, 10 requests/s", 100 * kernel, "% of a core", "3", kernel <= BUDGET_SHARE),
    ]


def main() -> int:
    """Print the figures; 1 if a budget is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=6.0, help="of each measurement")
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as server, browsing() as browser:
        written(server.root / "bench.ipynb", OPENED, "view = panel(shop)\nview")
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        book = Book(page, replace(server, notebook="bench.ipynb"))
        book.run_all()
        page.locator("[data-panel]").scroll_into_view_if_needed()
        figures = measure(page, book, Path(folder), seconds)
        book.command("kernelmenu:shutdown")
    table = Table("what", "measured", "budget")
    for each in figures:
        table.add_row(each.what, f"{each.measured:.1f} {each.unit}", each.budget)
    Console().print(table)
    return int(not all(each.kept for each in figures))


if __name__ == "__main__":
    sys.exit(main())
