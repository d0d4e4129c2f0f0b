"""A few members of each segment with the values that its rule looks at: those whose keys have the smallest hashes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from segrules.language.core import Reference
from segrules.language.types import Kind
from segrules.sql import entity_facts, membership
from segrules.workflows.explaining.values import known_value
from segrules.workflows.reporting.facts.asking import Asked
from segrules.workflows.reporting.facts.rows import Facts

_MEMBERS = 5
_FIRST = 2000  # rows among which most segments have members enough
Sample = tuple[Mapping[str, Any], ...]


def samples(facts: Facts, asked: Asked, sizes: Mapping[str, int], zone: str, *, has_keys: bool) -> dict[str, Sample]:
    """By segment a few members: the key only where asked for, then the values.

    What is true of all of them, or of none, says only that the rule holds, and is left out beside anything else.
    """
    chosen = _chosen(facts, asked, sizes)
    keys = tuple(dict.fromkeys(key for own in chosen.values() for key in own))
    wanted = tuple(dict.fromkeys(value for name in chosen for _, value in asked.samples[name]))
    if not keys:
        return {}
    columns = [facts.columns[value] for value in wanted]
    rows = {
        key: dict(zip(wanted, values, strict=True))
        for key, *values in facts.engine.run(entity_facts.rows_query(facts.plan, facts.scan, columns, keys))
    }

    def shown(values: Sequence[tuple[str, Reference]], key: Any) -> dict[str, Any]:
        known = {text: known_value(rows[key][value], value.type, zone) for text, value in values}
        return {asked.rules.entity.key: key, **known} if has_keys else known

    def telling(name: str, keys: Sequence[Any]) -> Sequence[tuple[str, Reference]]:
        values = asked.samples[name]
        differ = [
            (text, value)
            for text, value in values
            if value.type.kind is not Kind.BOOLEAN or len({rows[key][value] for key in keys}) > 1
        ]
        return differ or values

    return {name: tuple(shown(telling(name, own), key) for key in own) for name, own in chosen.items()}


def _chosen(facts: Facts, asked: Asked, sizes: Mapping[str, int]) -> dict[str, list[Any]]:
    """Keys of members, those with the smallest hashes first. Segments with few members are looked at one by one."""
    found: dict[str, list[Any]] = {name: [] for name in asked.samples if sizes[name]}
    first = facts.engine.run(entity_facts.first_by_hash(facts.table, facts.everyone + 1, _FIRST))
    for key, *words in first:
        for name, own in found.items():
            word, bit = divmod(facts.places[name], membership.BITS)
            if len(own) < _MEMBERS and words[word] >> bit & 1:
                own.append(key)
    for name, own in found.items():
        if len(own) < min(_MEMBERS, sizes[name]):
            rows = facts.engine.run(entity_facts.members_by_hash(facts.table, facts.places[name], _MEMBERS))
            found[name] = [key for (key,) in rows]
    return found
