"""The report beside an editor, in a real browser: what is saved is seen, mistakes too, and the reader's place stays."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from segrules.cli.live_report import Builder
from segrules.cli.serve import Live, ReportServer, Shown
from segrules.report.dashboard.live import waiting_page
from segrules.workflows.reporting.gather import report
from segrules.workflows.reporting.refreshing import refreshed
from segrules.workflows.reporting.watching import written

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SHOP = Path(__file__).resolve().parents[1] / "docs_shop"
RULES = """\
traits: {orders: count(orders)}
segments:
  regular: {when: orders >= 2, label: {en: Regulars, th: ลูกค้าประจำ}}
  thai: country == 'TH'
segmentations:
  lifecycle: {stages: {lead: orders == 0, once: orders == 1}, otherwise: more}
"""
PAGE = "#segment/customer/regular"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    shutil.copytree(SHOP, tmp_path / "shop")
    (tmp_path / "shop" / "segments").mkdir()
    (tmp_path / "shop" / "segments" / "rules.yml").write_text(RULES.replace("orders >= 2", "order >= 2"), "utf-8")
    return tmp_path / "shop"


@pytest.fixture
def served(shop: Path) -> Iterator[ReportServer]:
    live, stop = Live(Shown(waiting_page("shop").encode())), threading.Event()
    with ReportServer(live, 0) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        Builder(live, shop, partial(report, shop), partial(refreshed, shop)).start(partial(written, shop), stop)
        yield server
        stop.set()
        server.shutdown()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 900, "height": 400})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


def test_what_is_saved_is_seen(shop: Path, served: ReportServer, page: Page) -> None:
    rules = shop / "segments" / "rules.yml"
    page.goto(f"{served.url}{PAGE}")
    page.wait_for_selector("#live-problem")  # before there is any report
    assert "did you mean `orders`?" in page.inner_text("#live-problem pre")
    assert page.inner_text("#live-problem p").startswith("Something is wrong. The report appears once")

    rules.write_text(RULES, "utf-8")
    page.wait_for_selector("section.shown")
    assert page.inner_text("section.shown h1") == "Regulars"
    assert page.locator(".live-change").count() == 0
    page.select_option("#theme", "dark")
    page.evaluate("scrollTo(0, 50)")
    page.wait_for_function("() => scrollY === 50")

    rules.write_text(RULES.replace("orders >= 2", "orders >= 1"), "utf-8")
    page.wait_for_selector(".shown .live-change")
    assert page.inner_text(".shown .live-change") == "Since you opened this page: 2 → 4 members (+2)"
    assert page.url.endswith(PAGE)
    page.wait_for_function("() => scrollY === 50")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.locator("#overview .live-change li").all_text_contents() == ["Regulars: 2 → 4 members (+2)"]

    rules.write_text(RULES.replace("orders >= 2", "orders >= 'x'"), "utf-8")
    page.wait_for_selector("#live-problem")
    assert "segments/rules.yml:3:" in page.inner_text("#live-problem pre")
    assert page.inner_text("#live-problem p").startswith("Something is wrong. What you see is from before it")
    assert page.inner_text("section.shown h1") == "Regulars"  # the last good page
    assert page.locator(".shown .live-change").count() == 1

    rules.write_text(RULES, "utf-8")
    page.wait_for_selector("#live-problem", state="detached")
    page.wait_for_function("() => !document.querySelector('.live-change')")  # all is as when it was opened
