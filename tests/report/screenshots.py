"""Takes the pictures of docs/images that show a report: `make screenshots`.

The groceries of examples/grocer are replayed week by week, so that the report has a history, and opened in Chromium.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
IMAGES = ROOT / "docs" / "images"
MOST_BYTES = 200_000


@dataclass(frozen=True)
class Picture:
    """What is taken: a page of the report, from a heading on where one is named."""

    name: str
    page: str
    since: str | None = None
    is_dark: bool = False
    width: int = 1200
    height: int = 800


PICTURES = (
    Picture("report-overview", "overview"),
    Picture("report-segment", "segment/household/in_campaign", height=1080),
    Picture("report-flow", "segmentation/household/lifecycle", since='[data-chart="sankey"]', height=840),
    Picture("report-together", "overlaps/household", is_dark=True, height=860),
    Picture("report-telephone", "segment/household/wine_and_beer", width=390, height=800),
)


def main() -> None:
    from conftest import BROWSER_ARGUMENTS, BROWSERS
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        sys.exit("there is no chromium here (apt-get install chromium)")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        report = made_report(Path(folder))
        browser = playwright.chromium.launch(executable_path=program, args=list(BROWSER_ARGUMENTS))
        for picture in PICTURES:
            take(browser, report, picture)
        browser.close()


def made_report(folder: Path) -> Path:
    """The report of a copy of examples/grocer with half a year of weekly runs."""
    project, out = folder / "grocer", folder / "out"
    shutil.copytree(ROOT / "examples" / "grocer", project)
    run("backfill", "--from", "2017-07-02", "--to", "2017-12-31", "--every", "week", "--out", str(out), str(project))
    run("report", "--out", str(out), str(project))
    return out / "report.html"


def run(*arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "segrules", *arguments], capture_output=True, text=True, encoding="utf-8"
    )
    if done.returncode:
        sys.exit(done.stdout + done.stderr)


def take(browser: Browser, report: Path, picture: Picture) -> None:
    theme = "dark" if picture.is_dark else "light"
    size = {"width": picture.width, "height": picture.height}
    page = browser.new_page(viewport=size, color_scheme=theme)  # type: ignore[arg-type]
    page.goto(f"{report.as_uri()}#{picture.page}")
    drawn(page)
    page.evaluate("() => scrollTo(0, 0)")
    if picture.since:
        page.locator(f".page.shown {picture.since}").scroll_into_view_if_needed()
        page.evaluate("(what) => document.querySelector(`.page.shown ${what}`).scrollIntoView()", picture.since)
        page.mouse.wheel(0, -90)  # out from under the head of the page
        page.wait_for_timeout(500)
    path = IMAGES / f"{picture.name}.png"
    page.screenshot(path=path)
    page.close()
    assert path.stat().st_size <= MOST_BYTES, f"{path} has {path.stat().st_size:,} bytes"
    print(path.relative_to(ROOT))


def drawn(page: Page) -> None:
    page.locator(".page.shown").wait_for()
    if page.locator(".page.shown .chart-plot").count():
        page.locator("html[data-charts=drawn]").wait_for(state="attached")
        page.wait_for_function("() => !document.querySelector('.page.shown .chart-plot:empty')")


if __name__ == "__main__":
    main()
