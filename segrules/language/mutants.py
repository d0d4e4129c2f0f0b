"""Mutants of a rule: the rule with one thing changed that a test ought to notice.

``recency_days < 30 and orders >= 5`` has `recency_days <= 30`, `recency_days > 30`, `orders >= 4`, `or` in place of
`and`, each clause left out, and so on. A mutant gives a value of the rule's type, and one wherever the rule does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from segrules.language.clauses import is_one_test, written_clauses
from segrules.language.core import (
    Aggregate,
    And,
    Call,
    Compare,
    Elements,
    Expression,
    If,
    IsMissing,
    Literal,
    Membership,
    Not,
    Or,
    Population,
    Previous,
)
from segrules.language.functions import PREDICATES
from segrules.language.mutated_constants import changed_constant, shorter_constants, shorter_lists
from segrules.language.mutated_folds import argument_changes, fold_changes
from segrules.language.mutated_tests import (
    LONGEST,
    Change,
    between_changes,
    comparison_changes,
    is_between,
    plain_of,
    turned,
    wider,
)
from segrules.language.normal_form import normal_form
from segrules.language.trees import is_predicate, with_children
from segrules.language.types import Kind
from segrules.source import Span, edited, one_line

_ARITHMETIC = ("add", "subtract", "multiply", "divide", "modulo", "coalesce", "least", "greatest")


@dataclass(frozen=True, slots=True)
class Mutant:
    """A rule with one change. before: the words at `span` that change; after: what they become, None where they go.

    Of a list in a param, `span` is the param and `before` the value that goes.
    """

    kind: str
    span: Span
    before: str
    after: str | None
    rule: Expression


def mutants(rule: Expression) -> tuple[Mutant, ...]:
    """The mutants of a rule, none of which has the normal form of the rule itself or of another mutant."""
    found: dict[Expression, Mutant] = {}
    itself = normal_form(rule)
    for change in _changes(rule, rule.type.kind is Kind.BOOLEAN):
        form = normal_form(change.node)
        if form != itself and form not in found:
            found[form] = _mutant(change)
    return tuple(found.values())


def swapped(one: tuple[str, Expression], two: tuple[str, Expression]) -> Mutant | None:
    """Two neighbouring stages, labels and tests, in the other order, where the first that holds gives the label.

    What holds for both goes to the other one then, and nothing else changes: the mutant is a rule of stage `one`.
    """
    span = two[1].span
    if span is None or not span.file.path:
        return None
    return Mutant("order", span, f"{one[0]}, {two[0]}", f"{two[0]}, {one[0]}", And((one[1], Not(two[1]))))


def _mutant(change: Change) -> Mutant:
    before = change.span.words if change.words is None else change.words
    after = None
    if change.edits:
        file = change.span.file
        text = edited(file.text, change.edits)
        after = one_line(text[change.span.start : change.span.end + len(text) - len(file.text)])
    return Mutant(change.kind, change.span, before, after, change.node)


def _changes(node: Expression, is_test: bool) -> Iterator[Change]:
    """Every change of a node and of what is in it. is_test: it stands where a rule tests something."""
    match node:
        case Not(item=item, span=span) if item.span == span:
            yield from plain_of(node)
            yield from _inside(node, (_changes_of_sugar(item),), (item,))
        case Not(item=item):
            yield from plain_of(node)
            yield from _inside(node, (_changes(item, False),), (item,))
        case And() | Or():
            yield from _changes_of_clauses(node)
        case Compare():
            yield from _widened(comparison_changes(node), node)
            yield from _widened(_changes_of_parts(node), node)
        case Membership():
            yield from turned(node) if is_test else ()
            yield from _widened(shorter_lists(node), node)
            yield from _widened(_changes_of_parts(node), node)
        case _:
            yield from turned(node) if is_test else ()
            yield from fold_changes(node) if isinstance(node, Aggregate) else ()
            yield from argument_changes(node) if isinstance(node, Population) else ()
            yield from shorter_constants(node) if isinstance(node, Call) else ()
            yield from _changes_of_parts(node)


def _changes_of_sugar(item: Expression) -> Iterator[Change]:
    """The changes inside of `x != 1`, `x not in […]`: those of the test that is denied, but not its opposite."""
    match item:
        case Compare():
            yield from _widened(_changes_of_parts(item), item)
        case Membership():
            yield from _widened(shorter_lists(item), item)
            yield from _widened(_changes_of_parts(item), item)
        case And(items=items) if is_between(items):
            for change in _changes_of_pair(item):
                edits = change.edits
                if change.kind == "boundary":
                    edits = tuple(replace(edit, text=f"not ({edit.text})") for edit in edits)
                yield replace(change, edits=edits)
        case _:
            yield from _changes_of_parts(item)


def _changes_of_clauses(node: And | Or) -> Iterator[Change]:
    """`or` for `and`, each clause left out, and the changes inside each; a window or `between` is one clause."""
    clauses = written_clauses(node)
    if len(clauses) == 1:
        yield from turned(clauses[0])
        yield from _changes_of_pair(clauses[0])
        return
    has_exceptions = any(clause.span is None or not clause.span.file.path for clause in clauses)
    yield from _other_connective(node, clauses)
    for place, clause in enumerate(clauses):
        if clause.span is not None and clause.span.file.path:
            rest = (*clauses[:place], *clauses[place + 1 :])
            if not has_exceptions:  # with them, this clause is all that the segment's author wrote
                yield Change("dropped", _one_of(node, rest), clause.span, ())
            pair = isinstance(clause, And | Or) and is_one_test(clause)
            inside = (*turned(clause), *_changes_of_pair(clause)) if pair else _changes(clause, True)
            for change in inside:
                items = (*clauses[:place], change.node, *clauses[place + 1 :])
                yield replace(change, node=replace(node, items=items))


def _one_of(node: And | Or, items: tuple[Expression, ...]) -> Expression:
    if len(items) == 1 and is_predicate(items[0]):
        return items[0]
    return replace(node, items=items)


def _changes_of_pair(node: Expression) -> Iterator[Change]:
    """The changes of a window or `between` of two comparisons."""
    if not isinstance(node, And | Or):
        yield from _changes(node, True)
        return
    if isinstance(node, And) and is_between(node.items):
        yield from between_changes(node)
    ends = [item for item in node.items if isinstance(item, Compare)]
    if len(ends) == len(node.items) and len({end.left for end in ends}) == 1:
        for change in _widened(_side(ends[0].left, ends[0]), node):
            yield replace(change, node=replace(node, items=tuple(replace(end, left=change.node) for end in ends)))
    for item in ends:
        for change in _widened(_side(item.right, item), node):
            items = tuple(replace(item, right=change.node) if part is item else part for part in node.items)
            yield replace(change, node=replace(node, items=items))


def _other_connective(node: And | Or, clauses: tuple[Expression, ...]) -> Iterator[Change]:
    """`or` where the rule says `and`, `any` where it says `all`."""
    span = node.span
    if span is None or any(clause.span is None or not clause.span.file.path for clause in clauses):
        return
    other = (Or if isinstance(node, And) else And)(clauses, span)
    words = {"and": "or", "or": "and", "all": "any", "any": "all", "none": "any"}
    if span.text in words:  # the key of a tree
        if span.text != "none":
            yield Change.of("connective", other, span, span, words[span.text])
        return
    spans = [clause.span for clause in clauses if clause.span is not None]
    gaps = [Span(span.file, one.end, two.start) for one, two in pairwise(spans)]
    word = "and" if isinstance(node, And) else "or"
    places = [(gap, gap.text.find(word)) for gap in gaps if gap.start <= gap.end]
    if len(places) == len(gaps) and all(at >= 0 for _, at in places):
        found = [Span(span.file, gap.start + at, gap.start + at + len(word)) for gap, at in places]
        shown = span if len(span.words) <= LONGEST else found[0]
        kept = found if shown is span else found[:1]
        yield Change.all_of("connective", other, shown, kept, words[word])


def _changes_of_parts(node: Expression) -> Iterator[Change]:
    """The changes inside each part of a node, the node built around them."""
    match node:
        case Previous():
            return
        case Aggregate(where=where, window=window, value=value, steps=steps):
            tests = [part for part in (where, *(step.test for step in steps)) if part is not None]
            found = [_changes(test, True) for test in tests]
            parts = [part for part in (value, window) if part is not None]
            found += [_changes_of_window(part) if part is window else _changes(part, False) for part in parts]
            yield from _inside(node, found, (*tests, *parts))
        case Elements(items=items, where=where):
            yield from _inside(node, (_changes(items, False), _changes(where, True)), (items, where))
        case If(arms=arms, otherwise=otherwise):
            tests = [test for test, _ in arms]
            values = [*(value for _, value in arms), otherwise]
            found = [*(_changes(test, True) for test in tests), *(_changes(value, False) for value in values)]
            yield from _inside(node, found, (*tests, *values))
        case Compare(left=left, right=right):
            yield from _inside(node, (_side(left, node), _side(right, node)), (left, right))
        case Call(function=function, arguments=arguments) if function not in PREDICATES:
            found = [_argument(part, node) for part in arguments]
            yield from _inside(node, found, arguments)
        case Call(arguments=parts):
            yield from _inside(node, [_changes(part, False) for part in parts], parts)
        case Membership(item=item) | IsMissing(item=item):
            yield from _inside(node, (_changes(item, False),), (item,))
        case Population(value=value, where=where):
            yield from _inside(node, (_changes(value, False),), (value,))
            if where is not None:
                yield from _inside(node, (_changes(where, True),), (where,))
        case _:
            return


def _changes_of_window(window: Expression) -> Iterator[Change]:
    if isinstance(window, And):
        yield from _changes_of_pair(window)
    else:
        yield from _widened(_changes_of_parts(window), window)


def _side(side: Expression, node: Compare) -> Iterator[Change]:
    """The changes of one side of a comparison; which way a constant moves depends on the operator."""
    if isinstance(side, Literal):
        tells = any(comparison_changes(node))
        up = node.operator in (("<=", ">") if side is node.right else (">=", "<"))
        ways = ("up", "down") if node.operator == "==" or not tells else ("up",) if up else ("down",)
        yield from changed_constant(side, node.span, ways)
    else:
        yield from _changes(side, False)


def _argument(part: Expression, node: Call) -> Iterator[Change]:
    """The changes of an argument. Constants change in sums and lengths of time, not in names of zones and units."""
    if not isinstance(part, Literal):
        yield from _changes(part, False)
    elif node.function == "shift":
        yield from changed_constant(part, node.span, ("down", "up"))
    elif node.function in _ARITHMETIC:
        same = (change for change in changed_constant(part, None, ("up", "down")) if change.node.type == part.type)
        for change in list(same)[:1]:
            yield wider(change, node)


def _inside(node: Expression, changes: Iterable[Iterable[Change]], parts: Iterable[Expression]) -> Iterator[Change]:
    """The changes of parts, each with the node built around the changed part."""
    for part, own in zip(parts, changes, strict=True):
        for change in own:
            yield replace(change, node=_with(node, part, change.node))


def _with(node: Expression, part: Expression, new: Expression) -> Expression:
    return with_children(node, lambda child: new if child is part else child)


def _widened(changes: Iterable[Change], node: Expression) -> Iterator[Change]:
    for change in changes:
        yield wider(change, node)
