"""What of a project has to be proven again since a revision: what changed, and what rests on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from segrules.diagnostics import Diagnostic
from segrules.planning.variants import Thing, reached, users_of
from segrules.project.environments import NO_SETTINGS, Settings
from segrules.project.model import Project, Rules
from segrules.workflows.testing.changed_rules import changed_parts, rules_at


def names_changed_since(
    folder: Path, revision: str, project: Project, rules: Mapping[str, Rules], settings: Settings = NO_SETTINGS
) -> dict[str, frozenset[str]] | Diagnostic | None:
    """By entity the segments and segmentations that may mean something else than at a git revision.

    None for all of them: where the contract changed, whose facts any proof may rest on.
    """
    before = rules_at(folder, revision, settings)
    if isinstance(before, Diagnostic):
        return before
    old, old_rules = before
    if _contract(old) != _contract(project):
        return None
    changed = {thing for thing, _ in changed_parts(old_rules, rules)}
    for entity, own in rules.items():
        changed.update(_made_otherwise(old_rules.get(entity), own))
    users = users_of(rules)
    things = {thing for start in changed for thing in reached(start, users)}
    return {
        entity: frozenset(name for owner, kind, name in things if owner == entity and kind in _SETS) for entity in rules
    }


_SETS = ("segment", "segmentation")


def _contract(project: Project) -> object:
    stored = tuple(relation for relation in project.relations if relation.making is None)
    return project.entities, stored, project.timezone, project.fiscal_year_starts


def _made_otherwise(before: Rules | None, rules: Rules) -> Iterator[Thing]:
    """Segmentations whose stages are others, or in another order, and relations that are made from something else."""
    entity = rules.entity.name
    for name, labelling in rules.segmentations.items():
        old = before.segmentations.get(name) if before is not None else None
        labels = tuple(label for label, _ in labelling.stages)
        if old is None or (old.hit, old.otherwise, tuple(label for label, _ in old.stages)) != (
            labelling.hit,
            labelling.otherwise,
            labels,
        ):
            yield entity, "segmentation", name
    for name, made in rules.derived.items():
        was = before.derived.get(name) if before is not None else None
        if was is None or (was.base, was.by, was.where is None) != (made.base, made.by, made.where is None):
            yield entity, "relation", name
