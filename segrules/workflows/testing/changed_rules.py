"""The rules that say something else than at a git revision, for checks of what a pull request changes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from segrules.diagnostics import Diagnostic
from segrules.language.normal_form import normal_form
from segrules.planning.variants import Thing, rule_parts
from segrules.project.environments import NO_SETTINGS, Settings
from segrules.project.model import Project, Rules
from segrules.project.revisions import open_revision
from segrules.workflows.validate import understand

RulePart = tuple[Thing, str | None]
"""A thing, and of a segmentation the stage, of a derived relation the column (None: its `where`)."""


def changed_since(
    folder: Path, revision: str, rules: Mapping[str, Rules], settings: Settings = NO_SETTINGS
) -> frozenset[RulePart] | Diagnostic:
    """The rules that are new, or mean something else in their own words, since a revision; or why there is no telling.

    A rule that is as it was counts as unchanged, whatever became of the traits and segments that it asks for.
    """
    before = rules_at(folder, revision, settings)
    return before if isinstance(before, Diagnostic) else changed_parts(before[1], rules)


def rules_at(
    folder: Path, revision: str, settings: Settings = NO_SETTINGS
) -> tuple[Project, Mapping[str, Rules]] | Diagnostic:
    """The project and its rules as they were at a revision, or why there is no telling."""
    read = open_revision(folder, revision)
    if isinstance(read, Diagnostic):
        return read
    project, rules, findings = understand(read, settings)
    if project is None:
        message = f"the project cannot be read as it was at `{revision}`: {findings[0].message}"
        return Diagnostic("unknown-revision", message)
    return project, rules


def changed_parts(before: Mapping[str, Rules], rules: Mapping[str, Rules]) -> frozenset[RulePart]:
    """The rules that are new, or mean something else in their own words."""
    old = {(thing, part): normal_form(rule) for own in before.values() for thing, part, rule in rule_parts(own)}
    return frozenset(
        (thing, part)
        for own in rules.values()
        for thing, part, rule in rule_parts(own)
        if old.get((thing, part)) != normal_form(rule)
    )
