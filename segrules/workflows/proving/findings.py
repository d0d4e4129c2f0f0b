"""Everything that is proven of a project's rules and is wrong with them, and the assertions that hold."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from segrules.analysis import Prover, open_prover
from segrules.analysis.prover import QUICK_WORK, WORK
from segrules.diagnostics import Diagnostic
from segrules.language.core import Expression, IsMissing
from segrules.planning import reference
from segrules.planning.dependencies import Key, definitions
from segrules.planning.time import AsOf
from segrules.project.model import Assertion, Project, Rules, Segment, Segmentation
from segrules.source import Span
from segrules.workflows.proving.asking import Asking, Kept, Suspicion
from segrules.workflows.proving.assertions import assertion_findings, said
from segrules.workflows.proving.clauses import tests_in
from segrules.workflows.proving.replay import replay
from segrules.workflows.proving.segments import segment_findings
from segrules.workflows.proving.stages import gaps_of, segmentation_findings


@dataclass(frozen=True, slots=True)
class Proof:
    """What was asked about rules, and what came of it.

    proven, possible, open: how many questions were answered by a proof that no row does it, how many such that nothing
    speaks against such a row, and how many have no answer. kept: what holds of every row, of assertions and of
    segmentations. prover: its name. findings: as their codes have them, before the levels of the project. regions: by
    finding that says what some row does, which rows these are.
    """

    findings: tuple[Diagnostic, ...] = ()
    kept: tuple[Kept, ...] = ()
    proven: int = 0
    possible: int = 0
    open: int = 0
    prover: str = ""
    regions: Mapping[Diagnostic, Region] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Region:
    """The rows of an entity that pass tests. finding: what is said where there is one."""

    entity: str
    tests: tuple[Expression, ...]
    finding: Diagnostic


Names = Mapping[str, Collection[str]]
"""By entity the segments and segmentations that are asked about."""


def prove(
    project: Project,
    rules: Mapping[str, Rules],
    moment: AsOf,
    *,
    chosen: Names | None = None,
    work: int | None = None,
    is_quick: bool = False,
) -> Proof:
    """All findings about the rules of a project without errors, or about chosen things and what is asserted of them.

    is_quick: less is proven, in little time, and nothing is said of questions that would take more.
    """
    work = work or (QUICK_WORK if is_quick else WORK)
    made = [
        _of_entity(project, rules, entity, moment, None if chosen is None else chosen.get(entity, ()), work, is_quick)
        for entity in rules
    ]
    return Proof(
        tuple(finding for one in made for finding in one.findings),
        tuple(kept for one in made for kept in one.kept),
        sum(one.proven for one in made),
        sum(one.possible for one in made),
        sum(one.open for one in made),
        made[0].prover if made else "",
        {finding: region for one in made for finding, region in one.regions.items()},
    )


def what_holds(project: Project, rules: Mapping[str, Rules], moment: AsOf) -> tuple[Kept, ...]:
    """What is proven in little time of the assertions of a project, and of its segmentations."""
    return tuple(item for own in rules.values() for item in _kept(project, own, moment))


def _kept(project: Project, rules: Rules, moment: AsOf) -> Iterator[Kept]:
    entity = rules.entity.name
    items: list[Segmentation | Assertion] = [
        *(item for item in project.segmentations if item.entity == entity and item.name in rules.segmentations),
        *(item for item in project.assertions if item.entity == entity),
    ]
    if items:
        asking = _asking(project, rules, moment, QUICK_WORK, is_quick=True)
        yield from (found for item in items for found in _counted(item, asking) if isinstance(found, Kept))


def _asking(project: Project, rules: Rules, moment: AsOf, work: int, *, is_quick: bool) -> Asking:
    tests = tuple(_tests(rules))

    @cache
    def prover_of(moment: AsOf) -> Prover:
        return open_prover(project, rules, moment, tests, work=work, is_quick=is_quick)

    return Asking(project, rules, prover_of(moment), moment.zone, prover_of)


def _of_entity(
    project: Project,
    rules: Mapping[str, Rules],
    entity: str,
    moment: AsOf,
    chosen: Collection[str] | None,
    work: int,
    is_quick: bool,
) -> Proof:
    asking = _asking(project, rules[entity], moment, work, is_quick=is_quick)
    found = [item for item in _found(asking, chosen) if not (is_quick and _is_open(item))]
    suspicions = [item for item in found if isinstance(item, Suspicion)]
    regions = _confirmed(project, rules, entity, moment, suspicions)
    confirmed = [finding for finding, _ in regions]
    unshown = sum(finding.code == "inconclusive" for finding in confirmed)
    answers = iter(confirmed)
    findings = tuple(
        next(answers) if isinstance(item, Suspicion) else item for item in found if not isinstance(item, Kept)
    )
    kept = tuple(item for item in found if isinstance(item, Kept))
    counts = asking.verdicts
    return Proof(
        findings,
        kept,
        counts["never"],
        counts["possible"] - unshown,
        counts["inconclusive"] + unshown,
        asking.prover.name,
        dict(regions),
    )


def _tests(rules: Rules) -> Iterator[Expression]:
    """What questions are made of, for a prover that learns it once: rules, clauses, which values may be missing."""
    yield from (reference(rules, name) for name in rules.segments)
    for rule in rules.segments.values():
        yield from tests_in(rule)
    for labelling in rules.segmentations.values():
        for _, test in labelling.stages:
            yield from tests_in(test)
        yield from (IsMissing(part) for part in gaps_of(labelling, rules))


def _found(asking: Asking, chosen: Collection[str] | None) -> Iterator[Diagnostic | Suspicion | Kept]:
    """Findings of each segment and segmentation, each after those that it is made of, then of each assertion."""
    project, rules = asking.project, asking.rules
    segments = {item.name: item for item in project.segments if item.entity == asking.entity}
    segmentations = {item.name: item for item in project.segmentations if item.entity == asking.entity}
    for kind, name in _in_order(rules):
        if chosen is not None and name not in chosen:
            continue
        item = segments.get(name) if kind == "segment" else segmentations.get(name)
        if item is not None:
            yield from _counted(item, asking)
    for assertion in project.assertions:
        names = {part for named in assertion.names for part in (named.name, named.name.partition(".")[0])}
        if assertion.entity == asking.entity and (chosen is None or names.intersection(chosen)):
            yield from _counted(assertion, asking)


def _in_order(rules: Rules) -> Iterator[Key]:
    """Segments and segmentations, each behind those that it refers to."""
    wanted: list[Key] = [("segment", name) for name in rules.segments]
    wanted += [("segmentation", name) for name in rules.segmentations]
    own = frozenset(wanted)
    return (key for key in definitions(rules, wanted) if key in own)


def _counted(item: Segment | Segmentation | Assertion, asking: Asking) -> Iterator[Diagnostic | Suspicion | Kept]:
    """The findings of one thing, and that questions about it were left open."""
    before = asking.verdicts["inconclusive"]
    subject, span = (
        f"`{item.name}`" if not isinstance(item, Assertion) else f"whether {said(item, asking.rules)}",
        item.span,
    )
    match item:
        case Segment():
            yield from segment_findings(item, asking)
        case Segmentation():
            yield from segmentation_findings(item, asking)
        case Assertion():
            yield from assertion_findings(item, asking)
    if count := asking.verdicts["inconclusive"] - before:
        yield _open(subject, span, count)


def _open(subject: str, span: Span | None, count: int) -> Diagnostic:
    questions = f"{count:,} question" if count == 1 else f"{count:,} questions"
    verb = "has" if count == 1 else "have"
    message = f"{questions} about {subject} {verb} no answer: it takes more work than a question may"
    return Diagnostic("inconclusive", message, span, "`segrules prove --work` allows more")


def _is_open(item: Diagnostic | Suspicion | Kept) -> bool:
    return isinstance(item, Diagnostic) and item.code == "inconclusive"


def _confirmed(
    project: Project, rules: Mapping[str, Rules], entity: str, moment: AsOf, suspicions: Sequence[Suspicion]
) -> list[tuple[Diagnostic, Region]]:
    """What becomes of suspicions: with an example where a row was found on the engine, else something weaker."""
    if not suspicions:
        return []
    from segrules.engines.duckdb import connect  # heavy, and most rules are beyond suspicion

    found: dict[int, tuple[Diagnostic, Region]] = {}
    waiting = dict(enumerate(suspicions))
    engine = connect()
    try:
        while waiting:
            rows = replay(engine, project, rules, entity, moment, [item.question for item in waiting.values()])
            for (place, item), row in zip(tuple(waiting.items()), rows, strict=True):
                region = Region(entity, item.question.tests, item.finding)
                del waiting[place]
                if row is not None:
                    notes = (f"example: {row.line}", *item.finding.notes)
                    example = {"values": row.values, "rows": row.given}
                    found[place] = replace(item.finding, notes=notes, example=example), region
                elif isinstance(item.unshown, Suspicion):
                    waiting[place] = item.unshown
                else:
                    found[place] = item.unshown, region
    finally:
        engine.close()
    return [found[place] for place in range(len(suspicions))]
