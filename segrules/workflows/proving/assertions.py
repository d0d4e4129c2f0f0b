"""Whether the assertions of `prove` hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from segrules.analysis.answers import Example, Fact
from segrules.diagnostics import Diagnostic
from segrules.language.core import Expression, Not
from segrules.planning import reference
from segrules.project.model import Asserted, Assertion, Rules
from segrules.workflows.proving.asking import Asking, Kept, Suspicion
from segrules.workflows.proving.clauses import listed
from segrules.workflows.proving.replay import Question


@dataclass(frozen=True, slots=True)
class _Question:
    """What no row may pass, what it is called where one does, and the names that it is about.

    other: a question about the same names, of which nothing is told where this one's row was found.
    """

    tests: tuple[Expression, ...]
    broken: str
    doubt: str
    names: tuple[Asserted, ...]
    other: _Question | None = None


def assertion_findings(assertion: Assertion, asking: Asking) -> Iterator[Suspicion | Kept]:
    """What may break an assertion; or that nothing does."""
    facts: dict[Fact, None] = {}
    is_proven = True
    for question in _questions(assertion, asking):
        doubts: list[tuple[_Question, Example]] = []
        for one in (question, question.other):
            answer = asking.ask(one.tests, example=True) if one is not None and one.tests else None
            facts |= dict.fromkeys(answer.facts if answer else ())
            is_proven = is_proven and (answer is None or answer.verdict == "never")
            if one is not None and answer is not None and answer.verdict == "possible":
                doubts.append((one, answer.example or Example()))
        if doubts:
            yield _suspicion(assertion, doubts)
    if is_proven:
        yield asking.kept(said(assertion, asking.rules), assertion.span, facts, _of_nobody(assertion, asking))


def _of_nobody(assertion: Assertion, asking: Asking) -> tuple[str, ...]:
    """That an assertion holds because nobody can be in some of what it names, so that it says little."""
    if assertion.claim == "covers":
        return ()
    names = [item.name for item in assertion.names]
    some = names if assertion.claim == "disjoint" else names[:-1]  # whatever is inside, the last one may be empty too
    empty = [f"`{name}`" for name in some if _is_empty(name, asking)]
    return (f"which says little: nobody can be in {listed(empty, 'or')}",) if empty else ()


def _is_empty(name: str, asking: Asking) -> bool:
    return asking.prover.ask([reference(asking.rules, name)], example=False).verdict == "never"


def said(assertion: Assertion, rules: Rules) -> str:
    """An assertion in words."""
    names = [f"`{asserted.name}`" for asserted in assertion.names]
    match assertion.claim:
        case "disjoint":
            return f"no row is in both {listed(names)}" if len(names) == 2 else f"no row is in two of {listed(names)}"
        case "inside":
            return " is inside ".join(names[:2]) + "".join(f", which is inside {name}" for name in names[2:])
        case "covers":
            is_one = len(names) == 1 and assertion.names[0].name in rules.segmentations
            return f"every row has a stage of {names[0]}" if is_one else f"every row is in {listed(names, 'or')}"
        case _:
            return f"{listed(names)} always have the same rows"


def _questions(assertion: Assertion, asking: Asking) -> Iterator[_Question]:
    rules, names = asking.rules, assertion.names
    match assertion.claim:
        case "disjoint":
            for pair in combinations(names, 2):
                one, other = (item.name for item in pair)
                tests = (reference(rules, one), reference(rules, other))
                broken = f"a row can be in both `{one}` and `{other}`, which `disjoint` rules out"
                yield _Question(tests, broken, f"some row may be in both `{one}` and `{other}`", pair)
        case "inside":
            for pair in pairwise(names):
                one, other = (item.name for item in pair)
                broken = f"`{one}` is not inside `{other}`: a row can be in `{one}` and not in `{other}`"
                yield _Question(_without(one, other, asking), broken, f"`{one}` may not be inside `{other}`", pair)
        case "covers":
            yield _covering(assertion, asking)
        case _:
            for pair in pairwise(names):
                yield _differing(pair, asking)


def _differing(pair: tuple[Asserted, Asserted], asking: Asking) -> _Question:
    """That no row is in one of two and not in the other. One such row is enough: the other way is not told."""
    both = tuple(item.name for item in pair)
    doubt = f"`{both[0]}` and `{both[1]}` may have different rows"
    found = None
    for one, other in (both[::-1], both):
        broken = f"`{both[0]}` and `{both[1]}` have different rows: a row can be in `{one}` and not in `{other}`"
        found = _Question(_without(one, other, asking), broken, doubt, pair, found)
    assert found is not None
    return found


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
    names = [f"`{asserted.name}`" for asserted in assertion.names]
    match names:
        case [one] if assertion.names[0].name in asking.rules.segmentations:
            out = f"have no stage of {one}"
        case [one]:
            out = f"be outside of {one}"
        case [one, other]:
            out = f"be in neither {one} nor {other}"
        case _:
            out = f"be in none of {listed(names)}"
    return _Question(tuple(tests), f"a row can {out}, which `covers` rules out", f"some row may {out}", assertion.names)


def _suspicion(assertion: Assertion, doubts: Sequence[tuple[_Question, Example]]) -> Suspicion:
    """That the first of some questions has a row that breaks the assertion, else the next one."""
    (question, example), *rest = doubts
    first, *others = (asserted.span for asserted in question.names)
    notes = () if assertion.because is None else (f"because: {assertion.because}",)
    help = "correct the rules, or take this out of `prove`"
    broken = Diagnostic("broken-assertion", question.broken, first, help, related=tuple(others), notes=notes)
    unshown = (
        _suspicion(assertion, rest)
        if rest
        else Diagnostic(
            "inconclusive", f"{question.doubt}: no example was found", first, related=tuple(others), notes=notes
        )
    )
    return Suspicion(Question(question.tests, example), broken, unshown)
