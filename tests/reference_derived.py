"""Derived relations by the letter of the language, for the reference evaluator: rows made of rows, for one owner."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from segrules.project.model import Derivation, Relation

if TYPE_CHECKING:
    from reference import Own, Row, Subject


class MadeRow(dict[str, Any]):
    """A row of a derived relation; the values of `made` columns are as rules see them, others as they are stored."""

    made: frozenset[str] = frozenset()


def group_label(relation: str) -> str:
    """Under which label the rows that a rollup's column folds are told to its aggregates."""
    return f"{relation}, grouped"


def derived_rows(subject: Subject, relation: Relation, base_rows: list[Row]) -> list[Row]:
    """The visible rows of a derived relation that one owner has."""
    made = subject.world.rules.derived[relation.name]
    base = subject.world.rules.relations[made.base]
    kept = [row for row in base_rows if made.where is None or subject.holds(made.where, {base.name: (base.name, row)})]
    if made.by:
        return _rolled_up(subject, relation, base, made, kept)
    return [_with_columns(subject, row, made, {base.name: (base.name, row)}) for row in kept]


def _with_columns(subject: Subject, row: Mapping[str, Any], made: Derivation, own: Own) -> MadeRow:
    values = {name: subject.value(node, own) for name, node in made.columns}
    found = MadeRow({**row, **values})
    found.made = getattr(row, "made", frozenset()) | frozenset(values)
    return found


def _rolled_up(subject: Subject, relation: Relation, base: Relation, made: Derivation, rows: list[Row]) -> list[Row]:
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        place = tuple(subject.value(node, {base.name: (base.name, row)}) for _, node in made.by)
        if None not in place:
            groups.setdefault(place, []).append(row)
    found: list[Row] = []
    for place, group in groups.items():
        head = MadeRow({base.key: group[0][base.key], **dict(zip((name for name, _ in made.by), place, strict=True))})
        head.made = frozenset(name for name, _ in made.by)
        own: Own = {relation.name: (relation.name, head), group_label(base.name): (base.name, {"rows": group})}
        found.append(_with_columns(subject, head, made, own))
    return found
