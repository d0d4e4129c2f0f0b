"""A rule as a tree of clauses, down to the values that decide it: what `why` shows, for one row or for all.

Groups are the `and`, `or`, `not` of the rule; under a test stand the traits, aggregates and segments that it names,
each opened once. Everything with a value is a trait that a plan computes, so that it is the SQL of `apply`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal as OneOf

from segrules.language.clauses import words_of, written_clauses
from segrules.language.core import (
    Aggregate,
    And,
    Call,
    Column,
    Compare,
    Element,
    Elements,
    Expression,
    If,
    IsMissing,
    Literal,
    Membership,
    Not,
    Or,
    Past,
    Population,
    Previous,
    Reference,
)
from segrules.language.trees import children, may_be_missing, walk
from segrules.language.types import BOOLEAN, Kind
from segrules.planning import reference
from segrules.planning.dependencies import parts_inside
from segrules.project.model import Rules

ClauseKind = OneOf["all", "any", "none", "not all", "not", "test", "segment", "segmentation", "stage", "trait", "value"]


@dataclass(frozen=True, slots=True)
class Operand:
    """A value that a test looks at, and the trait that has it."""

    text: str
    value: Reference
    expression: Expression


@dataclass(frozen=True, slots=True)
class Clause:
    """A node of the tree. `text` is its author's; `name` that of a segment, segmentation, stage or trait.

    value: what has the truth of a test, stage or segment, or the value of anything else; groups have none, theirs
    follows from the parts. expression: what is computed. is_again: it was opened before, and has no parts here.
    """

    kind: ClauseKind
    text: str
    name: str = ""
    value: Reference | None = None
    expression: Expression | None = None
    operands: tuple[Operand, ...] = ()
    parts: tuple[Clause, ...] = ()
    is_again: bool = False


@dataclass(frozen=True, slots=True)
class Trees:
    """The rules with a trait for everything in the trees, and a tree for each thing that was asked for.

    values: what has the value of each expression that was made a trait.
    """

    rules: Rules
    trees: tuple[Clause, ...]
    values: Mapping[Expression, Reference]

    @property
    def wanted(self) -> tuple[Reference, ...]:
        """Everything that a plan has to give for the trees."""
        found = (node for tree in self.trees for node in _values_of(tree))
        return tuple(dict.fromkeys((*found, *self.values.values())))


def rule_trees(rules: Rules, wanted: Sequence[Reference]) -> Trees:
    """A tree for each segment, stage and segmentation."""
    traits, values = dict(rules.traits), dict[Expression, Reference]()
    trees = tuple(_named(node, _Work(rules, traits, values)) for node in wanted)
    return Trees(replace(rules, traits=traits, carry={}), trees, values)


def clauses(tree: Clause) -> Iterator[Clause]:
    """The clause and all that stand below it, each before those below it."""
    yield tree
    for part in tree.parts:
        yield from clauses(part)


def is_constant(node: Expression) -> bool:
    """Whether a value is the same for every row."""
    rows = Column | Reference | Aggregate | Population | Past | Element | Previous
    return not any(isinstance(part, rows) for part in walk(node))


def _values_of(tree: Clause) -> Iterator[Reference]:
    for clause in clauses(tree):
        if clause.value is not None:
            yield clause.value
        yield from (operand.value for operand in clause.operands)


@dataclass(frozen=True, slots=True)
class _Work:
    """The rules, the traits so far, the trait of each expression that has one, and what is open in this tree."""

    rules: Rules
    traits: dict[str, Expression]
    known: dict[Expression, Reference]
    opened: set[tuple[str, str]] = field(default_factory=set)

    def value(self, part: Expression) -> Reference:
        """What has the value of a part: itself if it is a thing of the entity, else a trait that no rule can name."""
        if isinstance(part, Reference) and not part.path:
            return part
        if part not in self.known:
            name = f"clause {len(self.traits)}"
            self.traits[name] = part
            self.known[part] = Reference("trait", name, part.type, may_be_missing(part))
        return self.known[part]


# tests


def _rule(node: Expression, work: _Work) -> Clause:
    """A test as its author wrote it; what sugar stands for (`between`, a window) stays one test."""
    match node:
        case And(items=items) | Or(items=items):
            written = written_clauses(node)
            if len(written) == 1:
                return _rule(items[0], work) if len(items) == 1 else _test(node, work)
            parts = tuple(_rule(clause, work) for clause in written)
            return Clause("all" if isinstance(node, And) else "any", words_of(node), parts=parts)
        case Not(item=And() | Or() as item) if len(written_clauses(item)) > 1:
            inner = _rule(item, work)
            return replace(inner, kind="not all" if inner.kind == "all" else "none", text=words_of(node))
        case Not(item=Not() | Reference(path=()) as item) if item.type == BOOLEAN:
            return Clause("not", words_of(node), parts=(_rule(item, work),))
        case Reference(path=(), type=type) if type == BOOLEAN:
            return _named(node, work)
        case _:
            return _test(node, work)


def _test(node: Expression, work: _Work) -> Clause:
    operands = tuple(dict.fromkeys(_operands(node)))
    shown = tuple(Operand(words_of(part), work.value(part), part) for part in operands if not is_constant(part))
    shown += tuple(Operand("cut", work.value(part), part) for part in _cuts(node))
    for side in (part for test in walk_tests(node) for part in (test.left, test.right)):
        if not isinstance(side, Literal) and side.type.kind is not Kind.VERSION:
            work.value(side)
    parts = (part for operand in operands if not isinstance(operand, Column) for part in _values(operand, work))
    return Clause("test", words_of(node), "", work.value(node), node, shown, tuple(dict.fromkeys(parts)))


def walk_tests(node: Expression) -> Iterator[Compare]:
    """The comparisons that one test is made of."""
    match node:
        case Compare():
            yield node
        case Not(item=item):
            yield from walk_tests(item)
        case And(items=items) | Or(items=items):
            yield from (test for item in items for test in walk_tests(item))
        case _:
            return


def _operands(test: Expression) -> Iterator[Expression]:
    """The values that a test looks at."""
    match test:
        case Not(item=item) | IsMissing(item=item):
            yield from _operands(item)
        case Compare(left=left, right=right):
            yield from (*_operands(left), *_operands(right))
        case And(items=items) | Or(items=items):
            yield from (part for item in items for part in _operands(item))
        case Membership(item=item, values=values):
            yield from (*_operands(item), *(() if isinstance(values, Literal) else (values,)))
        case Elements(items=items):
            yield items
        case Population(function="in_top", value=value):
            yield value
        case Call(arguments=arguments, type=type) if type.kind in (Kind.BOOLEAN, Kind.VERSION):
            yield from arguments
        case _:
            yield test


def _cuts(test: Expression) -> Iterator[Expression]:
    """The value of the last row that is in a top."""
    match test:
        case Not(item=item):
            yield from _cuts(item)
        case Population(function="in_top", value=value, by=by, descending=descending):
            yield Population("min" if descending else "max", value, test, by, None, False, True, value.type)
        case _:
            return


# values


def _values(node: Expression, work: _Work) -> Iterator[Clause]:
    """What a value is made of: traits and segments, aggregates, stored columns, and the tests that choose."""
    match node:
        case Reference(path=()):
            yield _named(node, work)
        case Aggregate():
            yield _aggregate(node, work)
        case Population():
            inside = (part for child in children(node) for part in _values(child, work))
            yield Clause("value", words_of(node), "", work.value(node), node, parts=tuple(dict.fromkeys(inside)))
        case Column() | Reference() | Past():
            yield Clause("value", words_of(node), "", work.value(node), node)
        case If(arms=arms, otherwise=otherwise):
            for test, value in arms:
                yield _rule(test, work)
                yield from _values(value, work)
            yield from _values(otherwise, work)
        case Elements(items=items):
            yield from _values(items, work)
        case _:
            for child in children(node):
                yield from _values(child, work)


def _aggregate(node: Aggregate, work: _Work) -> Clause:
    """An aggregate with what it takes from the entity's row."""
    return Clause("value", words_of(node), "", work.value(node), node, parts=tuple(_borrowed(node, work)))


def _borrowed(node: Aggregate, work: _Work) -> Iterator[Clause]:
    for part in parts_inside(node):
        yield from _values(part, work)


# names


def _named(node: Reference, work: _Work) -> Clause:
    """A thing of the entity, opened where it was not open before."""
    place = (node.to, node.name)
    kind: ClauseKind = node.to
    if place in work.opened:
        return Clause(kind, words_of(node), node.name, node, is_again=True)
    work.opened.add(place)
    rules = work.rules
    match place:
        case "segment", name if name in rules.segments:
            rule = rules.segments[name]
            return Clause("segment", words_of(rule), name, node, rule, parts=(_rule(rule, work),))
        case "segment", name:
            owner = reference(rules, name.partition(".")[0])
            return Clause("segment", words_of(node), name, node, parts=(_named(owner, work),))
        case "segmentation", name:
            parts = tuple(_stage(label, rule, work) for label, rule in rules.segmentations[name].stages)
            return Clause("segmentation", name, name, node, parts=parts)
        case _:
            return _trait(node, rules.traits[node.name], work)


def _stage(label: str, rule: Expression, work: _Work) -> Clause:
    """A stage, in which everything is opened anew: the stages before it are shown in short."""
    apart = replace(work, opened=set(work.opened))
    return Clause("stage", words_of(rule), label, work.value(rule), rule, parts=(_rule(rule, apart),))


def _trait(node: Reference, value: Expression, work: _Work) -> Clause:
    if isinstance(value, Aggregate):
        parts: Iterator[Clause] = _borrowed(value, work)
    elif value.type == BOOLEAN and not isinstance(value, Column | Reference | Population | Past):
        parts = iter((_rule(value, work),))
    else:
        parts = _values(value, work)
    return Clause("trait", words_of(value), node.name, node, value, parts=tuple(dict.fromkeys(parts)))
