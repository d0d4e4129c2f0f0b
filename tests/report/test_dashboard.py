"""The report as a file: complete, closed to the network, safe from what is written in it, readable without anything."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from urllib.parse import unquote

import made_reports
import pytest

from segrules.report.dashboard.page import report_page, served_page
from segrules.report.dashboard.search import search_index
from segrules.report.dashboard.segment_table import segment_table
from segrules.workflows.reporting.data import Point, Report


class _Reader(HTMLParser):
    """Every element of a page, its text, and what scripts hold."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.scripts: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._in_script = tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False

    def handle_data(self, data: str) -> None:
        (self.scripts if self._in_script else self.texts).append(data)


def read(report: Report) -> _Reader:
    reader = _Reader()
    reader.feed(report_page(report))
    return reader


@pytest.fixture(scope="module")
def small() -> _Reader:
    return read(made_reports.small())


REPORTS = {
    "with runs": made_reports.small(),
    "without runs": made_reports.small(0),
    "one run": made_reports.small(1),
    "rules alone": made_reports.outlined(),
    "several entities": made_reports.several(),
    "empty": made_reports.empty(),
    "no entity": replace(made_reports.empty(), entities=()),
}


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_each_link_leads_to_something_and_each_id_stands_once(report: Report) -> None:
    found = read(report)
    ids = [values["id"] for _, values in found.elements if "id" in values]
    assert len(ids) == len(set(ids))
    links = [values["href"] or "" for tag, values in found.elements if tag == "a"]
    assert links
    assert {link for link in links if not link.startswith("#")} == set()
    assert {unquote(link[1:]) for link in links} <= set(ids)
    assert {entry["id"] for entry in search_index(report)} <= set(ids)


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_each_page_has_one_heading_that_names_it(report: Report) -> None:
    pages = report_page(report).split('<section class="page"')[1:]
    assert all(page.count("<h1>") == 1 for page in pages)
    assert all(re.search(r'data-title="[^"]+"', page) for page in pages)


def test_headings_go_down_one_at_a_time(small: _Reader) -> None:
    levels = [int(tag[1]) for tag, _ in small.elements if re.fullmatch(r"h[1-6]", tag)]
    in_pages = levels[levels.index(1) :]
    assert all(later <= earlier + 1 for earlier, later in pairwise(in_pages))


def test_the_policy_lets_nothing_in_or_out(small: _Reader) -> None:
    named = [values for _, values in small.elements if values.get("http-equiv") == "Content-Security-Policy"]
    policy = named[0]["content"] or ""
    assert policy.startswith("default-src 'none'; script-src 'nonce-")
    assert "http" not in policy
    assert "eval" not in policy
    loading = [values for _, values in small.elements if "src" in values or "srcset" in values or "action" in values]
    assert loading == []
    (nonce,) = re.findall(r"'nonce-(\w+)'", policy)
    run = [v for tag, v in small.elements if tag == "script" and v.get("type") != "application/json"]
    assert run
    assert all(values["nonce"] == nonce for values in run)


def test_hostile_labels_are_text_everywhere(small: _Reader) -> None:
    assert made_reports.HOSTILE.replace("\u2028", "") in "".join(small.texts).replace("\u2028", "")
    assert not [text for text in small.scripts if text == "document.title='broken'"]
    closing = report_page(made_reports.small()).count("</script>")
    assert closing == len([tag for tag, _ in small.elements if tag == "script"])


def test_the_search_index_survives_hostile_text() -> None:
    text = report_page(made_reports.small())
    (index,) = re.findall(r'id="search-index">(.*?)</script>', text, re.S)
    entries = json.loads(index)
    assert entries == json.loads(json.dumps(search_index(made_reports.small())))
    (hostile,) = [entry for entry in entries if entry["name"] == "hostile"]
    assert hostile["owner"] == made_reports.HOSTILE
    assert hostile["tags"] == [made_reports.HOSTILE]


def test_the_search_index_knows_every_language_and_the_rule() -> None:
    (vip,) = [entry for entry in search_index(made_reports.small()) if entry["name"] == "vip"]
    assert dict(vip["labels"])["he"] == made_reports.HEBREW
    assert vip["rule"] == "recency_days < 30 and bought >= 5"
    assert "ซื้อบ่อยและเพิ่งซื้อ" in vip["words"]
    (lapsed,) = [entry for entry in search_index(made_reports.small()) if entry["name"] == "lapsed"]
    assert lapsed["rule"] == "bought >= 1 recency_days > 180 email is missing segments.vip"


def test_equal_reports_give_equal_files() -> None:
    assert report_page(made_reports.small()) == report_page(made_reports.small())


def test_the_overview_tells_what_is_known() -> None:
    text = overview_of(made_reports.small())
    assert "4 segments and 1 segmentation of 5,000 customers, as of 31 January 2026, recorded 12 times since" in text
    assert "vip has 140 of 5,000 rows, 2.8%, its share is expected to be 5%..10%." in text
    assert "What it means changed: Café regulars who stayed away" in text
    assert "As large as expected0 of 1 1 of 4 segments says how large to be, in its expect" in text
    assert "What to look at since 24 January 2026" in text
    assert "Change since 24 JanEntered since 24 JanLeft since 24 JanSize over timeGrowth since 15 Nov 2025" in text


def test_noise_is_not_worth_a_look() -> None:
    report = made_reports.small(2)
    (entity,) = report.entities

    def moved(before: int, now: int) -> str:
        last = Point(report.as_of, now, 0.1, max(now - before, 0), max(before - now, 0), 0, 0)
        points = (Point(report.runs[0], before, 0.1), last)
        segment = replace(entity.segments[1], members=now, points=points)
        return overview_of(replace(report, findings=(), entities=(replace(entity, segments=(segment,)),)))

    label = "Café regulars who stayed away"
    assert f"Shrank: {label} by 70 (55%), from 127 to 57; 0 entered and 70 left." in moved(127, 57)
    for before, now in ((127, 123), (10, 14), (1000, 1049)):
        assert f"Nothing moved much: no segment by 5% of its members and 5 or more. {label}" in moved(before, now)
    assert "Grew:" in moved(1000, 1050)
    assert "Grew:" in moved(0, 5)
    assert "No segment changed in size." in moved(5, 5)


def test_the_overview_without_data_shows_no_number_and_says_why() -> None:
    report = replace(made_reports.outlined(), missing=("No data: see `segrules count`.",))
    text = overview_of(report)
    assert "Very important" in text
    assert "Members" not in text
    assert "How segments changed" not in text
    assert "What is not shown, and how to get it No data: see segrules count." in text


def test_several_entities_have_pages_of_their_own() -> None:
    text = overview_of(made_reports.several())
    assert "6 segments and 1 segmentation of 5,000 customers and 5,000 bike companies, as of" in text
    assert "All segments of bike companies" in text
    ids = {entry["id"] for entry in search_index(made_reports.several())}
    assert {"segment/customer/vip", "segment/bike_company/vip"} <= ids


@pytest.mark.parametrize(("sizes", "said"), [((0, 0), "0%"), ((0, 3), "from 0"), ((4, 3), "−25%"), ((1, 31), "×31")])
def test_growth_is_told_also_where_there_is_nothing_to_divide_by(sizes: tuple[int, ...], said: str) -> None:
    report = made_reports.small(len(sizes))
    (entity,) = report.entities
    points = tuple(replace(point, members=size) for point, size in zip(entity.points, sizes, strict=True))
    segments = (replace(entity.segments[0], points=points), *entity.segments[1:])
    row = segment_table(replace(entity, segments=segments), report).split("<tr>")[2]
    assert re.findall(r'<td class="number">([^<]*)', row)[-2] == said


def test_a_page_tells_whom_it_asks_for_what() -> None:
    report = made_reports.outlined()
    nothing = "This file loads nothing from the network and sends nothing."
    assert nothing in report_page(report)
    served, _ = served_page(report)
    assert nothing not in served
    assert "This page asks segrules on this machine for newer ones, and loads nothing else" in served


def overview_of(report: Report) -> str:
    """The words of the first page."""
    page = report_page(report).split('<section class="page"')[1].split("</section>")[0]
    reader = _Reader()
    reader.feed("<p " + page)
    text = " ".join("".join(reader.texts).split())
    return re.sub("[\u2066-\u2069]", "", text)
