"""The tree of a rule with the values of one entity row: why the row is in a segment, or why not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from segrules.language.core import Aggregate, Duration, Expression, Literal, Reference
from segrules.workflows.explaining.evidence import Evidence
from segrules.workflows.explaining.flips import Flip, flip
from segrules.workflows.explaining.rule_tree import Clause, ClauseKind, Operand, Trees
from segrules.workflows.explaining.values import Value

_PARAM = re.compile(r"\bparams\.(\w+)")


@dataclass(frozen=True, slots=True)
class Reason:
    """A clause and what it came to. holds: of groups, tests, stages and segments; None of values.

    value: of traits, segmentations and other values. operands: what a test looks at. params: those that it names.
    flip: the nearest value with which the test comes out the other way. clause: what it is a reason of. rows: those
    that an aggregate folded.
    """

    clause: Clause
    holds: bool | None
    value: Value | None
    operands: tuple[Value, ...] = ()
    params: tuple[Value, ...] = ()
    flip: Flip | None = None
    parts: tuple[Reason, ...] = ()
    rows: Evidence | None = None

    @property
    def kind(self) -> ClauseKind:
        return self.clause.kind


def reasons_of(
    trees: Trees,
    values: Mapping[Reference, Any],
    params: Mapping[str, Literal],
    behind: Mapping[Aggregate, Evidence],
) -> tuple[Reason, ...]:
    """The trees with the values of a row. behind: the rows that aggregates fold, where these are wanted."""
    known: dict[Expression, Any] = {side: values[node] for side, node in trees.values.items()}
    known |= values.items()
    return tuple(_reason(tree, values, known, params, behind) for tree in trees.trees)


def _reason(
    clause: Clause,
    values: Mapping[Reference, Any],
    known: Mapping[Expression, Any],
    params: Mapping[str, Literal],
    behind: Mapping[Aggregate, Evidence],
) -> Reason:
    parts = tuple(_reason(part, values, known, params, behind) for part in clause.parts)
    own = None if clause.value is None else values[clause.value]
    named = tuple(_params(clause, params))
    match clause.kind:
        case "all" | "any" | "none" | "not all" | "not":
            return Reason(clause, _combined(clause.kind, parts), None, parts=parts)
        case "test":
            assert clause.expression is not None
            operands = tuple(_operand(item, values) for item in clause.operands)
            return Reason(clause, own is True, None, operands, named, flip(clause.expression, known), parts)
        case "segment" | "stage":
            return Reason(clause, own is True, None, parts=parts)
        case "trait" | "value" | "segmentation":
            assert clause.value is not None
            value = Value(clause.name or clause.text, own, clause.value.type)
            folded = clause.expression if isinstance(clause.expression, Aggregate) else None
            rows = None if folded is None or clause.is_again else behind.get(folded)
            return Reason(clause, None, value, params=named, parts=parts, rows=rows)


def reasons(tree: Reason) -> Iterator[Reason]:
    """The reason and all below it, each before those below it."""
    yield tree
    for part in tree.parts:
        yield from reasons(part)


def truth(tree: Reason) -> bool:
    """Whether the reason holds; of a value, whether it is true."""
    return tree.holds if tree.holds is not None else tree.value is not None and tree.value.value is True


def _combined(kind: ClauseKind, parts: tuple[Reason, ...]) -> bool:
    held = [truth(part) for part in parts]
    match kind:
        case "all":
            return all(held)
        case "any":
            return any(held)
        case "not all":
            return not all(held)
        case _:
            return not any(held)


def _operand(operand: Operand, values: Mapping[Reference, Any]) -> Value:
    return Value(operand.text, values[operand.value], operand.value.type)


def _params(clause: Clause, params: Mapping[str, Literal]) -> Iterator[Value]:
    """The params that the words of a clause name."""
    if clause.kind in ("test", "trait", "value"):
        for name in dict.fromkeys(_PARAM.findall(clause.text)):
            if name in params:
                yield Value(f"params.{name}", _written(params[name].value), params[name].type)


def _written(value: Any) -> Any:
    """The value of a param; a length of time as its author would write it."""
    if isinstance(value, Duration):
        return f"{value.count} {value.unit}{'' if value.count == 1 else 's'}"
    return value


def deciding(tree: Reason) -> tuple[Reason, ...]:
    """The first clause that makes a rule come out as it did; of a rule that took several, each of them."""
    held = truth(tree)
    match tree.kind, held:
        case ("all", True) | ("not all", False) | ("any", False) | ("none", True):
            wanted = tree.kind in ("all", "not all")
            return tuple(one for part in tree.parts if truth(part) == wanted for one in deciding(part))
        case ("all", False) | ("not all", True):
            return deciding(next(part for part in tree.parts if not truth(part)))
        case ("any", True) | ("none", False):
            return deciding(next(part for part in tree.parts if truth(part)))
        case _ if tree.kind in ("not", "stage") or _says_its_rule(tree):
            return tuple(one for part in tree.parts for one in deciding(part))
        case _:
            return (tree,)


def _says_its_rule(tree: Reason) -> bool:
    """Whether all that a segment or trait is stands below it: not of one opened before, nor of the stage of another."""
    if tree.kind == "segment":
        return any(part.kind != "segmentation" for part in tree.parts)
    return tree.kind == "trait" and [part.clause.text for part in tree.parts if part.holds is not None] == [
        tree.clause.text
    ]
