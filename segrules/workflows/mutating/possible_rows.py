"""Rows of examples asked of a prover: which ones no entity row can be, by the contract and what traits are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from segrules.analysis.any_moment import open_for_any_moment
from segrules.language.core import Column, Compare, Expression, IsMissing, Literal, Not, Reference
from segrules.language.types import INTEGER, Kind
from segrules.planning.dependencies import outer_parts
from segrules.project.model import Project, Rules
from segrules.workflows.mutating.draft_values import Place


def impossible_rows(
    project: Project, rules: Rules, rule: Expression, rows: Sequence[Mapping[str, object]], names: Mapping[Place, str]
) -> frozenset[int]:
    """The places of rows whose values, of the columns, traits and segments that a rule asks for, never go together.

    names: what rows call each of these.
    """
    parts = {
        names[part.path, part.name]: part
        for part in outer_parts(rule)
        if isinstance(part, Column | Reference) and (part.path, part.name) in names
    }
    tests = [[test for name, value in row.items() if (test := _is(parts.get(name), value)) is not None] for row in rows]
    if not rows:
        return frozenset()
    prover = open_for_any_moment(project, rules, [test for own in tests for test in own])
    return frozenset(at for at, own in enumerate(tests) if own and prover.ask(own).verdict == "never")


def _is(part: Expression | None, value: object) -> Expression | None:
    """Whether a part of a rule has a value; None where that cannot be asked. A Boolean that is false may be missing."""
    if part is None:
        return None
    if value is None:
        return IsMissing(part)
    match part.type.kind, value:
        case Kind.BOOLEAN, bool():
            return part if value else Not(part)
        case Kind.TEXT, str() as plain:
            return Compare("==", part, Literal(plain, part.type))
        case (Kind.TIMESTAMP, datetime() as moment) | (Kind.DATE, date() as moment):
            fits = isinstance(moment, datetime) == (part.type.kind is Kind.TIMESTAMP)
            return Compare("==", part, Literal(moment, part.type)) if fits else None
        case ((Kind.INTEGER | Kind.DECIMAL | Kind.NUMBER), (int() | Decimal()) as number) if not isinstance(
            number, bool
        ):
            whole = int(number) if number == int(number) else number
            return Compare("==", part, Literal(whole, INTEGER if isinstance(whole, int) else part.type))
        case _:
            return None
