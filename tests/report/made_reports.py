"""Made-up reports: rules as a project really has them, sizes and runs as the arithmetic here makes them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from memory_reader import SHOP, loaded

from segrules.diagnostics import Diagnostic
from segrules.project.resolve import resolve
from segrules.workflows.expectations import broken_expectations
from segrules.workflows.reporting.data import (
    EntityReport,
    Overlap,
    Point,
    Report,
    SegmentationReport,
    SegmentReport,
    StageReport,
    Together,
    Worth,
)
from segrules.workflows.reporting.outline import languages, outline

AS_OF = date(2026, 1, 31)
ROWS = 5000
HOSTILE = "</script><script>document.title='broken'</script>\"'&<b>\u2028"
QUOTED = json.dumps(HOSTILE, ensure_ascii=True)
"""The same as YAML takes it."""
THAI, HEBREW, ARABIC = "ลูกค้าประจำที่ซื้อบ่อย", "לקוחות נאמנים", "عملاء أوفياء"

RULES = f"""\
entity: customer
traits:
  recency_days: days_since(max(orders.ordered_at))
  bought: count(orders)
  spend: sum(orders.amount)
segments:
  vip:
    when: recency_days < 30 and bought >= 5
    label: {{en: Very important, th: {THAI}, he: {HEBREW}, ar: {ARABIC}}}
    description: {{en: "Bought often and lately.", th: ซื้อบ่อยและเพิ่งซื้อ}}
    owner: crm@example.com
    tags: [retention, top]
    expect: {{share: 5%..10%}}
    examples: {{in: [{{recency_days: 29, bought: 5}}], out: [{{recency_days: 30, bought: 5}}]}}
  lapsed:
    all: [bought >= 1, {{any: [recency_days > 180, email is missing]}}, {{none: [segments.vip]}}]
    label: Café regulars who stayed away
    owner: win-back team
  hostile:
    when: country == 'TH'
    label: {{en: {QUOTED}, th: {QUOTED}}}
    description: {QUOTED}
    owner: {QUOTED}
    tags: [{QUOTED}]
  ลูกค้าใหม่: bought == 1
segmentations:
  lifecycle:
    label: {{en: Life cycle, th: วงจรชีวิต}}
    stages: {{lead: bought == 0, new: bought == 1 and recency_days <= 30, churned: recency_days > 365}}
    otherwise: active
"""


def outlined(rules: str = RULES, project: str = SHOP) -> Report:
    """The report of the rules alone."""
    found = loaded(rules, project)
    entities = outline(found, resolve(found)[0])
    return Report(found.name, AS_OF, "1.0", languages(found, None), entities)


def small(runs: int = 12) -> Report:
    """Segments in several scripts, with as many weekly recorded runs."""
    report = outlined()
    days = tuple(AS_OF - timedelta(weeks=runs - 1 - run) for run in range(runs))
    entities = tuple(_counted(entity, days) for entity in report.entities)
    return replace(report, entities=entities, runs=days, findings=_findings(entities), missing=_missing(runs))


def many(count: int = 500, runs: int = 52) -> Report:
    """A project of many segments."""
    rules = "".join(
        f"  segment_{place:03}:\n    when: bought >= {place} and recency_days < {place + 7}\n"
        f"    label: {{en: Segment number {place}, th: กลุ่มที่ {place}}}\n"
        f"    owner: team {place % 7}\n    tags: [tag{place % 11}]\n"
        for place in range(1, count + 1)
    )
    traits = "traits:\n  recency_days: days_since(max(orders.ordered_at))\n  bought: count(orders)\nsegments:\n"
    report = outlined(traits + rules)
    days = tuple(AS_OF - timedelta(weeks=runs - 1 - run) for run in range(runs))
    return replace(report, entities=tuple(_counted(each, days) for each in report.entities), runs=days)


SEVERAL = SHOP.replace(
    "relations:\n",
    """\
  bike_company:
    source: data/companies.parquet
    key: company_id
    columns: {company_id: integer, employees: integer}
relations:
""",
).replace("    source: data/orders.parquet\n", "    of: customer\n    source: data/orders.parquet\n")


def several(runs: int = 3) -> Report:
    """Two entities, with a segment of the same name."""
    rules = "entity: bike_company\nsegments:\n  vip: employees > 10\n  big: {when: employees > 99, tags: [large]}\n"
    report = outlined(RULES, SEVERAL)
    days = tuple(AS_OF - timedelta(weeks=runs - 1 - run) for run in range(runs))
    other = outlined(rules, SEVERAL).entities[1]
    entities = tuple(_counted(entity, days) for entity in (report.entities[0], other))
    return replace(report, entities=entities, runs=days)


def empty() -> Report:
    """A project without a segment."""
    return outlined("params: {a: 1}\n")


def points(place: int, days: tuple[date, ...]) -> tuple[Point, ...]:
    """Sizes that go up and down around a slope; at the last run a rule changed for every fourth segment."""
    found: list[Point] = []
    members = 120 + 37 * (place % 23)
    for run, day in enumerate(days):
        if not run:
            found.append(Point(day, members, members / ROWS))
            continue
        entered, left = 9 + (run * 7 + place) % 19, 8 + (run * 5 + 3 * place) % 17
        by_rule = 25 if run == len(days) - 1 and place % 4 == 1 else 0
        members += entered - left + by_rule
        found.append(Point(day, members, members / ROWS, entered, left, by_rule, 0))
    return tuple(found)


def _counted(entity: EntityReport, days: tuple[date, ...]) -> EntityReport:
    segments = tuple(_segment(item, place, days) for place, item in enumerate(entity.segments))
    names = tuple(item.name for item in segments[:20])
    sizes = [item.members or 0 for item in segments[:20]]
    both = tuple(
        tuple(
            size if one == other else min(size, sizes[other]) // (2 + abs(one - other)) for other in range(len(sizes))
        )
        for one, size in enumerate(sizes)
    )
    return replace(
        entity,
        rows=ROWS,
        segments=segments,
        segmentations=tuple(_segmentation(item, days) for item in entity.segmentations),
        points=tuple(Point(day, ROWS - 10 * (len(days) - 1 - run), 1.0) for run, day in enumerate(days)),
        overlap=Overlap(names, both) if len(names) > 1 else None,
        together=tuple(Together((name,), 100 - place) for place, name in enumerate(names[:5])),
        together_of=names[:5],
        worth=Worth(ROWS, Decimal("812345.50"), 9000),
    )


def _segment(item: SegmentReport, place: int, days: tuple[date, ...]) -> SegmentReport:
    found = points(place, days)
    members = found[-1].members if found else 100 + place
    worth = Worth(members, Decimal(members) * (20 + place), members * 2)
    return replace(item, members=members, rows=ROWS, points=found, worth=worth)


def _segmentation(item: SegmentationReport, days: tuple[date, ...]) -> SegmentationReport:
    sizes = (1200, 800, 1500, 1500)
    return replace(
        item,
        rows=ROWS,
        stages=tuple(_stage(stage, size, days) for stage, size in zip(item.stages, sizes, strict=True)),
    )


def _stage(stage: StageReport, size: int, days: tuple[date, ...]) -> StageReport:
    return replace(stage, members=size, points=tuple(Point(day, size, size / ROWS) for day in days))


def _findings(entities: tuple[EntityReport, ...]) -> tuple[Diagnostic, ...]:
    vip = entities[0].segments[0]
    expected = vip.definition.expect[0].span
    size = {(vip.entity, vip.name): vip.members or 0}
    return (
        Diagnostic("negative-on-missing", "`country != 'US'` takes in 12 whose country is missing", expected),
        *broken_expectations((vip.definition,), size, {vip.entity: ROWS}),
        Diagnostic("data-missing", "there is no file `data/<b>x.csv`", help="put `<i>` there", path="segrules.yml"),
    )


def _missing(runs: int) -> tuple[str, ...]:
    return () if runs > 1 else ("How segments change is not known yet: `segrules apply --record` records each run.",)
