"""What a failed test says: which keys are missing or extra, and the values of every clause for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from segrules.engines.engine import Engine
from segrules.language.core import Expression
from segrules.planning.time import AsOf
from segrules.project.model import Project, Rules
from segrules.workflows.case_runs import compute
from segrules.workflows.clauses import Clause, with_clauses
from segrules.workflows.given_rows import GivenRows

SHOWN_KEYS = 5


def explain(
    engine: Engine,
    project: Project,
    rules: Mapping[str, Rules],
    entity: str,
    rule: Expression,
    given: GivenRows,
    keys: Sequence[object],
    moment: AsOf,
) -> list[str]:
    """For each of the first few keys a line per clause of the rule: what it came to, and the values in it."""
    richer, clauses = with_clauses(rules[entity], rule)
    wanted = tuple(
        dict.fromkeys(
            node for clause in clauses for node in (clause.test, *(operand for _, operand in clause.operands))
        )
    )
    computed = compute(engine, project, {**rules, entity: richer}, {entity: wanted}, [given], moment)[0]
    lines = []
    for key in keys[:SHOWN_KEYS]:
        values: dict[tuple[str, str], object] = {
            (node.to, node.name): computed.of(entity, node).get(key) for node in wanted
        }
        lines.append(f"  {key}:")
        lines += [f"    {_clause(clause, values)}" for clause in clauses]
    if len(keys) > SHOWN_KEYS:
        lines.append(f"  … and {len(keys) - SHOWN_KEYS:,} more")
    return lines


def _clause(clause: Clause, values: Mapping[tuple[str, str], object]) -> str:
    result = values[clause.test.to, clause.test.name]
    held = result if isinstance(result, bool) else False
    inside = [
        f"{text} = {written(values[node.to, node.name])}" for text, node in clause.operands if text != clause.text
    ]
    what = "missing" if result is None else "true" if held else "false"
    return f"{clause.text} is {what}" + (f" ({', '.join(inside)})" if inside else "")


def written(value: object) -> str:
    """A value as an author would write it."""
    match value:
        case None:
            return "missing"
        case bool():
            return "true" if value else "false"
        case str():
            return "'" + value.replace("'", "''") + "'"
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return format(value.normalize(), "f") if value else "0"
        case tuple():
            return "[" + ", ".join(map(written, value)) + "]"
        case _:
            return str(value)
