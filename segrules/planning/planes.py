"""Cutting a plan so that all above the cut can be asked of many rows at once: a bit of a number for each of them.

An engine that takes a row at a time needs as long for each `and` as for a comparison. Where a number holds what a
predicate says of 64 rows, a segment over these takes one operation for all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from segrules.language.core import Column, Expression, Literal
from segrules.language.trees import may_be_missing, walk
from segrules.language.types import BOOLEAN, Kind
from segrules.planning.cut import Cut, cut, narrower
from segrules.planning.nodes import Exists, Lookups, Output, Pick, Plan, Rows, Scan, Step


def cut_to_planes(plan: Plan, outputs: Sequence[Output], table: str) -> Cut | None:
    """The plan of these Boolean outputs alone, cut so that Booleans that are never missing are all that is kept.

    None where the outputs, or the stages of a segmentation that must exclude each other, need more of a row.
    """
    if plan.overlaps or not outputs:
        return None
    parts = cut(replace(plan, keys=(), carried=(), outputs=tuple(outputs)), table)
    rest = narrower(parts.rest)(outputs)
    stored, steps = rest.root, []
    while isinstance(stored, Step):
        steps.append(stored)
        stored = stored.input
    used = [part for step in steps for column in step.columns for part in walk(column.value)]
    flags = dict(zip((name for name, _ in parts.stored.flags), parts.flags, strict=True))
    whole = {part.name: part for part in used if isinstance(part, Column) and part.name in parts.stored.columns}
    asked = {output.column for output in outputs}
    if not all(map(_is_plane, used)) or asked.intersection(parts.stored.columns).difference(whole):
        return None
    flags |= {name: Column("", (), name, BOOLEAN, may_be_missing=False) for name in whole}
    named = tuple((name, place) for place, name in enumerate(flags))
    return Cut(parts.rows, tuple(flags.values()), replace(parts.stored, columns=(), flags=named), rest)


def scan_behind(rows: Rows) -> Scan | None:
    """The stored rows each of which gives at most one of these; None where these are made of several."""
    while isinstance(rows, Step | Exists | Pick | Lookups):
        rows = rows.input
    return rows if isinstance(rows, Scan) else None


def _is_plane(node: Expression) -> bool:
    """Whether it says of each row yes or no."""
    is_known = node.value is not None if isinstance(node, Literal) else not may_be_missing(node)
    return node.type.kind is Kind.BOOLEAN and is_known
