"""The words of a whole rule: a sentence, or a list of which all, any, none or not all hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal as OneOf
from typing import assert_never

from segrules.language.clauses import denies_own_test, written_clauses
from segrules.language.core import (
    Aggregate,
    And,
    Call,
    Clock,
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
from segrules.report.words import aggregates, constants, populations, ranges, tests, values
from segrules.report.words.names import readable
from segrules.report.words.speaker import Speaker

LONG = 90
"""Characters of a sentence about rows that is better read as a list."""


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence, or parts and how many of them must hold. `text` says all of it on one line.

    lead: what stands before the parts, where these are tests of rows: `has at least one order where`.
    """

    kind: OneOf["sentence", "all", "any", "none", "not all"]
    text: str
    parts: tuple[Words, ...] = ()
    lead: str = ""


def plain_words(rule: Expression, entity: str) -> Words:
    """What must hold for a row of an entity, so that a test is true of it."""
    return _tree(rule, Speaker(entity, entity, _value, _test))


def value_words(rule: Expression, entity: str) -> str:
    """What a trait of an entity is, as a noun; a trait that is a test: what makes it true."""
    speaker = Speaker(entity, entity, _value, _test)
    match rule:
        case Compare() | Membership() | IsMissing() | And() | Or() | Not():
            return f"true where {speaker.test(rule)}"
        case Aggregate(function="any" | "none" | "every" | "sequence"):
            return f"true where it {speaker.test(rule)}"
        case _:
            return speaker.value(rule)


def _value(node: Expression, speaker: Speaker) -> str:
    match node:
        case Literal():
            return constants.constant(node)
        case Column():
            return values.column(node, speaker)
        case Reference(to="segment") | Past(item=Reference(to="segment")):
            return f"whether it {speaker.test(node)}"
        case Reference():
            return values.thing(node, speaker)
        case Past():
            return values.past(node, speaker)
        case Clock():
            return node.reading
        case Call():
            return f"whether {said}" if (said := tests.of_text(node, speaker, False)) else values.call(node, speaker)
        case If():
            return values.choice(node, speaker)
        case Previous(item=item):
            return aggregates.previous(item, speaker)
        case Aggregate():
            return aggregates.aggregate(node, speaker)
        case Population():
            return populations.population(node, speaker)
        case Element():
            return "it" if node.row == speaker.element else f"the {readable(node.row)}"
        case Elements(function="count"):
            test = speaker.of_element(node.row).test(node.where)
            return f"the number of values in {speaker.value(node.items)} of which this holds: {test}"
        case Compare() | Membership() | IsMissing() | And() | Or() | Not() | Elements():
            return f"whether {speaker.test(node)}"
        case _:
            assert_never(node)


# lists of tests


def _tree(node: Expression, speaker: Speaker) -> Words:
    match node:
        case And() if ranges.is_range(node):
            return Words("sentence", speaker.test(node))
        case And() | Or():
            return _group(node, "all" if isinstance(node, And) else "any", speaker)
        case Not(item=And() | Or() as item) if denies_own_test(node) and len(_clauses(item)) > 1:
            return _group(item, "not all" if isinstance(item, And) else "none", speaker)
        case _:
            return _of_rows(node, speaker) or Words("sentence", speaker.test(node))


def _of_rows(node: Expression, speaker: Speaker) -> Words | None:
    """A long test of rows as its opening, `has no orders where`, and the list of what is asked of them."""
    match node:
        case Aggregate(function="any" | "none", where=And() | Or() as where) as rows:
            lead = f"{speaker.test(replace(rows, where=None))} where"
        case Aggregate(function="every", where=And() | Or() as where) as rows:
            lead = aggregates.in_each(rows, speaker)
        case Not(item=Aggregate(function="any" | "none", where=And() | Or() as where) as rows):
            lead = f"{speaker.test(Not(replace(rows, where=None)))} where"
        case Compare(left=Aggregate(function="count", where=And() | Or() as where) as rows, right=Literal()):
            lead = f"{speaker.test(replace(node, left=replace(rows, where=None)))} where"
        case _:
            return None
    text, inner = speaker.test(node), _tree(where, speaker.at(rows.row))
    if len(text) <= LONG or inner.kind == "sentence":
        return None
    return Words(inner.kind, text, inner.parts, lead)


def _group(node: And | Or, kind: OneOf["all", "any", "none", "not all"], speaker: Speaker) -> Words:
    clauses = _clauses(node)
    if len(clauses) == 1:
        return Words("sentence", speaker.test(node)) if clauses[0] == node else _tree(clauses[0], speaker)
    inner = speaker.with_known(_known(node, clauses))
    parts = tuple(_tree(clause, inner) for clause in clauses)
    return Words(kind, speaker.test(Not(node) if kind in ("none", "not all") else node), parts)


def _clauses(node: And | Or) -> Sequence[Expression]:
    """The tests that a list joins as their author wrote them, none of which is the list itself."""
    written = written_clauses(node)
    return node.items if len(written) == 1 and len(node.items) > 1 else written


def _known(node: And | Or, clauses: Iterable[Expression]) -> frozenset[Expression]:
    """What clauses that all hold say to be known; beside `x is missing or …` x is known where that matters."""
    if isinstance(node, Or):
        return frozenset(clause.item for clause in clauses if isinstance(clause, IsMissing))
    return frozenset(
        clause.item.item for clause in clauses if isinstance(clause, Not) and isinstance(clause.item, IsMissing)
    )


# tests on one line


def _test(node: Expression, speaker: Speaker, is_denied: bool) -> str:
    match node:
        case Compare():
            return tests.compare(node, speaker, is_denied)
        case Membership():
            return tests.membership(node, speaker, is_denied)
        case IsMissing():
            return tests.missing(node, speaker, is_denied)
        case And() | Or():
            return _joined(node, speaker, is_denied)
        case Not(item=item):
            return speaker.test(item, not is_denied)
        case Call():
            return tests.of_text(node, speaker, is_denied) or tests.boolean(node, speaker, is_denied)
        case Reference() | Past():
            return tests.named(node, speaker, is_denied)
        case Aggregate() | Population():
            return tests.fold(node, speaker, is_denied)
        case Elements(function="any" | "every"):
            return tests.elements(node, speaker, is_denied)
        case Literal(value=bool() as truth):
            return "this never holds" if truth == is_denied else "this always holds"
        case Literal() | Column() | Clock() | If() | Previous() | Element() | Elements():
            return tests.boolean(node, speaker, is_denied)
        case _:
            assert_never(node)


def _joined(node: And | Or, speaker: Speaker, is_denied: bool) -> str:
    """Tests joined on one line; lists inside of lists in parentheses."""
    if ranges.is_range(node):
        return ranges.in_range(node, speaker, is_denied)
    clauses = ranges.merged(node)
    if len(clauses) == 1:
        return speaker.test(clauses[0], is_denied)
    inner = speaker.with_known(_known(node, clauses))
    parts = [_inside(clause, inner) for clause in clauses]
    if not is_denied:
        return (" and " if isinstance(node, And) else " or ").join(parts)
    opening = "not all of these hold" if isinstance(node, And) else "none of these holds"
    return f"{opening}: {'; '.join(parts)}"


def _inside(clause: Expression, speaker: Speaker) -> str:
    """A test among others, in parentheses where it is a list itself."""
    inner = clause.item if isinstance(clause, Not) else clause
    is_list = isinstance(inner, And | Or) and len(inner.items) > 1 and not ranges.is_range(inner)
    said = speaker.test(clause)
    return f"({said})" if is_list or (" where " in said and not said.endswith(")")) else said
