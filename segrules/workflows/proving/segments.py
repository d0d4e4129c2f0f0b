"""What is wrong with the rule of a segment or stage by itself: never, always, or a clause without effect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from segrules.analysis.answers import Fact
from segrules.diagnostics import Diagnostic
from segrules.language.core import And, Compare, Expression, IsMissing, Literal, Not, Or, Reference
from segrules.language.trees import walk
from segrules.language.types import BOOLEAN
from segrules.project.model import Segment
from segrules.source import Span
from segrules.workflows.proving.asking import Asking
from segrules.workflows.proving.clauses import Clause, Place, beside, clause, listed, needed_clauses, places
from segrules.workflows.proving.facts import resting_on


def segment_findings(segment: Segment, asking: Asking) -> Iterator[Diagnostic]:
    """The findings of one segment; `asking.reported` has its name where it never or always matches."""
    rule = asking.rules.segments[segment.name]
    itself = Reference("segment", segment.name, BOOLEAN)
    none = asking.ask([itself])
    if none.verdict == "never":
        asking.reported.add(segment.name)
        if not asking.is_ever([itself]):
            yield from never_matches(f"`{segment.name}`", rule, segment.span, none.facts, asking)
        return
    every = asking.ask([Not(itself)])
    if every.verdict == "never":
        is_new = not _names_reported(rule, asking) and not asking.is_ever([Not(itself)])
        asking.reported.add(segment.name)
        if is_new:
            message = f"`{segment.name}` always matches: every row passes its rule"
            help = "correct the rule; where all are meant, `# segrules: ignore[always-matches] why` says so"
            notes = resting_on(every.facts, asking.project, asking.entity)
            yield Diagnostic("always-matches", message, segment.rule.span or segment.span, help, notes=notes)
        return
    yield from clauses_without_effect(f"`{segment.name}`", rule, asking)


def never_matches(
    subject: str, rule: Expression, span: Span | None, facts: Sequence[Fact], asking: Asking
) -> Iterator[Diagnostic]:
    """That no row passes a rule, at the clauses that contradict each other; nothing where one of them is reported."""
    clauses = tuple(needed_clauses(rule))
    found = asking.prover.conflict([each.test for each in clauses])
    conflicting = [clauses[number] for number in found]
    if any(_is_reported(each.test, asking) for each in conflicting or clauses):
        return
    match [each.words for each in conflicting]:
        case []:
            why = "no row passes its rule"
        case [only]:
            why = f"{only} never holds"
        case [one, other]:
            why = f"no row has both {one} and {other}"
        case several:
            why = f"no row has all of {listed(several)}"
    spans = in_order(each.span for each in conflicting) or (() if span is None else (span,))
    help = "correct one of them" if len(conflicting) > 1 else "correct it, or delete what never matches"
    notes = resting_on(facts, asking.project, asking.entity)
    yield Diagnostic(
        "never-matches",
        f"{subject} never matches: {why}",
        spans[0] if spans else None,
        help,
        related=spans[1:],
        notes=notes,
    )


def in_order(spans: Iterable[Span | None]) -> tuple[Span, ...]:
    """The spans that are known, each once, by their places in the files."""
    known = dict.fromkeys(span for span in spans if span is not None)
    return tuple(sorted(known, key=lambda span: (span.file.path, span.start)))


def _names_reported(rule: Expression, asking: Asking) -> bool:
    return any(_is_reported(node, asking) for node in walk(rule))


def _is_reported(test: Expression, asking: Asking) -> bool:
    """Whether a test asks for a segment or stage that has a finding of its own."""
    match test:
        case Reference(to="segment", name=name, path=()):
            return name in asking.reported
        case Compare("==", Reference(to="segmentation", name=name, path=()), Literal(value=str() as label)):
            return f"{name}.{label}" in asking.reported
        case Not(item=item):
            return _is_reported(item, asking)
        case _:
            return False


def clauses_without_effect(subject: str, rule: Expression, asking: Asking) -> Iterator[Diagnostic]:
    """A finding for each clause whose loss would change nothing; of several alike, all but one.

    The innermost are not looked for inside one that has no effect as a whole.
    """
    for place in places(rule):
        yield from _of_place(subject, place, asking)


def _of_place(subject: str, place: Place, asking: Asking) -> Iterator[Diagnostic]:
    kept = list(range(len(place.clauses)))
    for number in reversed(range(len(place.clauses))):
        one = clause(place.clauses[number], denied=isinstance(place.node, And))
        if one.span is None or len(kept) == 1 or _is_left_alone(place.clauses[number]):
            continue
        others = beside(place, kept, number)
        tests = [*(each.test for each in others), one.test]
        answer = asking.ask(tests)
        if answer.verdict != "never":
            continue
        kept.remove(number)
        if not _names_reported(one.test, asking) and not asking.is_ever(tests):
            found = asking.prover.conflict(tests)
            because = [others[other] for other in found if other < len(others)]
            yield _without_effect(subject, place, one, because if found else None, answer.facts, asking)
    for number in kept:
        inner = beside(place, kept, number)
        for below in places(place.clauses[number], inner):
            yield from _of_place(subject, below, asking)


def _is_left_alone(test: Expression) -> bool:
    """Whether a clause is there for the reader: it says what becomes of missing values, or that nobody is meant but
    those whom `include` names.
    """
    return isinstance(test.item if isinstance(test, Not) else test, IsMissing | Literal)


def _without_effect(
    subject: str, place: Place, one: Clause, because: Sequence[Clause] | None, facts: Sequence[Fact], asking: Asking
) -> Diagnostic:
    written = clause(one.test.item if isinstance(place.node, And) and isinstance(one.test, Not) else one.test)
    if because is None:
        why = "without it the same rows match"
    elif because:
        why = f"{listed([_bare(each) for each in because])} {'decides' if len(because) == 1 else 'decide'} already"
    else:
        why = "it never holds" if isinstance(place.node, Or) else "it always holds"
    return Diagnostic(
        "clause-without-effect",
        f"{written.words} changes nothing in {subject}: {why}",
        one.span,
        "delete it, or correct it",
        related=in_order(each.span for each in because or ()),
        notes=resting_on(facts, asking.project, asking.entity),
    )


def _bare(one: Clause) -> str:
    return one.words.removeprefix("not ")
