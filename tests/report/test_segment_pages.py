"""Pages of segments, segmentations and traits: what is known is there, what is not is not, and nothing breaks out."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import made_reports
import pytest

from segrules.diagnostics import Diagnostic
from segrules.planning.renaming import Thing
from segrules.report.dashboard.figures import moved_words
from segrules.report.dashboard.lineage import lineage_of
from segrules.report.dashboard.sections import sections
from segrules.report.dashboard.segment_page import segment_page
from segrules.report.dashboard.segmentation_page import segmentation_page
from segrules.report.dashboard.things import items_of
from segrules.report.dashboard.traits_page import traits_page
from segrules.workflows.explaining.funnels import Step
from segrules.workflows.explaining.rule_tree import Clause
from segrules.workflows.reporting.data import (
    Curves,
    Difference,
    Moves,
    Point,
    Report,
    SegmentReport,
    Stays,
    TestCase,
    Worth,
)

HOSTILE = made_reports.HOSTILE
LAPSED, SHORT = "Café regulars who stayed …", "</script><script>documen…"


def page_of(report: Report, name: str, item: SegmentReport | None = None) -> str:
    entity = report.entities[0]
    item = item or next(one for one in entity.segments if one.name == name)
    return segment_page(item, entity, report, items_of(report), lineage_of(report))


def said(page: str) -> str:
    """What a page says, without its pictures' data."""
    page = re.sub(r"<script.*?</script>|<svg.*?</svg>|<bdi[^>]* hidden>.*?</bdi>", "", page, flags=re.S)
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", page)).split()).replace(" .", ".").replace(" ,", ",")


@pytest.fixture(scope="module")
def small() -> Report:
    return made_reports.small()


def _segment(report: Report, name: str) -> SegmentReport:
    return next(item for item in report.entities[0].segments if item.name == name)


def test_a_page_tells_what_files_say(small: Report) -> None:
    page = said(page_of(small, "vip"))
    assert "Very important" in page
    assert "Bought often and lately." in page
    assert "Owner crm@example.com Tags retention top" in page
    assert "Expected: share 5%..10%" in page
    assert "A customer is in it if all of these hold: recency days is under 30 bought is at least 5" in page
    assert "recency_days the" not in page
    assert "What the names mean recency_days days since the latest ordered at in orders" in page
    assert "In the segment recency_days bought 29 5 Not in it recency_days bought 30 5" in page
    assert "It uses: recency_days, bought. It is used by: Café regulars who stayed away." in page


def test_a_page_tells_how_large_a_segment_is_and_how_that_changed(small: Report) -> None:
    page = said(page_of(small, "lapsed"))
    item = _segment(small, "lapsed")
    assert f"{item.members} members, 3.9% of all customers" in page
    assert (
        "+21 (+12%) since 24 January 2026: 36 entered and 15 left; of these, 25 entered because the rule changed."
        in page
    )
    assert said(page_of(small, "vip")).count("has 140 of 5,000 rows, 2.8%, its share is expected to be 5%..10%") == 1


@pytest.mark.parametrize(
    ("point", "words"),
    [
        ((3, 2, 0, 0), "3 entered and 2 left"),
        ((0, 0, 9, 0), "9 entered because the rule changed; nobody entered or left otherwise"),
        ((0, 0, 9, 4), "9 entered and 4 left because the rule changed; nobody entered or left otherwise"),
        ((1, 0, 0, 4), "1 entered and 4 left; of these, 4 left because the rule changed"),
    ],
)
def test_both_causes_are_counted_and_told(point: tuple[int, int, int, int], words: str) -> None:
    assert moved_words(Point(made_reports.AS_OF, 10, 0.1, *point)) == words


def test_the_rule_of_the_run_before_stands_beside_one_that_changed(small: Report) -> None:
    vip, new = Thing("customer", "segment", "vip"), Thing("customer", "stage", "lifecycle.new")
    changed = replace(small, rules_before={vip: "bought >= 9 and 'a' < 'b'", new: "bought == 2"})
    told = "At the run before, of 24 January 2026, the rule was"
    assert f"{told} bought >= 9 and 'a' < 'b'." in said(page_of(changed, "vip"))
    assert told not in said(page_of(changed, "lapsed"))
    assert told not in said(page_of(replace(changed, as_of=date(2026, 2, 1)), "vip"))
    pages = {section.id: said(section.html) for section in sections(changed)}
    assert f"{told} bought == 2." in pages["segmentation/customer/lifecycle"]
    assert "A rule it uses changed: Café regulars who stayed away" in pages["overview"]


def test_one_run_is_told_as_such_on_the_overview_and_on_pages() -> None:
    one = made_reports.small(1)
    assert "One run is recorded so far, of 31 January 2026: how it grew, and who came and went, shows from" in said(
        page_of(one, "vip")
    )
    assert "segrules apply --record" not in said(page_of(one, "vip"))
    fresh = replace(_segment(one, "vip"), points=())
    assert "It was not there at the one recorded run" in said(page_of(one, "vip", fresh))


def test_without_data_and_runs_a_page_says_how_to_have_them() -> None:
    page = said(page_of(made_reports.outlined(), "vip"))
    assert "How many are in it is not known" in page
    assert "Over time Not known yet: segrules apply --record records each run" in page
    for title in ("Step by step", "Who they are", "Overlaps", "What they are worth", "Do they stay?", "Some members"):
        assert title not in page
    assert "None" not in page


def test_overlaps_stand_in_order_of_likeness_with_their_counts(small: Report) -> None:
    page = page_of(small, "hostile")
    rows = re.findall(r"<tr><td>(.*?)\n?(?=<tr|</table)", page[page.index("<h2>Overlaps") :], re.S)
    cells = [said(row.replace("<td", " | <td")) for row in rows[:3]]
    assert [cell.split(" | ")[0] for cell in cells] == ["Café regulars who stayed away", "ลูกค้าใหม่", "Very important"]
    overlap = small.entities[0].overlap
    assert overlap is not None
    own, other = overlap.names.index("hostile"), overlap.names.index("lapsed")
    assert cells[0].split(" | ")[1] == f"{overlap.both[own][other]:,}"


def test_steps_say_how_many_are_left(small: Report) -> None:
    item = _segment(small, "lapsed")
    tests = [Step(Clause("test", "bought >= 1"), 400, 400), Step(Clause("test", "email is missing"), 90, 30)]
    step = Step(
        Clause("segment", "…", "lapsed", parts=()), 30, parts=(Step(Clause("all", "…"), 30, parts=tuple(tests)),)
    )
    page = said(page_of(small, "lapsed", replace(item, funnel=step, rows=5000)))
    assert "all customers 5,000 100% bought >= 1 holds for 400 400 8% email is missing holds for 90 30 0.6%" in page
    assert "Step by step" not in said(page_of(small, "lapsed", replace(item, funnel=tests[0])))


def test_worth_stays_profile_retention_and_samples_are_shown(small: Report) -> None:
    day = made_reports.AS_OF - timedelta(weeks=12)
    item = replace(
        _segment(small, "vip"),
        worth=Worth(200, Decimal(5000), 400, Decimal(900), Decimal(600)),
        stays=Stays(31.0, 150, 0.25, day),
        profile=(Difference("spend", "number", None, 210.0, 92.0, 1.3),),
        curves=Curves(day, 100, "orders", 28, (0.5, 0.4), (0.5, 0.6), (0.9, 0.8)),
        sample=({"spend": Decimal("12.5"), "joined": date(2026, 1, 2), "vip": True, "city": None},),
        tests=(TestCase("five orders", "tests/a.yml", 7),),
    )
    page = said(page_of(small, "vip", item))
    assert "Spend 5,000" in page
    assert "Spend of a member 25 everyone: 162" in page
    assert "Orders 400 2 a member" in page
    assert "Cost 600 50% return on it" in page
    assert "Half of the members have been in it for 31 days or longer, of the 150 whose entry was recorded." in page
    assert "Turnover since 8 November 2025: 25%." in page
    assert "spend 210 92" in page
    assert "What became of the 100 who were in on 8 November 2025" in page
    assert "Active: with a row in orders in those 28 days." in page
    unknown = said(page_of(small, "vip", replace(item, worth=None)))
    assert "no relation in segrules.yml declares value:" in unknown
    assert "The trait spend is for rules alone." in unknown
    assert "spend joined vip city 12.5 2 January 2026 yes missing" in page
    assert "five orders tests/a.yml :7" in page


def test_hostile_texts_stay_texts_wherever_they_stand(small: Report) -> None:
    item = _segment(small, "hostile")
    definition = replace(
        item.definition,
        about={
            **item.definition.about,
            **dict.fromkeys(("persona", "channel", "message"), HOSTILE),
            "meta": {HOSTILE: {HOSTILE: [HOSTILE]}},
        },
    )
    hostile = replace(
        item,
        definition=definition,
        profile=(Difference(HOSTILE, "value", HOSTILE, 0.5, 0.2, 1.0),),
        sample=({HOSTILE: HOSTILE},),
        tests=(TestCase(HOSTILE, HOSTILE, 1),),
        funnel=Step(
            Clause("all", HOSTILE), 3, parts=(Step(Clause("test", HOSTILE), 3, 3), Step(Clause("any", HOSTILE), 3, 3))
        ),
        uses=(*item.uses, replace(item.uses[0], kind="trait", name=HOSTILE)),
    )
    page = page_of(small, "hostile", hostile)
    assert "<script>document" not in page
    assert "<b>\u2028" not in page
    assert page.count("</script>") == page.count('<script type="application/json">')


def test_findings_stand_beside_the_rule_that_they_are_about(small: Report) -> None:
    written = _segment(small, "hostile").definition.rule.when
    assert written is not None
    finding = Diagnostic("negative-on-missing", "`country` may be <missing>", written.span_of(0, 7))
    report = replace(small, findings=(finding,))
    assert "What to look at in it country may be <missing>" in said(page_of(report, "hostile"))
    assert "What to look at in it" not in said(page_of(report, "vip"))


def test_labels_in_any_direction_are_isolated(small: Report) -> None:
    page = page_of(small, "vip")
    for label in (made_reports.HEBREW, made_reports.ARABIC, made_reports.THAI):
        assert re.search(f"<bdi[^>]*>{label}</bdi>", page)


def test_a_segmentation_tells_its_policy_and_each_stage(small: Report) -> None:
    (item,) = small.entities[0].segmentations
    parts = (small, items_of(small), lineage_of(small))
    page = said(segmentation_page(item, *parts))
    assert "Each customer gets the first of these stages whose rule holds, from the top down." in page
    assert "Who matches none is active." in page
    assert "lead 1,200 · 24% bought == 0 Matches if this holds: bought is 0." in page
    assert "active 1,500 · 30% Everyone else." in page
    unique = replace(item, definition=replace(item.definition, hit="unique", otherwise=None))
    assert "two that match are an error. Who matches none has no stage." in said(segmentation_page(unique, *parts))
    several = replace(item, definition=replace(item.definition, hit="any"), stages=item.stages[:1])
    assert "one may have several" in said(segmentation_page(several, *parts))


def test_a_segmentation_tells_who_moved(small: Report) -> None:
    (item,) = small.entities[0].segmentations
    start, end = date(2026, 1, 24), date(2026, 1, 31)
    moves = Moves(item.name, start, end, ("lead", "new"), {("lead", "lead"): 5, ("lead", "new"): 2})
    page = said(segmentation_page(replace(item, moves=moves), small, items_of(small), lineage_of(small)))
    assert "Between the recorded runs of 24 January 2026 and 31 January 2026" in page


def test_traits_have_their_words_and_users(small: Report) -> None:
    page = traits_page(small.entities[0], small, items_of(small), lineage_of(small))
    assert "Spend" not in page
    assert "recency_days Days since the latest ordered at in orders. days_since" in said(page)
    assert "Used by Very important, Café regulars who stayed away" in said(page)
    assert "orders : data/orders.parquet" in said(page)


# lineage


def test_the_picture_has_a_box_for_everything_and_says_it_in_words(small: Report) -> None:
    page = traits_page(small.entities[0], small, items_of(small), lineage_of(small))
    (picture,) = re.findall(r"<svg[^>]* role=.*?</svg>", page, re.S)
    boxes = re.findall(r"<text[^>]*>(.*?)</text>", picture)
    traits, segments = ["recency days", "bought", "spend"], ["Very important", LAPSED, SHORT, "ลูกค้าใหม่"]
    sources = ["customer", "customer.demographics", "orders", "orders.product"]
    assert {" ".join(box.split()) for box in map(html.unescape, boxes)} == {*sources, *traits, *segments, "Life cycle"}
    assert "source trait segment segmentation" in said(page)
    assert len(boxes) == len(set(boxes))
    label = html.unescape(re.findall(r'aria-label="([^"]*)"', picture)[0])
    assert "recency days rests on orders" in label
    assert "Café regulars who stayed away rests on bought, recency days, Very important, customer" in label
    assert picture.count('<a href="#segment/customer/') == 4
    assert "<title>trait spend\nthe sum of amount in orders</title>" in picture


def test_the_picture_of_a_segment_has_what_it_rests_on_and_what_rests_on_it(small: Report) -> None:
    (picture,) = re.findall(r"<svg[^>]* role=.*?</svg>", page_of(small, "vip"), re.S)
    assert set(re.findall(r"<text[^>]*>(.*?)</text>", picture)) == {
        "orders",
        "bought",
        "recency days",
        "Very important",
        LAPSED,
    }


def test_a_line_that_leads_back_is_left_out(small: Report) -> None:
    (entity,) = small.entities
    vip, lapsed = Thing("customer", "segment", "vip"), Thing("customer", "segment", "lapsed")
    uses = {"vip": (vip, lapsed), "lapsed": (vip,)}
    segments = tuple(replace(item, uses=uses.get(item.name, ())) for item in entity.segments)
    report = replace(small, entities=(replace(entity, segments=segments),))
    lineage = lineage_of(report)
    assert (lineage.uses[vip], lineage.uses[lapsed]) == ((lapsed,), ())
    assert lineage.users[lapsed] == (vip,)
    assert "<svg" in page_of(report, "vip")


def test_rules_without_traits_have_a_picture_too() -> None:
    report = made_reports.outlined("segments: {grown_up: age >= 18}\n")
    page = {section.id: section.html for section in sections(report)}["traits/customer"]
    assert "None yet: every rule looks into the sources itself." in said(page)
    assert 'href="#segment/customer/grown_up"' in page


def test_too_many_boxes_make_no_picture() -> None:
    report = made_reports.many(160, 0)
    entity = report.entities[0]
    assert "<svg" not in traits_page(entity, report, items_of(report), lineage_of(report))
    assert "would have more than 150 boxes" in traits_page(entity, report, items_of(report), lineage_of(report))
