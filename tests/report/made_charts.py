"""Made-up parts of a report for pictures: plain ones, and ones that a picture may break on."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from segrules.project.model import Segmentation
from segrules.workflows.reporting.data import (
    Curves,
    Difference,
    HeatMap,
    Moves,
    Overlap,
    Point,
    SegmentationReport,
    StageReport,
    Together,
)

HOSTILE = '</script><script>alert("1")</script>&amp;<b>ก\u2028\u202e'
THAI = "ลูกค้าประจำที่ซื้อสินค้าทุกสัปดาห์และไม่เคยคืนของเลยแม้แต่ครั้งเดียวในปีที่ผ่านมา"
HEBREW = "לקוחות נאמנים שקונים בכל שבוע ומעולם לא החזירו דבר"
STAGES = ("lead", "new", "active", THAI, HEBREW, "at risk", "lapsed", "won back", "whale", HOSTILE, "gone", "churned")
START = date(2025, 1, 5)


def points(runs: int = 52, start: int = 480, scale: int = 1) -> tuple[Point, ...]:
    """A segment that grows by waves; its rule changed at runs 20 and 41."""
    found: list[Point] = []
    members = start * scale
    for run in range(runs):
        moment = START + timedelta(weeks=run)
        if run == 0:
            found.append(Point(moment, members, members / (5000 * scale)))
            continue
        entered, left = (12 + run * 7 % 19) * scale, (8 + run * 5 % 17) * scale
        by_rule, out_by_rule = (90 * scale, 4 * scale) if run in (20, 41) else (0, 0)
        members += entered - left + by_rule - out_by_rule
        found.append(Point(moment, members, members / (5000 * scale), entered, left, by_rule, out_by_rule))
    return tuple(found)


def segmentation(stages: tuple[str, ...] = STAGES, runs: int = 52) -> SegmentationReport:
    definition = Segmentation("lifecycle", "customer", "first", ())
    sizes = [[200 + (place * 37 + run * (place % 5)) % 150 for run in range(runs)] for place in range(len(stages))]
    sums = [sum(each[run] for each in sizes) for run in range(runs)]
    reports = tuple(
        StageReport(
            label,
            None,
            None,
            points=tuple(
                Point(START + timedelta(weeks=run), sizes[place][run], sizes[place][run] / sums[run])
                for run in range(runs)
            ),
        )
        for place, label in enumerate(stages)
    )
    return SegmentationReport("customer", "lifecycle", definition, reports, rows=sums[-1])


def moves(labels: tuple[str | None, ...] = (*STAGES, None)) -> Moves:
    counts = {
        (a, b): 400 if i == j else (i * 31 + j * 17) % 60
        for i, a in enumerate(labels)
        for j, b in enumerate(labels)
        if abs(i - j) <= 3
    }
    return Moves("lifecycle", START, START + timedelta(weeks=26), labels, counts)


DIFFERENCES = (
    Difference("spend", "number", None, 210.4, 92.1, 1.31),
    Difference("country", "value", "TH", 0.61, 0.4, 0.43),
    Difference("newsletter", "value", True, 0.12, 0.55, -0.87),
    Difference("recency_days", "number", None, 12.0, 148.2, -1.02),
    Difference("city", "value", HOSTILE, 0.05, 0.01, 0.2),
    Difference("favourite_category", "value", HEBREW, 0.3, 0.1, 0.6),
    Difference("lifetime_value", "number", None, 1_234_567.8, 98_765.4, 0.9),
)
CURVES = Curves(
    START,
    1480,
    "orders",
    7,
    tuple(0.6 / (1 + week / 9) for week in range(52)),
    tuple(1 - 0.5 / (1 + week / 3) for week in range(52)),
    tuple(0.98 ** (week + 1) for week in range(52)),
)
HEAT_MAP = HeatMap(
    "lines",
    "orders",
    tuple(tuple(20 + 40 * min(r, f) + (r * 7 + f * 5) % 11 for f in range(5)) for r in range(5)),
    tuple(tuple(Decimal(50 + 20 * f) if (r, f) != (0, 4) else None for f in range(5)) for r in range(5)),
    ((301, 420), (180, 300), (91, 179), (31, 90), (0, 30)),
    ((1, 1), (2, 2), (3, 4), (5, 8), (9, 1234)),
)
NAMES = ("vip", "loyal_thai", THAI, HEBREW, HOSTILE, "lapsed", "newsletter", "big_spenders")
SIZES = {name: 13_200 - 1620 * place for place, name in enumerate(NAMES)}
TOGETHER = (
    Together(("vip",), 420),
    Together((), 3100),
    Together(("vip", "loyal_thai"), 310),
    Together((THAI, HEBREW), 205),
    Together((HOSTILE, "vip", "newsletter"), 88),
    Together(("lapsed", "newsletter"), 70),
    Together(("big_spenders", "vip", THAI, "loyal_thai"), 31),
    Together(("lapsed",), 12_345),
)


def overlap(names: tuple[str, ...] = NAMES) -> Overlap:
    sizes = [1200 - 12 * place for place in range(len(names))]
    return Overlap(
        names,
        tuple(
            tuple(sizes[i] if i == j else min(sizes[i], sizes[j]) // (2 + (i * j) % 9) for j in range(len(names)))
            for i in range(len(names))
        ),
    )
