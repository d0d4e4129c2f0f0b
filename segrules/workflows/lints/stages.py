"""Stages that no row reaches, because an earlier stage takes every row that they would."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any
from typing import Literal as OneOf

from segrules.diagnostics import Diagnostic
from segrules.language.core import And, Compare, Expression, IsMissing, Literal, Membership, Not, Or
from segrules.language.normal_form import normal_form
from segrules.project.model import Labelling, Project, Rules

MOST_COMPARED = 60
"""So many stages before one are compared with it; beyond, only equal rules are found."""


def shadowed_stages(project: Project, rules: Mapping[str, Rules]) -> Iterator[Diagnostic]:
    """A finding for each stage whose rule plainly implies that of an earlier one, where the first that holds counts.

    Plainly: part by part, by equal rules and by ranges of one value. What only several earlier stages take together is
    not seen.
    """
    for item in project.segmentations:
        labelling = rules[item.entity].segmentations.get(item.name)
        if labelling is None or labelling.hit != "first":
            continue
        spans = {stage.label: stage.span for stage in item.stages}
        for label, earlier in _shadowed(labelling):
            message = f"no row reaches `{label}`: `{earlier}`, further up, takes every row that it would"
            help = f"put `{label}` before `{earlier}`, or delete it"
            yield Diagnostic("shadowed-stage", message, spans.get(label), help)


def _shadowed(labelling: Labelling) -> Iterator[tuple[str, str]]:
    """Each stage that is not reached, with the first of those that take its rows."""
    equal: dict[Expression, str] = {}
    stages = [(label, normal_form(rule)) for label, rule in labelling.stages]
    for place, (label, rule) in enumerate(stages):
        before = islice(stages, min(place, MOST_COMPARED))
        found = equal.get(rule) or next((name for name, other in before if implies(rule, other)), None)
        if found is not None:
            yield label, found
        equal.setdefault(rule, label)


def implies(one: Expression, other: Expression) -> bool:
    """Whether one test, in its normal form, plainly holds only where another does; False where that is not plain."""
    if one == other or (isinstance(other, Literal) and other.value is True):
        return True
    match one, other:
        case _, And(items=items):
            return all(implies(one, item) for item in items)
        case Or(items=items), _:
            return all(implies(item, other) for item in items)
        case _, Or(items=items) if any(implies(one, item) for item in items):
            return True
        case And(items=items), _:
            return any(implies(item, other) for item in items)
        case Not(item=first), Not(item=second):
            return implies(second, first)
        case ((Compare() | Membership()), Not(item=IsMissing(item=item))):
            return item in _values(one)
        case Compare(), Compare():
            return _is_inside(one, other)
        case Compare(), Not(item=Compare(operator="<" | "<=" | ">" | ">=" as sign) as opposite):
            return _is_inside(one, replace(opposite, operator=_COMPLEMENTS[sign]))
        case ((Compare() | Membership()), Not(item=Membership(item=item, values=Literal(value=tuple() as values)))):
            return bool(own := _constants(one, item)) and set(own).isdisjoint(values)
        case ((Compare() | Membership()), Membership(item=item, values=Literal(value=tuple() as values))):
            return bool(own := _constants(one, item)) and set(own) <= set(values)
        case Membership(item=item, values=Literal(value=tuple() as values)), Compare():
            return bool(values) and all(
                _is_inside(Compare("==", item, Literal(value, item.type)), other) for value in values
            )
        case _:
            return False


def _values(test: Compare | Membership) -> tuple[Expression, ...]:
    """What is known wherever a test holds."""
    return (test.left, test.right) if isinstance(test, Compare) else (test.item,)


def _constants(test: Compare | Membership, item: Expression) -> tuple[object, ...]:
    """The constants that an item can only have where a test of it holds; none where there may be others."""
    match test:
        case Compare(operator="==", left=left, right=Literal(value=value)) if left == item and value is not None:
            return (value,)
        case Membership(item=own, values=Literal(value=tuple() as values)) if own == item:
            return values
        case _:
            return ()


def _is_inside(one: Compare, other: Compare) -> bool:
    """Whether a comparison of a value with a constant leaves no more room than another one of the same value."""
    first, second = _bound(one), _bound(other)
    if first is None or second is None or first[0] != second[0]:
        return False
    (_, sign, low), (_, limit, high) = first, second
    try:
        match sign[0], limit[0]:
            case "=", "=":
                return bool(low == high)
            case ("<", "<") | (">", ">") if low == high:
                return sign == limit or limit.endswith("=")
            case ("<" | "=", "<"):
                return bool(low < high) or (low == high and limit == "<=")
            case (">" | "=", ">"):
                return bool(low > high) or (low == high and limit == ">=")
            case _:
                return False
    except TypeError:  # constants of two kinds, such as a day and an instant
        return False


_COMPLEMENTS: dict[str, OneOf["<", "<=", ">", ">="]] = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_FLIPPED = {"==": "==", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _bound(test: Compare) -> tuple[Expression, str, Any] | None:
    """The value, the sign and the constant of a comparison with one on either side."""
    match test.left, test.right:
        case Literal(value=value), thing if not isinstance(thing, Literal) and value is not None:
            return thing, _FLIPPED[test.operator], value
        case thing, Literal(value=value) if not isinstance(thing, Literal) and value is not None:
            return thing, test.operator, value
        case _:
            return None
