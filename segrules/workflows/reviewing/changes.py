"""What changed between two versions of a project: every trait, segment, stage and derived relation that means, or says,
something else, and why."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from segrules.language.core import Expression
from segrules.language.normal_form import normal_form
from segrules.planning.meanings import form, meanings, rests_on, written_alike
from segrules.planning.renaming import Thing, renamed, things_of
from segrules.project.model import Labelling, Project, Rules, Tree
from segrules.workflows.reviewing.change import Change, Comparison, Version
from segrules.workflows.reviewing.clause_changes import ClauseChange, clause_changes
from segrules.workflows.reviewing.relation_changes import parts_of, relation_notes
from segrules.workflows.reviewing.suppressed import told_once


def compare(old: Version, new: Version) -> Comparison:
    """The changes from one version to another. Time and space grow with the size of the project."""
    before, after = meanings(old.rules), meanings(new.rules)
    there = [thing for own in old.rules.values() for thing in things_of(own)]
    here = dict.fromkeys(thing for own in new.rules.values() for thing in things_of(own))
    alike = written_alike(old.rules, new.rules)
    renames = _renames(there, here, before, after)
    earlier = {replace(thing, name=renames.get(thing, thing.name)): thing for thing in there}
    same = {
        was: thing.name
        for thing in here
        if (was := earlier.get(thing)) is not None and (thing in alike or before(was) == after(thing))
    }

    def rename(thing: Thing) -> str:
        return renames.get(thing, thing.name)

    said_before, said_now = _sayings(old), _sayings(new)
    declared_before, declared_now = _declared(old.project), _declared(new.project)
    found: dict[Thing, Change] = {}
    for thing in (*here, *(thing for thing in earlier if thing not in here)):
        was = earlier.get(thing)
        if was is None:
            rule = _rule(thing, new.rules[thing.entity])
            clauses = () if rule is None else (ClauseChange(None, rule),)
            found[thing] = Change(thing, "mended" if thing in declared_before else "added", clauses=clauses)
        elif thing not in here:
            rule = _rule(was, old.rules[was.entity])
            clauses = () if rule is None else (ClauseChange(rule, None),)
            found[was] = Change(was, "broken") if was in declared_now else Change(was, "removed", clauses=clauses)
        elif was not in same:
            change = _changed(thing, was, old.rules[was.entity], new.rules[thing.entity], rename)
            name = _fingerprint(thing, before(was), after(thing))
            told = _told(said_before.get(was), said_now.get(thing))
            found[thing] = replace(change, told=told, fingerprint=name)
        elif (other := _said_otherwise(thing, was, said_before.get(was), said_now.get(thing))) is not None:
            found[thing] = other
    found = {change.thing: change for change in told_once(found.values(), old.project, new.project)}
    causes = _causes(found, old.rules, new.rules)
    changes = tuple(
        replace(change, because=(*change.because, *causes(change.thing)))
        if change.verdict == "moved"
        else replace(change, because=_causes_beside(change, earlier, causes, found, old.rules, new.rules))
        if change.verdict == "changed" and change.thing in earlier and not _is_stage(change.thing)
        else change
        for change in found.values()
    )
    return Comparison(changes, same)


def _causes_beside(
    change: Change,
    earlier: Mapping[Thing, Thing],
    causes: Callable[[Thing], tuple[Thing, ...]],
    found: Mapping[Thing, Change],
    old: Mapping[str, Rules],
    new: Mapping[str, Rules],
) -> tuple[Thing, ...]:
    """What moves a thing beside its own clauses: changes of what it rests on now as before."""
    thing, was = change.thing, earlier[change.thing]
    before = rests_on(was, old[was.entity])
    kept = [other for other in rests_on(thing, new[thing.entity]) if earlier.get(other) in before]
    result: dict[Thing, None] = {}
    for other in kept:
        verdict = found[other].verdict if other in found else None
        if verdict == "changed":
            result[other] = None
        elif verdict == "moved":
            result.update(dict.fromkeys(causes(other)))
    return tuple(result)


def _fingerprint(thing: Thing, before: str, after: str) -> str:
    """A short name of one change: another one once either version of the rule means something else."""
    content = (thing.entity, thing.kind, thing.name, before, after)
    return hashlib.sha256(repr(content).encode()).hexdigest()[:10]


def _renames(
    there: Iterable[Thing], here: Collection[Thing], before: Callable[[Thing], str], after: Callable[[Thing], str]
) -> dict[Thing, str]:
    """The things that have another name now: there before and not now, and one of the same meaning the other way."""
    known = frozenset(there)
    free: dict[tuple[str, str, str], list[Thing]] = {}
    for thing in here:
        if thing not in known and not _is_stage(thing):
            free.setdefault((thing.entity, thing.kind, after(thing)), []).append(thing)
    found: dict[Thing, str] = {}
    for thing in there:
        if thing in here:
            continue
        if _is_stage(thing):
            owner = found.get(_segmentation_of(thing))
            if owner is not None:
                found[thing] = f"{owner}.{thing.name.partition('.')[2]}"
        elif candidates := free.get((thing.entity, thing.kind, before(thing))):
            found[thing] = candidates.pop(0).name
    return found


def _said_otherwise(thing: Thing, was: Thing, before: _Saying | None, now: _Saying | None) -> Change | None:
    """The change of a thing that means what it did; None where nothing else changed."""
    told = _told(before, now)
    if was.name != thing.name and not _is_stage(thing):
        return Change(thing, "renamed", was.name, told=told)
    if (before or _NOTHING).text != (now or _NOTHING).text:
        return Change(thing, "rewritten", told=told)
    return Change(thing, "described", told=told) if told else None


def _is_stage(thing: Thing) -> bool:
    return thing.kind == "stage"


def _segmentation_of(stage: Thing) -> Thing:
    return Thing(stage.entity, "segmentation", stage.name.partition(".")[0])


def _rule(thing: Thing, rules: Rules) -> Expression | None:
    """The one expression that a thing is; None of what is made of several, and of the stage for the rest."""
    match thing.kind:
        case "trait":
            return rules.traits[thing.name]
        case "segment":
            return rules.segments[thing.name]
        case "stage":
            name, _, label = thing.name.partition(".")
            return dict(rules.segmentations[name].stages).get(label)
        case _:
            return None


def _changed(thing: Thing, was: Thing, before: Rules, after: Rules, rename: Callable[[Thing], str]) -> Change:
    """The change of a thing that means something else now."""
    if form(was, before, rename) == form(thing, after, lambda other: other.name):
        return Change(thing, "moved")
    clauses, notes = _differences(thing, was, before, after, rename)
    if not clauses and not notes and thing.kind != "segmentation":  # its words are as before: what they name is not
        return Change(thing, "moved")
    return Change(thing, "changed", was.name if was.name != thing.name else None, clauses, notes)


def _differences(
    thing: Thing, was: Thing, before: Rules, after: Rules, rename: Callable[[Thing], str]
) -> tuple[tuple[ClauseChange, ...], tuple[str, ...]]:
    """The clauses that changed, and what changed besides."""

    def then(node: Expression) -> Expression:
        return normal_form(renamed(node, before, rename))

    def pair(left: Expression, right: Expression) -> tuple[ClauseChange, ...]:
        found = clause_changes(left, right, then, normal_form)
        texts = [change.texts for change in found]
        as_before = {before for before, _ in texts} & {after for _, after in texts}  # what it names is not
        return tuple(change for change in found if change.values or not {*change.texts} <= {*as_before, None})

    match thing.kind:
        case "trait":
            return pair(before.traits[was.name], after.traits[thing.name]), ()
        case "segment":
            return pair(before.segments[was.name], after.segments[thing.name]), ()
        case "stage":
            (owner, _, label), (now, _, _) = was.name.partition("."), thing.name.partition(".")
            left, right = dict(before.segmentations[owner].stages), dict(after.segmentations[now].stages)
            return pair(left[label], right[label]) if label in left and label in right else (), ()
        case "segmentation":
            return (), tuple(_stage_notes(before.segmentations[was.name], after.segmentations[thing.name]))
        case _:
            old, new = (parts_of(item.name, own) for item, own in ((was, before), (thing, after)))
            clauses = tuple(change for name in old if name in new for change in pair(old[name], new[name]))
            return clauses, tuple(relation_notes(was.name, thing.name, before, after, rename))


def _stage_notes(before: Labelling, after: Labelling) -> Iterator[str]:
    """What changed in a segmentation but for the rules of its stages."""
    if before.hit != after.hit:
        yield f"hit: {before.hit} → {after.hit}"
    old, new = ([label for label, _ in item.stages] for item in (before, after))
    common = [label for label in new if label in old]
    if [label for label in old if label in new] != common and after.hit != "unique":
        yield f"order of stages, of which the first that fits counts: {', '.join(old)} → {', '.join(new)}"
    if before.otherwise != after.otherwise:
        yield f"otherwise: {before.otherwise or 'no stage'} → {after.otherwise or 'no stage'}"


def _causes(
    found: Mapping[Thing, Change], old: Mapping[str, Rules], new: Mapping[str, Rules]
) -> Callable[[Thing], tuple[Thing, ...]]:
    """What made a thing move: the nearest things that changed themselves among all that it rests on."""

    known = {thing for own in new.values() for thing in things_of(own)}
    around: dict[Thing, list[Thing]] = {}  # by segmentation itself and its stages, where those changed
    for thing, change in found.items():
        if _is_stage(thing) and change.verdict in ("changed", "added", "removed"):
            around.setdefault(_segmentation_of(thing), []).append(thing)
        elif thing.kind == "segmentation" and change.notes:
            around.setdefault(thing, []).insert(0, thing)

    @cache
    def causes(thing: Thing) -> tuple[Thing, ...]:
        own = new[thing.entity] if thing in known else old[thing.entity]
        result: dict[Thing, None] = {}
        if _is_stage(thing):
            result.update(dict.fromkeys(around.get(_segmentation_of(thing), ())))
        for other in rests_on(thing, own):
            change = found.get(other)
            if change is not None and change.verdict == "moved":
                result.update(dict.fromkeys(causes(other)))
            elif change is not None and change.matters:
                result[other] = None
        return tuple(result)

    return causes


# what is said of things


@dataclass(frozen=True, slots=True)
class _Saying:
    """How a thing is written, and what is said of it beside its rule."""

    text: object = None
    about: Mapping[str, Any] = field(default_factory=dict)


_NOTHING = _Saying()


def _sayings(version: Version) -> dict[Thing, _Saying]:
    project = version.project
    found: dict[Thing, _Saying] = {}
    for trait in project.traits:
        found[Thing(trait.entity, "trait", trait.name)] = _Saying(trait.rule.text)
    for segment in project.segments:
        about = {**segment.about, "expect": ", ".join(f"{item.measure} {item.text}" for item in segment.expect) or None}
        found[Thing(segment.entity, "segment", segment.name)] = _Saying(_tree_text(segment.rule), about)
    for one in project.segmentations:
        stages = tuple((stage.label, stage.rule.text) for stage in one.stages)
        found[Thing(one.entity, "segmentation", one.name)] = _Saying(stages, one.about)
    return found


def _tree_text(tree: Tree) -> object:
    return tree.when.text if tree.when is not None else (tree.kind, tuple(map(_tree_text, tree.items)))


def _told(before: _Saying | None, after: _Saying | None) -> tuple[str, ...]:
    """What is said otherwise of a thing: `owner: a → b`."""
    old, new = (item.about if item else {} for item in (before, after))
    keys = dict.fromkeys((*old, *new))
    return tuple(_note(key, old.get(key), new.get(key)) for key in keys if old.get(key) != new.get(key))


def _note(key: str, old: object, new: object) -> str:
    return f"{key}: {_shown(old)} → {_shown(new)}"


def _shown(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case Mapping():
            return ", ".join(f"{key} {_shown(item)}" for key, item in value.items())
        case list():
            return ", ".join(map(_shown, value))
        case _:
            return str(value)


def _declared(project: Project) -> frozenset[Thing]:
    """Everything that a project's files define, also with errors."""
    found = {Thing(item.entity, "trait", item.name) for item in project.traits}
    found |= {Thing(item.entity, "segment", item.name) for item in project.segments}
    found |= {Thing(item.entity, "relation", item.name) for item in project.relations}
    for item in project.segmentations:
        found.add(Thing(item.entity, "segmentation", item.name))
        found |= {Thing(item.entity, "stage", f"{item.name}.{label}") for label in item.labels}
    entities = [entity.name for entity in project.entities]
    for broken in project.broken:
        found |= {Thing(entity, broken.kind, broken.name) for entity in entities if broken.entity in (None, entity)}
    return frozenset(found)
