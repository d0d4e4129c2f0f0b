"""Why members changed: what the rules of the run before make of the rows of today, where these were other rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from segrules.diagnostics import has_errors
from segrules.language.core import And, Expression, Reference
from segrules.language.types import BOOLEAN
from segrules.planning import plan, reference
from segrules.planning.renaming import Thing
from segrules.planning.two_versions import TwoVersions, together
from segrules.project.model import Entity, Lookup, Project, Relation
from segrules.project.resolve import resolve
from segrules.sql.scans import typed_scans
from segrules.sql.states import State, state_query
from segrules.sql.temporary import temporary_table
from segrules.workflows.history.kept_rules import kept_project
from segrules.workflows.history.records import RecordedRun, Segment, thing_of
from segrules.workflows.reviewing.change import Comparison, Version
from segrules.workflows.reviewing.changes import compare
from segrules.workflows.running import Run
from segrules.workflows.sources import concretize, owners

Sourced = TypeVar("Sourced", Entity, Relation, Lookup)


@dataclass(frozen=True, slots=True)
class RuleChange:
    """What a change of rules did to segments and stages since the run before.

    renamed: by those that have another name now, the name before. by_rule: those whose change of members counts as the
    rule's altogether: there is no rule before, or none that can be computed now. states: by entity who would be in by
    the rules of the run before, for those whose meaning is another one.
    """

    renamed: Mapping[Segment, str] = field(default_factory=dict)
    by_rule: frozenset[Segment] = frozenset()
    states: Mapping[str, State] = field(default_factory=dict)


def rule_change(run: Run, before: RecordedRun, names: Mapping[str, tuple[str, ...]]) -> RuleChange:
    """The change of rules from a recorded run to one of today. names: by entity its segments and stages now.

    What would be in by the old rules is kept in tables of the engine.
    """
    if run.rules_hash == before.rules:
        return RuleChange()
    everything = frozenset((entity, name) for entity, own in names.items() for name in own)
    old = _version_before(run, before)
    if old is None:
        return RuleChange(by_rule=everything)
    comparison = compare(old, Version(run.project.name, run.project, run.rules))
    renamed = _renamed(comparison, before, everything)
    both = together(old.rules, run.rules, comparison.same)
    others = {name for name in everything if not _means_the_same(name, renamed, comparison)}
    tables = {table for table, _ in owners(old.project)}
    if both.relations or not tables <= set(run.tables) or old.project.timezone != run.project.timezone:
        return RuleChange(renamed, frozenset(others))
    states: dict[str, State] = {}
    computed: set[Segment] = set()
    for entity, own in names.items():
        asked = {name: _before(entity, name, renamed, before, both) for name in own if (entity, name) in others}
        known = {name: reference for name, reference in asked.items() if reference is not None}
        if known:
            states[entity] = _state(run, both, entity, known)
            computed |= {(entity, name) for name in known}
    return RuleChange(renamed, frozenset(others - computed), states)


def _version_before(run: Run, before: RecordedRun) -> Version | None:
    """The rules of a recorded run, typed by the data of today; None where they are not kept or fit no more."""
    project, findings = kept_project(before)
    if project is None or has_errors(findings):
        return None
    typed, unfit = concretize(run.engine, _on_sources_of(run.project, project), run.tables)
    if has_errors(unfit):
        return None
    rules, wrong = resolve(typed)
    return None if has_errors(wrong) else Version("before", typed, rules)


def _on_sources_of(now: Project, old: Project) -> Project:
    """The old project on the sources of today: files that have another place are no change of rules."""
    entities = {own.name: own for own in now.entities}
    relations = {own.name: own for own in now.relations}
    return replace(
        old,
        entities=tuple(_moved(own, entities.get(own.name)) for own in old.entities),
        relations=tuple(_moved(own, relations.get(own.name)) for own in old.relations),
    )


def _moved(old: Sourced, now: Sourced | None) -> Sourced:
    if now is None:
        return old
    lookups = {own.name: own for own in now.lookups}
    source = old.source if old.source is None or now.source is None else now.source
    return replace(old, source=source, lookups=tuple(_moved(own, lookups.get(own.name)) for own in old.lookups))


def _renamed(comparison: Comparison, before: RecordedRun, names: frozenset[Segment]) -> dict[Segment, str]:
    """The segments and stages that have another name now, by their names of today."""
    found: dict[Segment, str] = {}
    for thing, now in comparison.same.items():
        own = (thing.entity, now)
        is_renamed = thing.kind in ("segment", "stage") and thing.name != now and own in names
        if is_renamed and (thing.entity, thing.name) in before.segments and own not in before.segments:
            found[own] = thing.name
    return found


def _means_the_same(segment: Segment, renamed: Mapping[Segment, str], comparison: Comparison) -> bool:
    entity, name = segment
    before = renamed.get(segment, name)
    return any(comparison.same.get(Thing(entity, kind, before)) == name for kind in ("segment", "stage"))


def _before(
    entity: str, name: str, renamed: Mapping[Segment, str], before: RecordedRun, both: TwoVersions
) -> Reference | None:
    """What had a name at the run before, as something that can be computed now; None where there is no such thing."""
    own = renamed.get((entity, name), name)
    if (entity, own) not in before.segments:
        return None
    thing = thing_of((entity, own))
    called = both.rename(thing)
    rules = both.rules[entity]
    is_there = called in rules.segments or called.partition(".")[0] in rules.segmentations
    return reference(rules, called) if is_there and thing not in both.lost else None


def _state(run: Run, both: TwoVersions, entity: str, asked: Mapping[str, Reference]) -> State:
    """Who would be in by the rules before, kept in a table."""
    rules = both.rules[entity]
    tests: dict[str, Expression] = {f"before {place}": And((test,)) for place, test in enumerate(asked.values())}
    wanted = tuple(Reference("trait", name, BOOLEAN) for name in tests)
    made = plan(replace(rules, traits={**rules.traits, **tests}, carry={}), wanted, run.as_of)
    outputs = {output.wanted: output for output in made.outputs}
    table = f"rules before of {entity}"
    query = state_query(made, typed_scans(run.tables, run.as_of.zone), [outputs[one] for one in wanted])
    run.local.execute(temporary_table(table, query))
    return State(table, tuple(asked), is_table=True)
