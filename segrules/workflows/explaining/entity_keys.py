"""The entity row that a key names: the key read from a command line, looked for, and what is said if nobody has it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from segrules.diagnostics import Diagnostic, did_you_mean
from segrules.language.check_findings import described
from segrules.language.core import Literal, Reference
from segrules.language.types import Kind, Type
from segrules.planning import plan
from segrules.planning.one_key import of_one_key
from segrules.planning.time import to_local, to_utc
from segrules.project.contract_types import wall_clock
from segrules.project.leaves import iso_moment
from segrules.project.model import Rules
from segrules.sql import DIALECTS, counts, generate
from segrules.workflows.running import Run, chosen

_WHOLE = re.compile(r"[+-]?\d{1,19}", re.ASCII)
_FRACTION = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_LARGEST = 2**63 - 1


def type_of_key(rules: Rules) -> Type:
    """The type of an entity's key."""
    return next(column.type for column in rules.entity.columns if column.name == rules.entity.key)


def read_key(text: str, type: Type, zone: str) -> Literal | None:
    """The key of a type that a text is, as a plan has it (timestamps in UTC); None where it is none."""
    match type.kind:
        case Kind.TEXT:
            return Literal(text, type)
        case Kind.INTEGER:
            number = int(text) if _WHOLE.fullmatch(text) else None
            return None if number is None or not -_LARGEST - 1 <= number <= _LARGEST else Literal(number, type)
        case Kind.DECIMAL | Kind.NUMBER:
            return Literal(Decimal(text), type) if _FRACTION.fullmatch(text) else None
        case Kind.BOOLEAN:
            return Literal(text == "true", type) if text in ("true", "false") else None
        case Kind.DATE | Kind.TIMESTAMP:
            moment = iso_moment(text)
            if moment is None or isinstance(moment, datetime) != (type.kind is Kind.TIMESTAMP):
                return None
            return Literal(to_utc(wall_clock(moment, zone), zone) if isinstance(moment, datetime) else moment, type)
        case _:
            return None


def shown_key(key: Literal, zone: str) -> Any:
    """The key as rules know it: a timestamp on the project's wall clock."""
    return to_local(key.value, zone) if isinstance(key.value, datetime) else key.value


def entity_of_key(run: Run, text: str, entities: Sequence[str]) -> tuple[str, Literal] | Diagnostic:
    """The one of these entities that has a row with the key, and the key; or what is wrong."""
    keys = {name: read_key(text, type_of_key(run.rules[name]), run.as_of.zone) for name in entities}
    fitting = {name: key for name, key in keys.items() if key is not None}
    if not fitting:
        return _unfit(run.rules, text, entities)
    found = [(name, key) for name, key in fitting.items() if _has_row(run, name, key)]
    match found:
        case [one]:
            return one
        case []:
            return _nobody(run, text, fitting)
    named = " and ".join(f"`{name}`" for name, _ in found)
    help = f"say which one you mean: `--entity {found[0][0]}`"
    return Diagnostic("unknown-entity-key", f"the key `{text}` is one of {named}", help=help)


def _has_row(run: Run, entity: str, key: Literal) -> bool:
    made = of_one_key(plan(replace(run.rules[entity], carry={}), (), run.as_of), key)
    return len(run.engine.run(generate(made, run.tables, run.as_of.zone, run.engine.dialect))) > 0


def _unfit(rules: Mapping[str, Rules], text: str, entities: Sequence[str]) -> Diagnostic:
    entity = rules[entities[0]].entity
    kind = described(type_of_key(rules[entities[0]]))
    message = f"`{text}` is no key of `{entity.name}`: `{entity.key}` is {kind}"
    return Diagnostic("unknown-entity-key", message)


def _nobody(run: Run, text: str, keys: Mapping[str, Literal]) -> Diagnostic:
    """That no row has the key, with stored keys that look like it."""
    texts = (name for name, key in keys.items() if key.type.kind is Kind.TEXT)
    near = [stored for name in texts for stored in _near(run, name, text)]
    help = None if not near else f"did you mean {' or '.join(f'`{stored}`' for stored in near)}?"
    as_of = run.as_of.given.isoformat()
    name = next(iter(keys))
    what = f"{name} row has the {run.rules[name].entity.key}" if len(keys) == 1 else "entity has a row with the key"
    return Diagnostic("unknown-entity-key", f"no {what} `{text}` as of {as_of}", help=help)


def _near(run: Run, entity: str, text: str) -> list[str]:
    made = plan(replace(run.rules[entity], carry={}), (), run.as_of)
    query = counts.near_keys_query(made, DIALECTS[run.engine.dialect], run.scan, text)
    return [key for (key,) in run.engine.run(query)]


def asked_for(run: Run, select: Sequence[str], entity: str | None) -> dict[str, tuple[Reference, ...]] | Diagnostic:
    """What is explained of each entity that has some of it: all that a run gives, or what `--select` names."""
    wanted = chosen(run.rules, select)
    if isinstance(wanted, Diagnostic) or entity is None:
        return wanted
    if entity not in run.rules:
        help = did_you_mean(entity, run.rules) or f"the entities are {', '.join(run.rules)}"
        return Diagnostic("unknown-entity", f"the project has no entity `{entity}`", help=help)
    if entity not in wanted:
        return Diagnostic("unknown-segment", f"`{entity}` has none of the segments that were asked for")
    return {entity: wanted[entity]}
