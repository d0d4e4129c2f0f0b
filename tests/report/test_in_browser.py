"""The report as people meet it, in a real browser: with a mouse, a keyboard, a screen reader, on paper, in the dark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import made_reports
import pytest

from segrules.report.dashboard.page import report_page
from segrules.workflows.reporting.data import Report

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Opener = Callable[..., "Page"]

SMALL = made_reports.small()
IS_SHOWN = "(id) => document.querySelector('.shown').id === id"
ALL_DRAWN = "() => !document.querySelector('.shown .chart-plot:not(:has(.main-svg))')"
OTHERS = ("overlaps/customer", "traits/customer", "findings")
MARKS = "(plot) => plot.querySelectorAll('.main-svg path, .main-svg rect, .main-svg text').length"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Report], Path]:
    """A function that writes a report into a file, the same one for the same report."""
    folder = tmp_path_factory.mktemp("reports")
    known: dict[int, tuple[Report, Path]] = {}

    def write(report: Report) -> Path:
        if id(report) not in known:
            path = folder / f"{len(known)}.html"
            path.write_text(report_page(report), "utf-8", "surrogatepass")
            known[id(report)] = (report, path)
        return known[id(report)][1]

    return write


@pytest.fixture
def opened(browser: Browser, written: Callable[[Report], Path]) -> Iterator[Opener]:
    """A function that opens a report at a page. The test fails at any error, and at any request but for the file."""
    complaints: list[str] = []
    contexts = []

    def open_report(report: Report, page_id: str = "", *, width: int = 1280, **options: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        address = written(report).as_uri()
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: None if _is_own(asked.url, address) else complaints.append(asked.url))
        page.goto(f"{address}#{page_id}")
        return page

    yield open_report
    for context in contexts:
        context.close()
    assert complaints == []


def _is_own(url: str, address: str) -> bool:
    return url.partition("#")[0] == address or url.startswith(("data:", "blob:"))


def shown(page: Page) -> list[str]:
    """The ids of the pages that are to be seen."""
    found: list[str] = page.eval_on_selector_all(
        "section.page", "(all) => all.filter((each) => each.offsetParent).map((each) => each.id)"
    )
    return found


def go(page: Page, id: str) -> None:
    """To a page, until its pictures are drawn."""
    page.evaluate("(id) => { location.hash = encodeURIComponent(id).replaceAll('%2F', '/'); }", id)
    page.wait_for_function(IS_SHOWN, arg=id)
    page.wait_for_function(ALL_DRAWN)


def looks(page: Page, query: str) -> list[str]:
    """What the search offers."""
    page.fill("#search", query)
    return page.locator("#found li bdi").all_inner_texts()


def test_every_page_is_reached_by_clicking_and_its_pictures_are_drawn(opened: Opener) -> None:
    page = opened(SMALL)
    links = page.locator("#pages a")
    seen, drawn = set(), 0
    for place in range(links.count()):
        links.nth(place).click()
        id = unquote(links.nth(place).get_attribute("href") or "")[1:]
        page.wait_for_function(IS_SHOWN, arg=id)
        assert shown(page) == [id]
        seen.add(id)
        title = page.locator("section.shown").get_attribute("data-title") or ""
        assert page.title() == ("shop: segments" if id == "overview" else f"{title} – shop")
        assert place == 0 or page.evaluate("document.activeElement === document.querySelector('.shown h1')")
        assert links.nth(place).get_attribute("aria-current") == "page"
        page.wait_for_function(ALL_DRAWN)
        for plot in page.locator(".shown .chart-plot").all():
            assert plot.evaluate(MARKS) > 3
            assert len(plot.get_attribute("aria-label") or "") > 20
            drawn += 1
    assert seen == set(page.eval_on_selector_all("section.page", "(all) => all.map((each) => each.id)"))
    assert drawn > 5


def test_back_and_forward_lead_through_pages_and_places(opened: Opener) -> None:
    page = opened(SMALL, width=400)
    page.evaluate("scrollTo(0, 700)")
    page.wait_for_function("() => scrollY === 700")
    page.locator(".highlights a").first.evaluate("(link) => link.click()")
    page.wait_for_function("() => document.title.includes('Very important')")
    assert page.evaluate("scrollY") == 0
    page.go_back()
    page.wait_for_function("() => document.title === 'shop: segments'")
    page.wait_for_function("() => scrollY === 700")
    page.go_forward()
    page.wait_for_function("() => document.title.includes('Very important')")
    assert shown(page) == ["segment/customer/vip"]


def test_a_link_to_a_part_of_a_page_leads_there(opened: Opener) -> None:
    page = opened(SMALL, "trait/customer/spend")
    assert shown(page) == ["traits/customer"]
    page = opened(SMALL, "nothing/like/this")
    assert shown(page) == ["overview"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("VERY imp", "Very important"),
        ("cafe REGULARS", "Café regulars who stayed away"),
        ("ลูกค้าประจำ", "Very important"),
        ("לקוחות", "Very important"),
        ("עוֹד", None),
        ("أوفياء", "Very important"),
        ("win-back", "Café regulars who stayed away"),
        ("retention", "Very important"),
        ("email is missing", "Café regulars who stayed away"),
        ("lately", "Very important"),
        ("vip", "Very important"),
        ("<script>", made_reports.HOSTILE),
        ("วงจร", "Life cycle"),
        ("churned", "Life cycle"),
        ("recency days", "recency_days"),
        ("zzz", None),
    ],
)
def test_search_finds(searched: Page, query: str, found: str | None) -> None:
    offered = looks(searched, query)
    assert [text.replace("\u2028", "") for text in offered[:1]] == ([found.replace("\u2028", "")] if found else [])


@pytest.fixture(scope="module")
def searched(browser: Browser, written: Callable[[Report], Path]) -> Page:
    """One open report for all that is searched."""
    page = browser.new_page()
    page.goto(written(SMALL).as_uri())
    return page


def test_search_by_keyboard(opened: Opener) -> None:
    page = opened(SMALL, "findings")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("bought")
    options = page.locator("#found [role=option]")
    assert options.count() >= 3
    assert page.locator("#found [aria-selected=true]").count() == 1
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    assert page.get_attribute("#search", "aria-activedescendant") == "found-1"
    wanted = options.nth(1).locator("bdi").inner_text()
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.hash !== '#findings'")
    assert wanted in page.locator(".shown").inner_text()
    page.keyboard.press("/")
    page.keyboard.type("nobody has this")
    assert page.locator("#found").inner_text() == "Nothing found"
    page.keyboard.press("Escape")
    assert not page.locator("#found").is_visible()


def test_the_colours_switch_and_are_remembered(opened: Opener) -> None:
    page = opened(SMALL, "segment/customer/vip", color_scheme="light")
    background = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(background) == "rgb(255, 255, 255)"
    page.select_option("#theme", "dark")
    assert page.evaluate(background) == "rgb(20, 24, 29)"
    page.reload()
    assert page.evaluate(background) == "rgb(20, 24, 29)"
    assert page.input_value("#theme") == "dark"
    page.select_option("#theme", "")
    assert page.evaluate(background) == "rgb(255, 255, 255)"
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(background) == "rgb(20, 24, 29)"


def test_labels_switch_their_language(opened: Opener) -> None:
    page = opened(SMALL)
    first = page.locator("table.segments tbody a").first
    assert first.inner_text() == "Very important"
    page.select_option("#language", "he")
    assert first.inner_text() == made_reports.HEBREW
    assert first.locator("bdi:visible").get_attribute("lang") == "he"
    assert page.locator("table.segments tbody a").nth(1).inner_text() == "Café regulars who stayed away"
    assert looks(page, "very important")[:1] == [made_reports.HEBREW]
    assert "עברית" in page.locator("#language").inner_text()


def test_tables_take_another_order_and_fewer_rows(opened: Opener) -> None:
    page = opened(SMALL)
    head = page.locator("table.segments th", has_text="Members")
    members = page.locator("table.segments tbody tr:not([hidden]) td:nth-child(2)")
    head.locator("button").click()
    sizes = [int(text) for text in members.all_inner_texts()]
    assert sizes == sorted(sizes, reverse=True)
    assert head.get_attribute("aria-sort") == "descending"
    head.locator("button").click()
    assert [int(text) for text in members.all_inner_texts()] == sizes[::-1]
    page.select_option("#filter", "owner:win-back team")
    assert members.count() == 1
    assert page.locator("#pages a:visible", has_text="Café").count() == 1
    assert page.locator("#pages a:visible", has_text="Very important").count() == 0
    page.select_option("#filter", "")
    assert members.count() == len(sizes)


def test_on_paper_every_page_follows_the_other(opened: Opener) -> None:
    page = opened(SMALL, color_scheme="dark")
    page.select_option("#theme", "dark")
    page.emulate_media(media="print")
    assert len(shown(page)) == page.locator("section.page").count()
    assert not page.locator("#pages").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    pdf = page.pdf()
    assert pdf.count(b"/Type /Page\n") >= page.locator("section.page").count()


def test_without_scripts_every_page_is_there(opened: Opener) -> None:
    page = opened(SMALL, java_script_enabled=False)
    assert page.locator("section.page:visible").count() == page.locator("section.page").count()
    assert page.locator("#search:visible, #theme:visible, #menu:visible").count() == 0
    assert page.locator("#pages a").first.is_visible()


def test_a_telephone_shows_every_page_without_moving_sideways(opened: Opener) -> None:
    page = opened(SMALL, width=360)
    assert not page.locator("#pages").is_visible()
    page.click("#menu")
    assert page.get_attribute("#menu", "aria-expanded") == "true"
    page.locator("#pages a", has_text="Life cycle").click()
    page.locator("#pages").wait_for(state="hidden")
    ids = page.eval_on_selector_all("section.page", "(all) => all.map((each) => each.id)")
    moved = 0
    for id in ids:
        go(page, id)
        page.wait_for_function(ALL_DRAWN)
        assert page.evaluate("document.documentElement.scrollWidth") == 360, id
        for place in page.locator(".shown .scroll, .shown .chart-place").all():
            if place.evaluate("(each) => each.scrollWidth > each.clientWidth"):
                assert place.get_attribute("role") == "region", id
                assert place.get_attribute("tabindex") == "0", id
                assert place.get_attribute("aria-label"), id
                assert place.evaluate("(each) => getComputedStyle(each).backgroundImage").count("gradient") == 4, id
                moved += 1
    assert moved


def test_nothing_that_is_written_into_the_page_runs(browser: Browser, written: Callable[[Report], Path]) -> None:
    page = browser.new_page()
    page.goto(written(SMALL).as_uri())
    assert page.title() == "shop: segments"
    page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "document.title = 'broken'";
          document.body.append(script);
          document.body.insertAdjacentHTML("beforeend", "<img src=x onerror=\\"document.title = 'broken'\\">");
        }"""
    )
    page.wait_for_timeout(50)
    assert page.title() == "shop: segments"
    page.close()


def test_axe_finds_nothing_serious(opened: Opener) -> None:
    page = opened(SMALL, color_scheme="light")
    for id in ("overview", "segment/customer/vip", "segmentation/customer/lifecycle", *OTHERS):
        page.emulate_media(color_scheme="light")
        go(page, id)
        assert serious(page) == [], id
        page.emulate_media(color_scheme="dark")
        assert serious(page, "color-contrast") == [], id
    page.set_viewport_size({"width": 400, "height": 900})
    for id in ("overview", "segment/customer/vip"):
        go(page, id)
        assert serious(page, "wcag2a") == [], id


def serious(page: Page, *only: str) -> list[tuple[str, str]]:
    """What axe finds serious or critical, by all its rules or some, with where; a picture counts as the one it is."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, context={"exclude": [[".main-svg"]]}, options={"runOnly": list(only)} if only else {})
    violations: list[dict[str, Any]] = found.response["violations"]
    return [(each["id"], each["nodes"][0]["html"]) for each in violations if each["impact"] in ("serious", "critical")]


def test_five_hundred_segments_stay_usable(opened: Opener, written: Callable[[Report], Path]) -> None:
    many = made_reports.many(500, 52)
    assert written(many).stat().st_size < 15_000_000
    page = opened(many)
    assert page.locator("table.segments tbody tr").count() == 500
    assert looks(page, "number 499")[0] == "Segment number 499"
    page.keyboard.press("Enter")
    page.wait_for_function(ALL_DRAWN)
    assert shown(page) == ["segment/customer/segment_499"]
    assert page.locator(".shown .chart-plot .main-svg").count() > 0
