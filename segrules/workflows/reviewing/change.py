"""What `diff` knows of two versions of a project: what became of each thing, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal as OneOf

from segrules.planning.renaming import Thing
from segrules.project.model import Project, Rules
from segrules.workflows.reviewing.clause_changes import ClauseChange
from segrules.workflows.reviewing.proof import Proof

Verdict = OneOf[
    "added", "removed", "changed", "moved", "unmoved", "renamed", "rewritten", "described", "broken", "mended"
]
"""What became of a thing. moved: its own rule is as before, something that it rests on changed; unmoved: that does not
touch it, which is proven. rewritten: its text is another one of the same meaning. described: only what is said of it
beside the rule changed. broken: its rule has errors now; mended: it had errors before."""


@dataclass(frozen=True, slots=True)
class Version:
    """A project at one revision, or in one folder. `name` is what a message calls it."""

    name: str
    project: Project
    rules: Mapping[str, Rules]


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one thing. before: its name before, where it has another one now.

    notes: changes of meaning beside the clauses, in words. told: what is said of it otherwise, such as its owner.
    because: changes in what it rests on that make it move, be it beside its own.
    fingerprint: of a change of meaning, its name in approvals. proof: what is proven of it, where something was asked.
    """

    thing: Thing
    verdict: Verdict
    before: str | None = None
    clauses: tuple[ClauseChange, ...] = ()
    notes: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    because: tuple[Thing, ...] = ()
    fingerprint: str = ""
    proof: Proof | None = None

    @property
    def matters(self) -> bool:
        """Whether members may have changed."""
        return self.verdict in ("added", "removed", "changed", "moved", "broken", "mended")


@dataclass(frozen=True, slots=True)
class Comparison:
    """All changes in the order of the new version's files.

    same: by thing of the old version the name of what means the same now.
    """

    changes: tuple[Change, ...]
    same: Mapping[Thing, str] = field(default_factory=dict)
