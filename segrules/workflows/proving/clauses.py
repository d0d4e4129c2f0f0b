"""The clauses of a rule as proofs speak of them: what must all hold at once, and what each of them stands among."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from segrules.language.check_findings import words
from segrules.language.clauses import denies_own_test, is_one_test, written_clauses
from segrules.language.core import And, Expression, Not, Or
from segrules.source import Span


@dataclass(frozen=True, slots=True)
class Clause:
    """A test that a row must pass, and its words as a message quotes them: `age > 5`, not `age > 5`.

    span: None for what stands beside the rules that proofs speak of, such as keys of `exclude`.
    """

    test: Expression
    words: str
    span: Span | None


def clause(test: Expression, denied: bool = False) -> Clause:
    """A clause, or that it does not hold."""
    span = test.span if test.span is not None and test.span.file.path else None
    said = f"`{words(test)}`"
    said = f"the list of {said}" if said in ("`all`", "`any`", "`none`") else said
    return Clause(Not(test, test.span), f"not {said}", span) if denied else Clause(test, said, span)


def needed_clauses(rule: Expression) -> Iterator[Clause]:
    """What must hold at once for a rule to hold: the clauses of `and` and `all`, those of `none` denied."""
    match rule:
        case And() if len(clauses := _clauses(rule)) > 1:
            for item in clauses:
                yield from needed_clauses(item)
        case Not(item=Or() as item) if denies_own_test(rule) and len(clauses := _clauses(item)) > 1:
            yield from (clause(each, denied=True) for each in clauses)
        case _:
            yield clause(rule)


def _clauses(node: And | Or) -> tuple[Expression, ...]:
    """The clauses that an author can leave out one at a time; those of `between` are one."""
    return () if is_one_test(node) else written_clauses(node)


def tests_in(rule: Expression) -> Iterator[Expression]:
    """A rule and all its clauses, down to single tests."""
    yield rule
    match rule:
        case And() | Or():
            for item in _clauses(rule):
                yield from tests_in(item)
        case Not(item=item):
            yield from tests_in(item)
        case _:
            return


@dataclass(frozen=True, slots=True)
class Place:
    """A clause of an `and` or `or` somewhere in a rule.

    Where the clause is looked at all of `around` holds: whoever passes that passes the rule or not as this `and` or
    `or` comes out.
    """

    node: And | Or
    clauses: tuple[Expression, ...]
    around: tuple[Clause, ...]


def places(rule: Expression, around: tuple[Clause, ...] = ()) -> Iterator[Place]:
    """The `and` and `or` directly in a rule: itself, or what it denies. `inside` goes on from there."""
    match rule:
        case And() | Or() if len(clauses := _clauses(rule)) > 1:
            yield Place(rule, clauses, around)
        case Not(item=item) if denies_own_test(rule):
            yield from places(item, around)
        case _:
            return


def beside(place: Place, kept: Sequence[int], number: int) -> tuple[Clause, ...]:
    """What holds where the clause of a number decides: all others of an `and`, none of the others of an `or`."""
    denied = isinstance(place.node, Or)
    others = (clause(place.clauses[other], denied) for other in kept if other != number)
    return (*place.around, *others)


def listed(parts: Sequence[str], joined: str = "and") -> str:
    """`a`, `b` and `c`."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {joined} {parts[-1]}"
