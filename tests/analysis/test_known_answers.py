"""Published tables of segments whose overlaps, gaps and unreachable stages are known, and are found by the solver."""

from __future__ import annotations

from collections.abc import Mapping

import running
from proofs_questions import Asked, named

from segrules.analysis.answers import NEVER, Answer
from segrules.language.core import Expression, Not
from segrules.planning.time import parse_as_of
from segrules.workflows.proving.findings import prove

PUTLER: Mapping[str, tuple[int, int, int, int]] = {
    "champions": (4, 5, 4, 5),
    "loyal_customers": (2, 5, 3, 5),
    "potential_loyalist": (3, 5, 1, 3),
    "recent_customers": (4, 5, 0, 1),
    "promising": (3, 4, 0, 1),
    "needing_attention": (2, 3, 2, 3),
    "about_to_sleep": (2, 3, 0, 2),
    "at_risk": (0, 2, 2, 5),
    "cant_lose_them": (0, 1, 4, 5),
    "hibernating": (1, 2, 1, 2),
    "lost": (0, 2, 0, 2),
}
"""Of each segment of https://www.putler.com/rfm-analysis/ the ranges of recency and of the mean of the other scores."""


def rfm(scores: str, fields: str) -> Asked:
    """Putler's eleven ranges as segments and, in the order published, as stages; each cell of a grid as a segment."""
    rules = {name: f"r between {a} and {b} and fm between {c} and {d}" for name, (a, b, c, d) in PUTLER.items()}
    stages = "".join(f"      {name}: {rule}\n" for name, rule in rules.items())
    segments = "".join(f"  {name}: {rule}\n" for name, rule in rules.items())
    cells = "".join(f"  cell_{r}_{fm}: r == {r} and fm == {fm}\n" for r in range(1, 6) for fm in range(1, 6))
    text = f"segmentations:\n  rfm:\n    stages:\n{stages}segments:\n{segments}{cells}"
    asked = shop(f"r: {{type: integer, {scores}, missing: never}}, {fields}", text)
    return named(asked.project, asked.rules, "customer", asked.moment, [*asked.own.segments, *_stages()])


def _stages() -> list[str]:
    return [f"rfm.{name}" for name in PUTLER]


def shop(columns: str, rules: str) -> Asked:
    declared = f"{{customer: {{source: c.csv, key: id, columns: {{id: integer, {columns}}}}}}}"
    files = {"segrules.yml": f"segrules: 1\nname: shop\nentities: {declared}\n", "segments/rules.yml": rules}
    project = running.open_project(files)
    found = running.resolve_project(project)
    moment = parse_as_of("2026-01-31", "UTC")
    labels = [f"{name}.{label}" for name, one in found["customer"].segmentations.items() for label, _ in one.stages]
    return named(project, found, "customer", moment, [*found["customer"].segments, *labels])


WHOLE = rfm("min: 1, max: 5", "fm: {type: integer, min: 1, max: 5, missing: never}")


def test_twenty_of_putlers_cells_are_claimed_twice_or_more() -> None:
    regions = WHOLE.prover(is_small=False).regions(WHOLE.tests)
    place = {name: number for number, name in enumerate(WHOLE.names)}
    claims = {
        cell: [name for name in PUTLER if regions.only[place[cell]][place[name]] == NEVER]
        for cell in WHOLE.names
        if cell.startswith("cell_")
    }
    apart = [(cell, name) for cell in claims for name in PUTLER if regions.both[place[cell]][place[name]] == NEVER]
    assert len(claims) == 25
    assert len(apart) + sum(map(len, claims.values())) == 25 * 11  # each cell is inside of a segment or apart from it
    assert sum(len(names) > 1 for names in claims.values()) == 20
    assert all(claims.values())
    assert len(claims["cell_2_2"]) == 5


def test_four_of_putlers_segments_are_not_reached_in_the_published_order() -> None:
    assert unreached(WHOLE) == ["rfm.recent_customers", "rfm.promising", "rfm.cant_lose_them", "rfm.lost"]


def test_one_of_them_is_not_reached_on_a_grid_from_zero() -> None:
    """With half steps: the second axis is the mean of two scores."""
    halves = rfm("min: 0, max: 5", "fm: {type: 'decimal(2,1)', min: 0, max: 5, missing: never}")
    assert unreached(halves) == ["rfm.cant_lose_them"]


def test_nobody_is_left_out_of_putlers_segments_on_whole_scores() -> None:
    assert _gap(WHOLE, _stages()).verdict == "never"


def unreached(asked: Asked) -> list[str]:
    prover = asked.prover(is_small=False)
    return [name for name, test in zip(asked.names, asked.tests, strict=True) if prover.ask([test]).verdict == "never"]


def test_the_findings_name_the_stages_and_which_others_take_their_rows() -> None:
    found = prove(WHOLE.project, WHOLE.rules, WHOLE.moment)
    assert [(one.code, one.message.split(",")[0].split(": ")) for one in found.findings] == [
        ("shadowed-stage", [f"no row reaches `{stage}`", f"`{other}`"])
        for stage, other in (
            ("recent_customers", "potential_loyalist"),
            ("promising", "potential_loyalist"),
            ("cant_lose_them", "at_risk"),
            ("lost", "hibernating"),
        )
    ]
    assert [one.words for one in found.kept] == ["every row has a stage of `rfm`"]


def _gap(asked: Asked, names: list[str], *more: Expression) -> Answer:
    tests = dict(zip(asked.names, asked.tests, strict=True))
    return asked.prover(is_small=False).ask([*(Not(tests[name]) for name in names), *more])


# a table with gaps

SHOP = "spend: {type: 'decimal(9,2)', missing: never}, days: integer"
TABLE = """
segmentations:
  tier: {stages: {bronze: spend < 100, silver: spend >= 100 and spend < 500, gold: spend > 500}}
  closed: {stages: {bronze: spend < 100, silver: spend >= 100 and spend <= 499.99, gold: spend >= 500}}
  pace: {stages: {recent: days < 30, away: days >= 30}}
  lapse: {stages: {recent: days < 30, away: days > 30}}
segments:
  known: days is known
  at_500: spend == 500
"""


def test_a_gap_between_two_bounds_is_the_value_that_both_leave_out() -> None:
    asked = shop(SHOP, TABLE)
    tests = dict(zip(asked.names, asked.tests, strict=True))
    stages = ["tier.bronze", "tier.silver", "tier.gold"]
    answer = _gap(asked, stages)
    assert answer.verdict == "possible"
    assert answer.example is not None
    assert answer.example.cells[(), "spend"] == 500
    assert _gap(asked, stages, Not(tests["at_500"])).verdict == "never"


def test_bounds_that_meet_by_the_scale_of_the_column_leave_no_gap() -> None:
    assert _gap(shop(SHOP, TABLE), ["closed.bronze", "closed.silver", "closed.gold"]).verdict == "never"


def test_only_missing_values_fall_through_bounds_that_meet() -> None:
    asked = shop(SHOP, TABLE)
    known = dict(zip(asked.names, asked.tests, strict=True))["known"]
    assert _gap(asked, ["pace.recent", "pace.away"]).verdict == "possible"
    assert _gap(asked, ["pace.recent", "pace.away"], known).verdict == "never"
    assert _gap(asked, ["lapse.recent", "lapse.away"], known).verdict == "possible"


def test_the_findings_tell_a_gap_from_one_of_missing_values_alone() -> None:
    asked = shop(SHOP, TABLE)
    found = prove(asked.project, asked.rules, asked.moment)
    assert [(one.code, one.message.split("`")[-2]) for one in found.findings] == [
        ("stage-gap", "tier"),
        ("missing-gap", "pace"),
        ("stage-gap", "lapse"),
    ]
    assert [one.words for one in found.kept] == ["every row has a stage of `closed`"]
