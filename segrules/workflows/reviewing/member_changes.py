"""Who enters and leaves by a change of rules: both versions computed in one statement for each entity."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain

from segrules.engines.duckdb import DuckDB
from segrules.language.core import And, Expression, Literal, Not, Or, Reference
from segrules.language.types import BOOLEAN
from segrules.planning import plan, reference
from segrules.planning.nodes import Plan
from segrules.planning.renaming import Thing, labels, renamed
from segrules.planning.time import AsOf
from segrules.planning.two_versions import BEFORE, TwoVersions
from segrules.project.model import Rules
from segrules.sql import DIALECTS, counts
from segrules.sql.queries import ScanQuery
from segrules.workflows.counting import sizes_of
from segrules.workflows.reviewing.change import Change, Comparison
from segrules.workflows.reviewing.clause_changes import ClauseChange

SHOWN_KEYS = 5
MOST_CLAUSES = 4  # of a rule with more of them changed, nobody learns much from what each does


@dataclass(frozen=True, slots=True)
class Keys:
    """Some keys of those who enter and of those who leave, the smallest first."""

    entered: tuple[object, ...] = ()
    left: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class MemberChange:
    """How many rows a segment or stage had and has: None where there was, or is, no such thing that can be computed.

    stayed: in both. entered and left by clause, in the order of the change's clauses: of how many it changed its mind.
    """

    before: int | None
    after: int | None
    stayed: int
    entered_by: tuple[int, ...] = ()
    left_by: tuple[int, ...] = ()
    keys: Keys = Keys()

    @property
    def entered(self) -> int:
        return (self.after or 0) - self.stayed

    @property
    def left(self) -> int:
        return (self.before or 0) - self.stayed

    def is_below(self, floor: int) -> bool:
        """Whether one of the counts is from 1 to below the floor."""
        counts = (self.before, self.after, self.entered, self.left, self.stayed)
        return any(0 < (count or 0) < floor for count in counts)


@dataclass(frozen=True, slots=True)
class Flow:
    """How many rows went from each stage to each; None is the label of rows without one."""

    segmentation: Thing
    before: tuple[str | None, ...]
    after: tuple[str | None, ...]
    counts: Mapping[tuple[str | None, str | None], int]


@dataclass(frozen=True, slots=True)
class EntityChanges:
    """What was counted of one entity's changes. overlaps: rows that match two stages of a `unique` segmentation now."""

    rows: int
    members: Mapping[Thing, MemberChange] = field(default_factory=dict)
    flows: tuple[Flow, ...] = ()
    overlaps: Mapping[Thing, int] = field(default_factory=dict)


Ask = Callable[[Expression], Reference]


def count_changes(
    engine: DuckDB,
    scan: ScanQuery,
    both: TwoVersions,
    old: Mapping[str, Rules],
    comparison: Comparison,
    entity: str,
    as_of: AsOf,
    *,
    with_keys: bool,
) -> EntityChanges:
    """The members of every segment and stage of an entity that changed, before and after."""
    rules, before = both.rules[entity], old.get(entity)
    traits: dict[str, Expression] = {}

    def ask(test: Expression) -> Reference:
        name = f"change {len(traits)}"  # two words, so that no trait of a rule's has this name
        traits[name] = And((test,))
        return Reference("trait", name, BOOLEAN)

    own = [change for change in comparison.changes if change.thing.entity == entity]
    questions = [
        question
        for change in own
        if change.matters and change.thing.kind in ("segment", "stage")
        for question in [_question(change, rules, before, both, ask, with_keys)]
        if question is not None
    ]
    flows = [
        flow
        for change in own
        if before is not None and change.thing.kind == "segmentation"
        for flow in [_flow_question(change, rules, before, both, ask)]
        if flow is not None
    ]
    asked = chain.from_iterable([*(question.parts for question in questions), *(flow.parts for flow in flows)])
    wanted = tuple(dict.fromkeys(asked))
    made = plan(replace(rules, traits={**rules.traits, **traits}, carry={}), wanted, as_of)
    read, rows, sizes = sizes_of(engine, made, scan, made.outputs, entity, keep=with_keys)
    size = dict(zip((output.wanted for output in made.outputs), sizes, strict=False))
    members = {}
    for question in questions:
        found = question.answered(size)
        members[question.thing] = replace(found, keys=_keys(engine, read, scan, question)) if with_keys else found
    twice = zip((name for name, _ in made.overlaps), sizes[len(made.outputs) :], strict=True)
    overlaps = {Thing(entity, "segmentation", name): count for name, count in twice if count and BEFORE not in name}
    return EntityChanges(rows, members, tuple(flow.answered(size) for flow in flows), overlaps)


def _keys(engine: DuckDB, read: Plan, scan: ScanQuery, question: _Question) -> Keys:
    columns = {output.wanted: output.column for output in read.outputs}

    def some(wanted: Reference | None) -> tuple[object, ...]:
        if wanted is None:
            return ()
        query = counts.keys_query(read, DIALECTS[engine.dialect], scan, columns[wanted], SHOWN_KEYS)
        return tuple(key for (key,) in engine.run(query))

    return Keys(some(question.entered), some(question.left))


# one segment or stage


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked about one segment or stage: who has it before, after, both times, only after, only before."""

    thing: Thing
    before: Reference | None
    after: Reference | None
    stayed: Reference | None
    entered: Reference | None
    left: Reference | None
    entered_by: tuple[Reference, ...] = ()
    left_by: tuple[Reference, ...] = ()

    @property
    def parts(self) -> Iterator[Reference]:
        """What is counted; `entered` and `left` follow from it, and are asked for only where keys are shown."""
        every = (self.before, self.after, self.stayed, self.entered, self.left, *self.entered_by, *self.left_by)
        return (part for part in every if part is not None)

    def answered(self, size: Mapping[Reference, int]) -> MemberChange:
        return MemberChange(
            None if self.before is None else size[self.before],
            None if self.after is None else size[self.after],
            0 if self.stayed is None else size[self.stayed],
            tuple(size[part] for part in self.entered_by),
            tuple(size[part] for part in self.left_by),
        )


def _question(
    change: Change, rules: Rules, old: Rules | None, both: TwoVersions, ask: Ask, with_keys: bool
) -> _Question | None:
    thing = change.thing
    was = replace(thing, name=change.before or thing.name)
    before = reference(rules, both.rename(was)) if old is not None and _is_there(was, old, both) else None
    after = reference(rules, thing.name) if change.verdict not in ("removed", "broken") else None
    if before is None or after is None:
        only = after or before
        return None if only is None else _Question(thing, before, after, None, after, before)
    assert old is not None
    entered, left = And((after, Not(before))), And((before, Not(after)))
    is_told = 1 < len(change.clauses) <= MOST_CLAUSES
    turned = [_turned(clause, old, both) for clause in change.clauses] if is_told else []
    return _Question(
        thing,
        before,
        after,
        ask(And((before, after))),
        ask(entered) if with_keys else None,
        ask(left) if with_keys else None,
        tuple(ask(And((entered, test))) for test in turned),
        tuple(ask(And((left, test))) for test in turned),
    )


def _is_there(was: Thing, old: Rules, both: TwoVersions) -> bool:
    """Whether the old version has a segment or stage that can be computed beside the new ones."""
    if was in both.lost:
        return False
    if was.kind == "segment":
        return was.name in old.segments
    name, _, label = was.name.partition(".")
    return name in old.segmentations and label in labels(old.segmentations[name])


def _turned(clause: ClauseChange, old: Rules, both: TwoVersions) -> Expression:
    """Whether a clause says of a row something else than before. One that is not there lets pass what others decide."""
    neutral = Literal(clause.joint != "any", BOOLEAN)
    before = neutral if clause.before is None else renamed(clause.before, old, both.rename)
    after = neutral if clause.after is None else clause.after
    return Or((And((before, Not(after))), And((after, Not(before)))))


# the flow between stages


@dataclass(frozen=True, slots=True)
class _FlowQuestion:
    """What is asked about a segmentation: who carried one label before and another one after."""

    thing: Thing
    before: tuple[str | None, ...]
    after: tuple[str | None, ...]
    tests: Mapping[tuple[str | None, str | None], Reference]

    @property
    def parts(self) -> Iterator[Reference]:
        return iter(self.tests.values())

    def answered(self, size: Mapping[Reference, int]) -> Flow:
        counts = {pair: size[test] for pair, test in self.tests.items()}
        before = tuple(label for label in self.before if label or any(counts[label, to] for to in self.after))
        after = tuple(label for label in self.after if label or any(counts[of, label] for of in self.before))
        return Flow(self.thing, before, after, counts)


def _flow_question(change: Change, rules: Rules, old: Rules, both: TwoVersions, ask: Ask) -> _FlowQuestion | None:
    """The flow of a segmentation that changed; none of one whose rows may carry several labels."""
    thing = change.thing
    was = replace(thing, name=change.before or thing.name)
    called = both.rename(was)
    if change.verdict not in ("changed", "moved") or was in both.lost or was.name not in old.segmentations:
        return None
    if "any" in (old.segmentations[was.name].hit, rules.segmentations[thing.name].hit):
        return None
    before = _tests_of_labels(called, rules)
    after = _tests_of_labels(thing.name, rules)
    tests = {(of, to): ask(And((first, second))) for of, first in before.items() for to, second in after.items()}
    return _FlowQuestion(thing, tuple(before), tuple(after), tests)


def _tests_of_labels(segmentation: str, rules: Rules) -> dict[str | None, Expression]:
    """By label who carries it; None is who carries none."""
    stages: dict[str | None, Expression] = {
        label: reference(rules, f"{segmentation}.{label}") for label in labels(rules.segmentations[segmentation])
    }
    if rules.segmentations[segmentation].otherwise is None:
        stages[None] = Not(Or(tuple(stages.values())))
    return stages
