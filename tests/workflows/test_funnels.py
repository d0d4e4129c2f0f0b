"""What steps of rules leave of all rows: the counts of the marks of each row, on random rules and rows."""

from __future__ import annotations

from collections.abc import Sequence

import running
from hypothesis import given, reject, settings
from strategies import Sample, samples
from test_reasons import explained

from segrules.engines import Engine, EngineError
from segrules.planning import references
from segrules.planning.time import parse_as_of
from segrules.workflows.explaining.funnels import Funnel, Step, funnel
from segrules.workflows.explaining.reasons import Reason, truth


@settings(max_examples=settings().max_examples // 8)
@given(sample=samples())
def test_steps_count_the_rows_that_are_marked_so(sample: Sample, duckdb_engine: Engine) -> None:
    rows = [trees for _, trees in explained(sample, duckdb_engine)]
    found = _funnel(sample, duckdb_engine)
    assert found.rows == len(rows)
    for number, tree in enumerate(found.trees):
        _check(tree, [trees[number] for trees in rows])


def _funnel(sample: Sample, engine: Engine) -> Funnel:
    rules = running.resolve_project(running.open_project(sample.files))["customer"]
    tables = running.load(engine, rules, sample.worlds[:1], sample.zone, None)
    wanted = references(rules, (*rules.segments, *rules.segmentations))
    try:
        return funnel(engine, tables, rules, wanted, parse_as_of(sample.as_of, sample.zone))
    except EngineError as error:
        if error.kind != "overflow":
            raise
        reject()


def _check(step: Step, rows: Sequence[Reason]) -> None:
    """The step's numbers, and those below it, from the same clause of each row."""
    if step.clause.kind != "segmentation":
        assert step.holds == sum(map(truth, rows)), step.clause.text
    for text, many in step.missing:
        places = [place for place, operand in enumerate(step.clause.operands) if operand.text == text]
        assert many in [sum(row.operands[place].value is None for row in rows) for place in places]
    kept = [[part for part in row.parts if part.clause in [below.clause for below in step.parts]] for row in rows]
    for number, part in enumerate(step.parts):
        marks = [[truth(one) for one in parts] for parts in kept]
        _check_place(step.clause.kind, part, number, marks)
        if step.clause.kind == "segmentation":
            labels = [row.value.value if row.value is not None else None for row in rows]
            name = part.clause.name
            assert part.left == sum(name in label if isinstance(label, tuple) else name == label for label in labels)
        _check(part, [parts[number] for parts in kept])


def _check_place(kind: str, part: Step, number: int, marks: Sequence[Sequence[bool]]) -> None:
    so_far = [row[: number + 1] for row in marks]
    match kind:
        case "all" | "not all":
            assert part.left == sum(map(all, so_far))
            assert part.only == sum(not row[number] and sum(row) == len(row) - 1 for row in marks)
        case "none":
            assert part.left == sum(not any(row) for row in so_far)
            assert part.only == sum(row[number] and sum(row) == 1 for row in marks)
        case "any":
            assert part.left == sum(map(any, so_far))
            assert part.only == sum(row[number] and sum(row) == 1 for row in marks)
        case _:
            assert part.only is None
