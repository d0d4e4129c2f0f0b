"""What a failed test says: which keys are missing or extra, and the values of every clause for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from segrules.engines.engine import Engine
from segrules.language.core import Expression
from segrules.language.written import written
from segrules.planning.time import AsOf, start_of_day, to_utc
from segrules.project.model import Project, Rules
from segrules.workflows.testing.case_runs import compute
from segrules.workflows.testing.clauses import Clause, with_clauses
from segrules.workflows.testing.given_rows import GivenRows

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
        if key not in computed.rows(entity):
            lines.append(f"  {written(key)}: no {entity} row has this key")
            continue
        lines.append(f"  {written(key)}:")
        lines += [f"    {_clause(clause, values)}" for clause in clauses]
    if len(keys) > SHOWN_KEYS:
        lines.append(f"  … and {len(keys) - SHOWN_KEYS:,} more")
    return lines


def unseen(project: Project, given: GivenRows, moment: AsOf) -> list[str]:
    """A line for each relation with given rows that no rule sees, because of their time."""
    lines = []
    for relation in project.relations:
        rows = given.get(relation.name, ()) if relation.time is not None else ()
        hidden = sum(1 for row in rows if not _is_seen(row.get(relation.time or ""), moment))
        if hidden:
            rows_are = "1 row is" if hidden == 1 else f"{hidden} rows are"
            lines.append(f"{relation.name}: {rows_are} not seen, without a `{relation.time}` before the as-of instant")
    return lines


def _is_seen(time: object, moment: AsOf) -> bool:
    match time:
        case datetime():
            return to_utc(time, moment.zone) < moment.now
        case date():
            return start_of_day(time, moment.zone) < moment.now
        case _:
            return False


def _clause(clause: Clause, values: Mapping[tuple[str, str], object]) -> str:
    result = values[clause.test.to, clause.test.name]
    held = result if isinstance(result, bool) else False
    inside = [
        f"{text} = {written(values[node.to, node.name])}" for text, node in clause.operands if text != clause.text
    ]
    what = "missing" if result is None else "true" if held else "false"
    return f"{clause.text} is {what}" + (f" ({', '.join(inside)})" if inside else "")
