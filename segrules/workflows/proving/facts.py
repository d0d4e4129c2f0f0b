"""The facts that proofs rest on, in words: promises of the contract, which `apply` checks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from segrules.analysis.answers import Fact
from segrules.language.check_findings import written_name
from segrules.project.model import Column, Entity, Lookup, Project, Relation

MOST_VALUES = 5
"""So many values of a column are named."""

Owner = Entity | Relation | Lookup


def resting_on(facts: Iterable[Fact], project: Project, entity: str) -> tuple[str, ...]:
    """A line that names facts, or none where a proof needs none."""
    said = tuple(dict.fromkeys(_fact(fact, project, entity) for fact in facts))
    return (f"as long as: {'; '.join(said)} (segrules.yml)",) if said else ()


def _fact(fact: Fact, project: Project, entity: str) -> str:
    name = written_name(fact.column)
    where = f"`{name}`" if fact.table == entity else f"`{fact.table}.{name}`"
    declared = column_of(fact, project)
    match fact.promise:
        case "missing":
            return f"{where} is never missing"
        case "min":
            return f"{where} is at least {_value(declared.least)}" if declared else f"{where} has a `min`"
        case "max":
            return f"{where} is at most {_value(declared.most)}" if declared else f"{where} has a `max`"
        case _:
            values = (declared.values if declared else None) or ()
            shown = ", ".join(map(_value, values[:MOST_VALUES])) + (", …" if len(values) > MOST_VALUES else "")
            return f"{where} is one of {shown}" if shown else f"{where} has `values`"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


def column_of(fact: Fact, project: Project) -> Column | None:
    """The declared column that a fact is about."""
    name, *path = fact.table.split(".")
    owners: tuple[Owner, ...] = (*project.entities, *project.relations)
    owner = next((owner for owner in owners if owner.name == name), None)
    for step in path:
        lookups = owner.lookups if owner is not None else ()
        owner = next((lookup for lookup in lookups if lookup.name == step), None)
        if isinstance(owner, Lookup) and owner.entity is not None:
            owner = project.entity(owner.entity)
    return next((item for item in (owner.columns if owner else ()) if item.name == fact.column), None)
