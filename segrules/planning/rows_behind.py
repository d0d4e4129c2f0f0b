"""The rows of a relation that aggregates fold, one by one: which of them each aggregate looks at, and which it takes.

The same rows as in the plan of a run, before they are grouped; `count(orders where paid in last 90 days)` looks at the
orders of the last 90 days, and takes those that are paid.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from segrules.language.aggregates import AGGREGATES
from segrules.language.core import Aggregate, And, Column, Expression, IsMissing, Literal, Not, Or, Reference
from segrules.language.trees import children, walk
from segrules.language.types import BOOLEAN, INTEGER, Type
from segrules.planning.build import grow
from segrules.planning.fold_time import fold_time
from segrules.planning.looking import looked_at
from segrules.planning.names import fresh
from segrules.planning.nodes import Define, Rows, Step
from segrules.planning.places import Placed, find, place_columns
from segrules.planning.time import AsOf
from segrules.project.model import Relation, Rules

_TRAIT = "rows behind"  # two words, so that no trait of a rule's has this name unquoted


@dataclass(frozen=True, slots=True)
class Shown:
    """A column of a relation's rows as rules name it, its type, and the plan's column that has it."""

    label: str
    type: Type
    column: str


@dataclass(frozen=True, slots=True)
class Behind:
    """A relation's rows. key: the column with the entity's key; order: the column that has their time or order.

    marks: for each aggregate the columns that say whether a row is looked at, and whether it is taken; named: the
    places of what it names among `shown`, and of that by which rows stand.
    """

    rows: Rows
    key: str
    order: str | None
    shown: tuple[Shown, ...]
    marks: tuple[tuple[str, str], ...]
    named: tuple[frozenset[int], ...]


def rows_behind(rules: Rules, aggregates: Sequence[Aggregate], as_of: AsOf) -> Behind:
    """The rows that aggregates of one relation, with one label of its rows, fold."""
    first = aggregates[0]
    relation = rules.relations[first.relation]
    parts = (*_standing(relation, first.row), *_named(aggregates))
    shown = tuple({_label(part): part for part in (*parts, *reversed(parts))}.values())
    asked = [test for node in aggregates for test in (_looked_at(node), _taken(node))]
    known = tuple(IsMissing(part) for part in shown)
    asking = Aggregate("count", first.relation, None, And((*asked, *known)), None, INTEGER, first.row)
    richer = replace(rules, traits={**rules.traits, _TRAIT: asking})
    taken: set[str] = set()
    grown = grow(richer, (Reference("trait", _TRAIT, INTEGER),), as_of, None, taken)
    entity = Placed(grown.rows, grown.keys, grown.known)
    source = grown.related(first.relation, entity)
    tests = [fold_time(test, as_of) for test in asked]
    looked = looked_at((*tests, *known), first.row, source, entity, grown.related, taken)
    names = {column.name.casefold() for column in looked.known.values()}
    names |= {name.casefold() for name in (*source.place.values(), *source.keys)}
    columns = tuple(
        Define(fresh(_MARKS[place % 2], names), place_columns(test, looked.known)) for place, test in enumerate(tests)
    )
    standing = next(_standing(relation, first.row), None)
    return Behind(
        Step(fresh(f"{first.relation}_behind", taken), looked.rows, (), columns),
        looked.keys[-1],
        None if standing is None else find(standing, looked.known).name,
        tuple(Shown(_label(part), part.type, find(part, looked.known).name) for part in shown),
        tuple((columns[place].name, columns[place + 1].name) for place in range(0, len(columns), 2)),
        tuple(_places(shown, (*_standing(relation, first.row), *_named([node]))) for node in aggregates),
    )


_MARKS = ("is looked at", "is taken")


def _looked_at(node: Aggregate) -> Expression:
    """Whether a row lies in the window."""
    return _all_of([] if node.window is None else [node.window])


def _taken(node: Aggregate) -> Expression:
    """Whether a row is folded: of a sequence, whether it can be a step; of `every` and `share`, whether it passes."""
    tests = [] if node.window is None else [node.window]
    steps = [step.test for step in node.steps]
    if steps:
        tests.append(Or(tuple(part for part in (node.where, *steps) if part is not None)))
    elif node.where is not None:
        tests.append(node.where)
    if node.value is not None and not AGGREGATES[node.function].takes_one:
        tests.append(Not(IsMissing(node.value)))
    return _all_of(tests)


def _all_of(tests: Sequence[Expression]) -> Expression:
    return And(tuple(tests)) if tests else Literal(True, BOOLEAN)


def _standing(relation: Relation, label: str) -> Iterator[Column]:
    """The time of the rows, or else what they stand by."""
    name = relation.time or relation.order
    for column in relation.columns:
        if column.name == name:
            yield Column(label, (), column.name, column.type, column.name != relation.time)


def _named(aggregates: Iterable[Aggregate]) -> Iterator[Column | Reference]:
    """What aggregates name of their own rows."""
    for node in aggregates:
        for part in (part for child in children(node) for part in walk(child)):
            if isinstance(part, Column | Reference) and part.row == node.row:
                yield part


def _places(shown: Sequence[Column | Reference], wanted: Iterable[Column | Reference]) -> frozenset[int]:
    names = {(part.path, part.name) for part in wanted}
    return frozenset(place for place, part in enumerate(shown) if (part.path, part.name) in names)


def _label(part: Column | Reference) -> str:
    return ".".join((*part.path, part.name))
