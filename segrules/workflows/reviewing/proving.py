"""Changes of meaning asked of a prover: which change nothing after all, and which way the others go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from segrules.analysis import Answer, open_prover
from segrules.analysis.alike import differ
from segrules.analysis.any_moment import AnyMoment, open_for_any_moment
from segrules.engines.duckdb import connect
from segrules.language.core import Expression, Not
from segrules.planning import reference
from segrules.planning.meanings import rests_on
from segrules.planning.renaming import Thing, is_defined
from segrules.planning.time import AsOf
from segrules.planning.two_versions import BEFORE, TwoVersions, together
from segrules.project.model import Project, Rules
from segrules.workflows.proving.replay import Question as Replayed
from segrules.workflows.proving.replay import replay
from segrules.workflows.proving.shown import Shown
from segrules.workflows.reviewing.change import Change, Comparison, Version
from segrules.workflows.reviewing.member_changes import MemberChange
from segrules.workflows.reviewing.proof import Proof, Side, Way
from segrules.workflows.reviewing.shared_contract import with_shared_contract

MOST_ASKED = 300
"""Changes of which proofs are sought; of more than that nobody reads what each does."""


def proven(comparison: Comparison, old: Version, new: Version, moment: AsOf) -> Comparison:
    """The comparison with what is proven of changes. What is proven to mean the same counts as unchanged."""
    if old.project.timezone != new.project.timezone:
        return comparison
    first = _asked(comparison.changes, ("changed",), old, new, comparison, moment)
    same = {change.thing for change in first if _is_same(change)}
    moved = [change for change in first if change.verdict == "moved"]
    alike = {change.thing for change in moved if change.because and same.issuperset(change.because)}
    second = _asked([change for change in first if change.thing not in alike], ("moved",), old, new, comparison, moment)
    kept = {change.thing: change for change in second}
    changes = [kept.get(one.thing, one) for one in first]
    return replace(comparison, changes=tuple(_settled(changes, alike, old, new)))


def confirmed(comparison: Comparison, members: Mapping[Thing, MemberChange], floor: int) -> Comparison:
    """The comparison, where rows are known to go the ways that they were counted to go.

    Counts from 1 to below the floor are nobody's business, and what would give them away.
    """
    return replace(comparison, changes=tuple(_confirmed(one, members, floor) for one in comparison.changes))


def _confirmed(change: Change, members: Mapping[Thing, MemberChange], floor: int) -> Change:
    counted = members.get(change.thing)
    if change.proof is None or counted is None or counted.is_below(floor):
        return change
    counts = {"enters": counted.entered, "leaves": counted.left}
    sides = tuple(
        replace(side, verdict="found", is_always=False) if counts[side.way] else side for side in change.proof.sides
    )
    return replace(change, proof=replace(change.proof, sides=sides))


def _is_same(change: Change) -> bool:
    return change.proof is not None and change.proof.is_same


# what to ask


@dataclass(frozen=True, slots=True)
class _Question:
    """By way the tests that a row passes which goes that way."""

    thing: Thing
    tests: Mapping[Way, tuple[Expression, ...]]


def _asked(
    changes: Iterable[Change],
    verdicts: tuple[str, ...],
    old: Version,
    new: Version,
    comparison: Comparison,
    moment: AsOf,
) -> list[Change]:
    """The changes, those of some verdicts with a proof where something could be asked."""
    every = list(changes)
    chosen = [one for one in every if one.verdict in verdicts and one.thing.kind in ("segment", "stage", "trait")]
    if not chosen:
        return every
    both = _together(chosen[:MOST_ASKED], old, new, comparison)
    questions: dict[str, list[_Question]] = {}
    for change in chosen[:MOST_ASKED]:
        question = _question(change, old.rules, both)
        if question is not None:
            questions.setdefault(change.thing.entity, []).append(question)
    found: dict[Thing, Proof] = {}
    for entity, own in questions.items():
        project = replace(new.project, entities=tuple(item.entity for item in both.rules.values()))
        found |= dict(_answered(project, both.rules[entity], moment, own))
    return [replace(change, proof=found.get(change.thing, change.proof)) for change in every]


def _together(changes: Iterable[Change], old: Version, new: Version, comparison: Comparison) -> TwoVersions:
    """Both versions as one rule set, of the old one only what the changed things rest on."""
    waiting = [_was(change) for change in changes]
    needed: set[Thing] = set()
    while waiting:
        thing = waiting.pop()
        if thing not in needed and thing.entity in old.rules and is_defined(thing, old.rules[thing.entity]):
            needed.add(thing)
            waiting += rests_on(thing, old.rules[thing.entity])
            if thing.kind == "stage":
                waiting.append(replace(thing, kind="segmentation", name=thing.name.partition(".")[0]))
    before = {entity: _only(own, needed) for entity, own in old.rules.items()}
    both = together(before, new.rules, comparison.same)
    return replace(both, rules=with_shared_contract(both.rules, old.rules))


def _only(rules: Rules, needed: set[Thing]) -> Rules:
    entity = rules.entity.name
    labelled = {thing.name.partition(".")[0] for thing in needed if thing.kind in ("stage", "segmentation")}
    return replace(
        rules,
        traits={name: node for name, node in rules.traits.items() if Thing(entity, "trait", name) in needed},
        segments={name: node for name, node in rules.segments.items() if Thing(entity, "segment", name) in needed},
        segmentations={name: item for name, item in rules.segmentations.items() if name in labelled},
    )


def _was(change: Change) -> Thing:
    return replace(change.thing, name=change.before or change.thing.name)


def _question(change: Change, old: Mapping[str, Rules], both: TwoVersions) -> _Question | None:
    """What to ask of a change; None where the rows are others, or the old version cannot be had beside the new one."""
    thing, was = change.thing, _was(change)
    if was.entity not in old or not is_defined(was, old[was.entity]) or was in both.lost:
        return None
    rules = both.rules[thing.entity]
    called = replace(thing, name=both.rename(was))
    if not is_defined(called, rules) or _has_other_rows((thing, called), both):
        return None
    before, after = reference(rules, called.name), reference(rules, thing.name)
    if thing.kind == "trait":
        test = differ(before, after)
        return None if test is None else _Question(thing, {"differs": (test,)})
    return _Question(thing, {"enters": (after, Not(before)), "leaves": (before, Not(after))})


def _has_other_rows(things: Iterable[Thing], both: TwoVersions) -> bool:
    """Whether something rests on a stored relation that is declared otherwise now: its rows are other ones."""
    waiting, seen = list(things), set[Thing]()
    while waiting:
        thing = waiting.pop()
        if thing not in seen:
            seen.add(thing)
            if thing.kind == "relation" and thing.name in both.relations:
                return True
            waiting += rests_on(thing, both.rules[thing.entity])
    return False


# what comes back


def _answered(
    project: Project, rules: Rules, moment: AsOf, questions: Iterable[_Question]
) -> Iterator[tuple[Thing, Proof]]:
    every = list(questions)
    tests = [test for question in every for own in question.tests.values() for test in own]
    prover = open_prover(project, rules, moment, tests)
    always = open_for_any_moment(project, rules, tests)
    answers = [{way: prover.ask(own) for way, own in question.tests.items()} for question in every]
    rows = _rows(project, rules, moment, every, answers)
    for question, own in zip(every, answers, strict=True):
        sides = tuple(_side(way, own[way], tests, always, rows) for way, tests in question.tests.items())
        yield question.thing, Proof(moment.given, sides)


def _rows(
    project: Project,
    rules: Rules,
    moment: AsOf,
    questions: Sequence[_Question],
    answers: Sequence[Mapping[Way, Answer]],
) -> dict[tuple[Expression, ...], Shown]:
    """By tests that are not proven to exclude each other a row that passes them, where one was found."""
    asked = [
        Replayed(question.tests[way], answer.example)
        for question, own in zip(questions, answers, strict=True)
        for way, answer in own.items()
        if answer.verdict != "never"
    ]
    if not asked:
        return {}
    engine = connect()
    try:
        found = replay(engine, project, rules.entities, rules.entity.name, moment, asked)
    finally:
        engine.close()
    return {one.tests: _with_before(row) for one, row in zip(asked, found, strict=True) if row is not None}


def _with_before(row: Shown) -> Shown:
    """A row in which what only the old version had is called so, and told where it is another value now."""
    values: dict[str, object] = {}
    for name in dict.fromkeys(name.removesuffix(BEFORE) for name in row.values):
        was = f"{name}{BEFORE}"
        if name in row.values:
            values[name] = row.values[name]
        if was in row.values and (name not in row.values or row.values[was] != row.values[name]):
            values[f"{name} before"] = row.values[was]
    return replace(row, values=values)


def _side(
    way: Way,
    answer: Answer,
    tests: tuple[Expression, ...],
    always: AnyMoment,
    rows: Mapping[tuple[Expression, ...], Shown],
) -> Side:
    if answer.verdict == "never":
        lasting = always.ask(tests)
        is_always = lasting.verdict == "never"
        return Side(way, "never", lasting.facts if is_always else answer.facts, is_always)
    row = rows.get(tests)
    return Side(way, answer.verdict if row is None else "found", row=row)


# what becomes of changes


def _settled(changes: list[Change], alike: set[Thing], old: Version, new: Version) -> Iterator[Change]:
    """The changes, those that mean the same after all among what only reads otherwise."""
    same = {change.thing for change in changes if _is_same(change)} | alike
    labelled = {change.thing for change in changes if _is_labelled_alike(change, changes, same, old, new)}
    same |= labelled
    for change in changes:
        because = tuple(thing for thing in change.because if thing not in same)
        clauses = tuple(replace(clause, effect=None) for clause in change.clauses)
        proof = _proof_of_labels(change.thing, changes) if change.thing in labelled else change.proof
        if change.thing not in same:
            yield replace(change, because=because)
        elif change.verdict == "changed":
            yield replace(change, verdict="rewritten", because=(), clauses=clauses, proof=proof)
        elif because or not change.because:
            yield replace(change, verdict="unmoved", because=because, proof=proof)
        elif change.told:
            yield replace(change, verdict="described", because=())


def _is_labelled_alike(change: Change, changes: list[Change], same: set[Thing], old: Version, new: Version) -> bool:
    """Whether a segmentation gives every row the label that it had: all of its stages mean the same."""
    thing = change.thing
    if thing.kind != "segmentation" or change.verdict not in ("changed", "moved"):
        return False
    before = old.rules[thing.entity].segmentations[_was(change).name]
    after = new.rules[thing.entity].segmentations[thing.name]
    if before.hit != after.hit or (after.hit == "any" and change.notes):  # labels stand in the order of the stages
        return False
    return same.issuperset(stage.thing for stage in _stages_of(thing, changes))


def _stages_of(segmentation: Thing, changes: Iterable[Change]) -> Iterator[Change]:
    for change in changes:
        is_its_own = change.thing.name.startswith(f"{segmentation.name}.")
        if change.thing.kind == "stage" and change.thing.entity == segmentation.entity and is_its_own:
            yield change


def _proof_of_labels(segmentation: Thing, changes: Iterable[Change]) -> Proof | None:
    """That no label differs, from what is proven of the stages."""
    proofs = [change.proof for change in _stages_of(segmentation, changes) if change.proof is not None]
    if not proofs:
        return None
    facts = tuple(dict.fromkeys(fact for proof in proofs for fact in proof.facts))
    return Proof(proofs[0].as_of, (Side("differs", "never", facts, is_always=True),))
