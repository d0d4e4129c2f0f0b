"""What lookups say: a value behind one is there only where a row is, whose key is the value that leads to it."""

from __future__ import annotations

from dataclasses import replace

from segrules.analysis.small.contract import declared
from segrules.analysis.small.formulas import TRUE, Formula, Thing
from segrules.analysis.small.known_things import ORDER, between_two, thing_of
from segrules.analysis.small.theory import Theory
from segrules.analysis.small.values import EVERYTHING, compared
from segrules.language.core import Column
from segrules.language.trees import relation_of
from segrules.project.model import Lookup, Rules


def what_holds(theory: Theory, thing: Thing) -> Formula:
    """What must hold of the row that a column's value comes from, wherever that value is known."""
    node = thing.node
    if not isinstance(node, Column) or not node.path or thing.group == ORDER:
        return TRUE
    key = ("lookup", thing)
    if key not in theory.known:
        theory.known[key] = _of(theory, thing, node)
    found: Formula = theory.known[key]
    return found


def _of(theory: Theory, thing: Thing, node: Column) -> Formula:
    make = theory.formulas
    *before, _ = node.path
    parts = []
    lookup = _lookup(theory.rules, node)
    for local, theirs in () if lookup is None else lookup.on:
        own = _column(theory.rules, node, tuple(before), local)
        other = _column(theory.rules, node, node.path, theirs)
        if own is None or other is None or own.type.kind is not other.type.kind:
            continue
        left, right = thing_of(theory, own), thing_of(theory, other)
        parts += [make.within(side, EVERYTHING.known()) for side in (left, right)]
        order, _ = between_two(theory, (theory.key(own), theory.key(other)), (left, right))
        parts.append(make.within(order, compared("==", 0)))
    return make.some_of((make.negated(make.within(thing, EVERYTHING.known())), make.all_of(parts)))


def _column(rules: Rules, node: Column, path: tuple[str, ...], name: str) -> Column | None:
    """A column of the same row, or of what it looks up."""
    found = declared(rules, replace(node, path=path, name=name))
    return None if found is None else Column(node.row, path, name, found[1].type)


def _lookup(rules: Rules, node: Column) -> Lookup | None:
    """The last lookup on the way to a column."""
    lookups = _own_lookups(rules, node)
    found = None
    for step in node.path:
        found = next((one for one in lookups if one.name == step), None)
        if found is None:
            return None
        lookups = found.lookups if found.entity is None else rules.entities[found.entity].entity.lookups
    return found


def _own_lookups(rules: Rules, node: Column) -> tuple[Lookup, ...]:
    name = relation_of(node.row)
    while name in rules.derived:
        name = rules.derived[name].base
    if name == rules.entity.name:
        return rules.entity.lookups
    return rules.relations[name].lookups if name in rules.relations else ()
