"""What changed in how a derived relation is made."""

from __future__ import annotations

from collections.abc import Iterator

from segrules.language.core import Expression
from segrules.planning.renaming import Renaming, Thing
from segrules.project.model import Rules
from segrules.workflows.reviewing.clause_changes import said


def relation_notes(was: str, name: str, before: Rules, after: Rules, rename: Renaming) -> Iterator[str]:
    """What changed in a derived relation but for its tests and columns that are there in both versions."""
    old, new = before.relations[was], after.relations[name]
    assert old.from_relation is not None
    if rename(Thing(old.entity, "relation", old.from_relation)) != new.from_relation:
        yield f"from: {old.from_relation} → {new.from_relation}"
    for word, left, right in (("time", old.time, new.time), ("order", old.order, new.order)):
        if left != right:
            yield f"{word}: {left or 'nothing'} → {right or 'nothing'}"
    parts, now = parts_of(was, before), parts_of(name, after)
    for part in parts:
        if part not in now:
            yield f"{part} is gone" if part != "where" else f"where: {said(parts[part])} → nothing"
    for part in now:
        if part not in parts:
            yield f"{part} is new" if part != "where" else f"where: nothing → {said(now[part])}"


def parts_of(relation: str, rules: Rules) -> dict[str, Expression]:
    """What makes a derived relation, by the words that say which part it is."""
    made = rules.derived[relation]
    test = {} if made.where is None else {"where": made.where}
    by, columns = (
        {f"{word} `{name}`": node for name, node in part} for word, part in (("by", made.by), ("column", made.columns))
    )
    return {**test, **by, **columns}
