"""The rows behind aggregates on random rules and rows: they are those that the value is made of."""

from __future__ import annotations

from typing import Any

import reference
import running
from hypothesis import given, reject, settings
from strategies import Sample, samples
from test_reasons import explained

from segrules.engines import Engine, EngineError
from segrules.language.core import Aggregate, Literal
from segrules.language.types import INTEGER
from segrules.planning import references
from segrules.planning.time import parse_as_of
from segrules.workflows.explaining.evidence import SHOWN_ROWS, Evidence, evidence
from segrules.workflows.explaining.explain import roots
from segrules.workflows.explaining.reasons import Reason, reasons
from segrules.workflows.explaining.rule_tree import rule_trees

KEYS = 2


@settings(max_examples=settings().max_examples // 8)
@given(sample=samples())
def test_the_rows_are_those_that_the_value_is_made_of(sample: Sample, duckdb_engine: Engine) -> None:
    for subject, trees in list(explained(sample, duckdb_engine))[:KEYS]:
        found = _evidence(sample, subject, duckdb_engine)
        for part in (part for tree in trees for part in reasons(tree)):
            node = part.clause.expression
            if isinstance(node, Aggregate) and part.value is not None and not part.clause.is_again:
                _check_rows(node, found[node], subject)
                _check_value(part, node, found[node])


def _evidence(sample: Sample, subject: reference.Subject, engine: Engine) -> dict[Aggregate, Evidence]:
    rules = subject.world.rules
    trees = rule_trees(rules, roots(rules, references(rules, (*rules.segments, *rules.segmentations))))
    tables = running.load(engine, rules, sample.worlds[:1], sample.zone, None)
    key = Literal(subject.row["customer_id"], INTEGER)
    try:
        return evidence(engine, tables, trees.rules, trees.trees, key, parse_as_of(sample.as_of, sample.zone))
    except EngineError as error:
        if error.kind != "overflow":
            raise
        reject()


def _check_rows(node: Aggregate, found: Evidence, subject: reference.Subject) -> None:
    rows = subject.rows_of(subject.world.rules.relations[node.relation])
    looked_at = [row for row in rows if node.window is None or _holds(node, node.window, row, subject)]
    assert (found.relation, found.rows, found.looked_at) == (node.relation, len(rows), len(looked_at))
    if node.value is None and not node.steps:
        taken = [row for row in looked_at if node.where is None or _holds(node, node.where, row, subject)]
        assert found.taken == len(taken)
    assert found.taken <= found.looked_at <= found.rows
    assert len(found.shown) == min(found.rows, SHOWN_ROWS)
    assert sum(row.taken for row in found.shown) == min(found.taken, SHOWN_ROWS)


def _holds(node: Aggregate, test: Any, row: Any, subject: reference.Subject) -> bool:
    return subject.holds(test, {node.row: (node.relation, row)})


def _check_value(part: Reason, node: Aggregate, found: Evidence) -> None:
    assert part.value is not None
    value = part.value.value
    match node.function:
        case "count":
            assert value == found.taken
        case "any":
            assert value == (found.taken > 0)
        case "none":
            assert value == (found.taken == 0)
        case "every":
            assert value == (found.taken == found.looked_at > 0)
        case "share":
            assert value == (found.taken / found.looked_at if found.looked_at else None)
        case "min" | "max" | "avg" | "median" | "mode":
            assert (value is None) == (found.taken == 0)
