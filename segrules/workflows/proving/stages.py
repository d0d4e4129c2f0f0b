"""What is wrong with the stages of a segmentation: not reached, overlapping, or leaving rows without one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from segrules.analysis.answers import Example, Fact
from segrules.diagnostics import Diagnostic
from segrules.language.check_findings import words, written_name
from segrules.language.core import Aggregate, Column, Expression, IsMissing, Not, Past, Population, Reference
from segrules.language.trees import may_be_missing
from segrules.planning.dependencies import definition, outer_parts
from segrules.project.model import Labelling, Rules, Segmentation
from segrules.source import Span
from segrules.workflows.proving.asking import Asking, Kept, Suspicion
from segrules.workflows.proving.clauses import listed
from segrules.workflows.proving.facts import resting_on
from segrules.workflows.proving.replay import Question
from segrules.workflows.proving.segments import clauses_without_effect, never_matches

Found = Diagnostic | Suspicion | Kept


def segmentation_findings(item: Segmentation, asking: Asking) -> Iterator[Found]:
    """The findings of one segmentation; `asking.reported` has its stages that no row reaches."""
    labelling = asking.rules.segmentations[item.name]
    spans = {stage.label: stage.span for stage in item.stages}
    for place, (label, test) in enumerate(labelling.stages):
        itself = asking.ask([test])
        if itself.verdict == "never":
            asking.reported.add(f"{item.name}.{label}")
            if not asking.is_ever([test]):
                subject = f"the stage `{label}` of `{item.name}`"
                yield from never_matches(subject, test, spans.get(label), itself.facts, asking)
            continue
        if labelling.hit == "first" and place:
            shadowed = _shadowed(item, labelling.stages[: place + 1], spans.get(label), asking)
            if shadowed is not None:
                asking.reported.add(f"{item.name}.{label}")
                yield shadowed
                continue
        yield from clauses_without_effect(f"the stage `{label}` of `{item.name}`", test, asking)
    if labelling.hit == "unique":
        yield from _overlaps(item, labelling, asking)
    yield from _gap(item, labelling, asking)


def _shadowed(
    item: Segmentation, stages: Sequence[tuple[str, Expression]], span: Span | None, asking: Asking
) -> Diagnostic | None:
    """That the stages before the last of these take all of its rows."""
    *before, (label, test) = stages
    tests = [test, *(Not(other) for _, other in before)]
    answer = asking.ask(tests)
    if answer.verdict != "never" or asking.is_ever(tests):
        return None
    names = _taking(before, tests, asking)
    if len(names) == 1:
        message = f"no row reaches `{label}`: `{names[0]}`, further up, takes every row that it would"
        help = f"put `{label}` before `{names[0]}`, or delete it"
    else:
        taking = listed([f"`{name}`" for name in names])
        message = f"no row reaches `{label}`: {taking}, further up, take every row that it would"
        help = f"put `{label}` before them, or delete it"
    notes = resting_on(answer.facts, asking.project, asking.entity)
    return Diagnostic("shadowed-stage", message, span, help, notes=notes)


def _taking(before: Sequence[tuple[str, Expression]], tests: Sequence[Expression], asking: Asking) -> list[str]:
    """The first of the stages before one that takes all of its rows; else a few that do together."""
    test, *denied = tests
    alone = (name for (name, _), other in zip(before, denied, strict=True) if _is_never((test, other), asking))
    one = next(alone, None)
    if one is not None:
        return [one]
    found = asking.prover.conflict(tests)
    return [before[number - 1][0] for number in found if number] or [name for name, _ in before]


def _is_never(tests: Sequence[Expression], asking: Asking) -> bool:
    return asking.prover.ask(tests, example=False).verdict == "never"


def _overlaps(item: Segmentation, labelling: Labelling, asking: Asking) -> Iterator[Suspicion | Kept]:
    spans = {stage.label: stage.span for stage in item.stages}
    facts: dict[Fact, None] = {}
    is_proven = True
    for (one, first), (other, second) in combinations(labelling.stages, 2):
        if {f"{item.name}.{one}", f"{item.name}.{other}"} & asking.reported:
            continue
        answer = asking.ask([first, second], example=True)
        facts |= dict.fromkeys(answer.facts)
        is_proven = is_proven and answer.verdict == "never"
        if answer.verdict != "possible":
            continue
        place, related = spans.get(other), spans.get(one)
        beside = () if related is None else (related,)
        message = f"`{one}` and `{other}` of `{item.name}` overlap, and `hit: unique` wants one stage for each row"
        help = "make their rules exclude each other, or write `hit: first`"
        unshown = f"`{one}` and `{other}` of `{item.name}` may overlap: no example was found"
        yield Suspicion(
            Question((first, second), answer.example),
            Diagnostic("overlapping-stages", message, place, help, related=beside),
            Diagnostic("inconclusive", unshown, place, related=beside),
        )
    if is_proven:
        yield asking.kept(f"no row has two stages of `{item.name}`", item.span, facts)


def _gap(item: Segmentation, labelling: Labelling, asking: Asking) -> Iterator[Found]:
    """That rows pass no stage; where there is an `otherwise`, that none do, so that it is never given."""
    tests = tuple(Not(test) for _, test in labelling.stages)
    if labelling.otherwise is not None:
        yield from _needless_otherwise(item, labelling, tests, asking)
        return
    if labelling.hit == "any" or _is_asserted(item, asking):
        return
    answer = asking.ask(tests, example=True)
    if answer.verdict == "never":
        yield asking.kept(f"every row has a stage of `{item.name}`", item.span, answer.facts)
    if answer.verdict != "possible":
        return
    unshown = f"some rows may get no stage of `{item.name}`: no example was found"
    doubt = Diagnostic("inconclusive", unshown, item.span)
    some = f"some rows get no stage of `{item.name}`"
    gap = Diagnostic("stage-gap", some, item.span, "`otherwise: …` names the rest")
    any_row = Suspicion(Question(tests, answer.example or Example()), gap, doubt)
    parts = gaps_of(labelling, asking.rules)
    if not parts:
        yield any_row
        return
    known = (*tests, *(Not(IsMissing(part)) for part in parts))
    complete = asking.ask(known, example=True)
    if complete.verdict != "never":
        yield Suspicion(Question(known, complete.example), gap, any_row)
        return
    missing = _needed(parts, known, asking)
    names = listed([f"`{_said(part)}`" for part in missing], "or")
    only = f"only rows whose {names} is missing get no stage of `{item.name}`"
    help = f"a stage for `{_said(missing[0])} is missing`, or `otherwise: …`, takes them in"
    yield replace(any_row, finding=Diagnostic("missing-gap", only, item.span, help))


def _is_asserted(item: Segmentation, asking: Asking) -> bool:
    """Whether an assertion asks for a stage for every row, and so tells of those that have none."""
    return any(
        assertion.claim == "covers" and [named.name for named in assertion.names] == [item.name]
        for assertion in asking.project.assertions
        if assertion.entity == asking.entity
    )


def _needless_otherwise(
    item: Segmentation, labelling: Labelling, tests: Sequence[Expression], asking: Asking
) -> Iterator[Diagnostic]:
    label = labelling.otherwise
    if any(label == name for name, _ in labelling.stages):
        return
    answer = asking.ask(tests)
    if answer.verdict != "never" or asking.is_ever(tests):
        return
    asking.reported.add(f"{item.name}.{label}")
    message = f"no row reaches `{label}`: the stages of `{item.name}` take every row"
    help = "delete `otherwise`; where it is there for safety, `# segrules: ignore[shadowed-stage] why` says so"
    notes = resting_on(answer.facts, asking.project, asking.entity)
    yield Diagnostic("shadowed-stage", message, item.otherwise_span or item.span, help, notes=notes)


Part = Column | Reference | Aggregate | Population | Past


def _needed(parts: Sequence[Part], known: Sequence[Expression], asking: Asking) -> tuple[Part, ...]:
    """Of values that are not all known where a row has no stage, those that matter. Tests for them stand at the end."""
    first = len(known) - len(parts)
    found = asking.prover.conflict(known)
    return tuple(parts[number - first] for number in found if number >= first) or tuple(parts)


def gaps_of(labelling: Labelling, rules: Rules) -> tuple[Part, ...]:
    """The values that the stages test and that may be missing."""
    return tuple(part for part in dict.fromkeys(_parts(labelling, rules)) if may_be_missing(part))


def _parts(labelling: Labelling, rules: Rules) -> Iterator[Part]:
    """The values that the stages test, as rules name them: traits stay names, segments are looked into."""
    waiting, seen = [test for _, test in labelling.stages], set[str]()
    while waiting:
        for part in outer_parts(waiting.pop(0)):
            if isinstance(part, Reference) and part.to != "trait" and not part.path:
                if part.name not in seen:
                    seen.add(part.name)
                    waiting.append(definition(rules, (part.to, part.name)))
            else:
                yield part


def _said(part: Part) -> str:
    """The name of a value, or its words."""
    match part:
        case Column(path=path, name=name) | Reference(path=path, name=name):
            return ".".join((*path, written_name(name)))
        case _:
            return words(part)
