"""How the time of a count grows with rows, segments, predicates for each rule, and distinct predicates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bench import Bench, shown
from figures import Curve, Finding
from rules import DISTINCT, random_rules

from groups.counting import MAY_FAIL, check_counts, commands_for

SIDES = ("counts", "polars", "pandas")
ENOUGH = 10
"""Seconds after which a point is not measured again."""


@dataclass(frozen=True)
class Point:
    """What is counted: over how many rows, by how many rules of how many predicates each, of how many distinct ones."""

    rows: int
    segments: int
    predicates: int | None = None
    distinct: int = DISTINCT


def measure(bench: Bench) -> Iterator[Finding]:
    """Four curves; a side that had to be stopped is not asked again for more."""
    most, usual = max(bench.curve_segments), min(200, max(bench.curve_segments))
    rows = min(bench.rows, 1_000_000)
    by_rows = {count: Point(count, usual) for count in bench.curve_rows}
    by_segments = {count: Point(rows, count) for count in bench.curve_segments}
    by_predicates = {count: Point(rows, usual, count) for count in (1, 2, 5, 10, 20) if count <= most}
    by_distinct = {
        count: Point(rows, usual, distinct=count) for count in (11, 33, 110, 330, 1100) if count <= 10 * most
    }
    yield _curve(bench, "rows", f"{usual} segments", "rows", by_rows)
    yield _curve(bench, "segments", f"{shown(rows)} rows", "segments", by_segments)
    title = f"{usual} segments, {shown(rows)} rows"
    yield _curve(bench, "predicates", title, "predicates in each rule", by_predicates)
    yield _curve(bench, "distinct-predicates", title, "distinct predicates in all rules", by_distinct)


def _curve(bench: Bench, name: str, title: str, x: str, points: Mapping[int, Point]) -> Curve:
    found: dict[str, list[tuple[float, float]]] = {side: [] for side in ("segrules", *SIDES)}
    stopped: set[str] = set()
    for at, point in sorted(points.items()):
        number = (2, 5) if point.predicates is None else (point.predicates, point.predicates)
        rules = random_rules(point.segments, distinct=point.distinct, predicates=number)
        commands = commands_for(bench, f"curve_{name}_{at}", rules, bench.customers(point.rows), SIDES)
        asked = {side: one for side, one in commands.items() if side not in stopped}
        done = bench.measure(asked, enough=ENOUGH, may_fail=MAY_FAIL)
        check_counts(done, f"{title}, {at:,} {x}")
        stopped |= {side for side, one in done.items() if one.is_stopped}
        for side in done.keys() - stopped:
            found[side].append((at, done[side].seconds))
    return Curve(name, title, x, {side: tuple(pairs) for side, pairs in found.items() if pairs})
