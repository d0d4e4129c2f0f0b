"""Whether the assertions of `prove` hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise

from segrules.analysis.answers import Example, Fact
from segrules.diagnostics import Diagnostic
from segrules.language.core import Expression, Not
from segrules.planning import reference
from segrules.project.model import Asserted, Assertion
from segrules.workflows.proving.asking import Asking, Kept, Suspicion
from segrules.workflows.proving.clauses import listed
from segrules.workflows.proving.replay import Question


@dataclass(frozen=True, slots=True)
class _Question:
    """What no row may pass, what it is called where one does, and the names that it is about."""

    tests: tuple[Expression, ...]
    broken: str
    doubt: str
    names: tuple[Asserted, ...]


def assertion_findings(assertion: Assertion, asking: Asking) -> Iterator[Suspicion | Kept]:
    """What may break an assertion; or that nothing does."""
    facts: dict[Fact, None] = {}
    is_proven = True
    for question in _questions(assertion, asking):
        answer = asking.ask(question.tests, example=True) if question.tests else None
        if answer is None or answer.verdict == "never":
            facts |= dict.fromkeys(answer.facts if answer else ())
            continue
        is_proven = False
        if answer.verdict == "possible":
            yield _suspicion(assertion, question, answer.example or Example())
    if is_proven:
        yield asking.kept(said(assertion), assertion.span, facts)


def said(assertion: Assertion) -> str:
    """An assertion in words."""
    names = [f"`{asserted.name}`" for asserted in assertion.names]
    match assertion.claim:
        case "disjoint":
            return f"{listed(names)} are disjoint"
        case "inside":
            return " is inside ".join(names[:2]) + "".join(f", which is inside {name}" for name in names[2:])
        case "covers":
            return f"{listed(names)} {'covers' if len(names) == 1 else 'cover'} every row"
        case _:
            return f"{listed(names)} are equal"


def _questions(assertion: Assertion, asking: Asking) -> Iterator[_Question]:
    rules, names = asking.rules, assertion.names
    match assertion.claim:
        case "disjoint":
            for pair in combinations(names, 2):
                one, other = (item.name for item in pair)
                tests = (reference(rules, one), reference(rules, other))
                broken = f"`{one}` and `{other}` are not disjoint: a row can be in both"
                yield _Question(tests, broken, f"`{one}` and `{other}` may not be disjoint", pair)
        case "inside":
            for pair in pairwise(names):
                one, other = (item.name for item in pair)
                broken = f"`{one}` is not inside `{other}`: a row can be in `{one}` and not in `{other}`"
                yield _Question(_without(one, other, asking), broken, f"`{one}` may not be inside `{other}`", pair)
        case "covers":
            yield _covering(assertion, asking)
        case _:
            for pair in pairwise(names):
                both = tuple(item.name for item in pair)
                doubt = f"`{both[0]}` and `{both[1]}` may not be equal"
                for one, other in (both, both[::-1]):
                    broken = f"`{both[0]}` and `{both[1]}` are not equal: a row can be in `{one}` and not in `{other}`"
                    yield _Question(_without(one, other, asking), broken, doubt, pair)


def _without(one: str, other: str, asking: Asking) -> tuple[Expression, ...]:
    return reference(asking.rules, one), Not(reference(asking.rules, other))


def _covering(assertion: Assertion, asking: Asking) -> _Question:
    """That no row is outside of all. A segmentation with `otherwise` has a stage for each row: no test is left."""
    tests: list[Expression] = []
    for asserted in assertion.names:
        labelling = asking.rules.segmentations.get(asserted.name)
        if labelling is None:
            tests.append(Not(reference(asking.rules, asserted.name)))
        elif labelling.otherwise is not None:
            tests = []
            break
        else:
            tests += (Not(test) for _, test in labelling.stages)
    names = listed([f"`{asserted.name}`" for asserted in assertion.names])
    verb = "does" if len(assertion.names) == 1 else "do"
    is_one = len(assertion.names) == 1 and assertion.names[0].name in asking.rules.segmentations
    who = (
        "a row can have no stage" if is_one else "a row can be in none of them" if verb == "do" else "a row can be out"
    )
    broken = f"{names} {verb} not cover every row: {who}"
    return _Question(tuple(tests), broken, f"{names} may not cover every row", assertion.names)


def _suspicion(assertion: Assertion, question: _Question, example: Example) -> Suspicion:
    first, *others = (asserted.span for asserted in question.names)
    notes = () if assertion.because is None else (f"because: {assertion.because}",)
    help = "correct the rules, or take the assertion out"
    broken = Diagnostic("broken-assertion", question.broken, first, help, related=tuple(others), notes=notes)
    unshown = Diagnostic(
        "inconclusive", f"{question.doubt}: no example was found", first, related=tuple(others), notes=notes
    )
    return Suspicion(Question(question.tests, example), broken, unshown)
