"""Resolved rules and what is wanted of them -> a logical plan: a DAG of rows whose columns are computed once.

In: one entity's `Rules`, references to segments, segmentations and traits, an as-of instant. Out: a `Plan`
without open time, names unique for every engine. Absent: dialects, SQL, files, the clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from segrules.language.core import Reference
from segrules.language.trees import may_be_missing
from segrules.language.types import BOOLEAN, TEXT, list_of
from segrules.planning.build import build
from segrules.planning.nodes import Plan
from segrules.planning.optimize import optimize
from segrules.planning.time import AsOf
from segrules.project.model import Rules

__all__ = ["naive_plan", "plan", "reference", "references"]


def plan(rules: Rules, wanted: Sequence[Reference], as_of: AsOf, partition: str | None = None) -> Plan:
    """The optimised plan of everything wanted."""
    return optimize(build(rules, wanted, as_of, partition))


def naive_plan(rules: Rules, wanted: Sequence[Reference], as_of: AsOf, partition: str | None = None) -> Plan:
    """The plan before any pass: the yardstick that the optimised one must equal."""
    return build(rules, wanted, as_of, partition)


def references(rules: Rules, names: Iterable[str]) -> tuple[Reference, ...]:
    """References to named things; a name is a segment or stage, else a segmentation, else a trait."""
    return tuple(reference(rules, name) for name in names)


def reference(rules: Rules, name: str) -> Reference:
    """A reference to one segment, stage (`lifecycle.churned`), segmentation or trait. KeyError for other names."""
    if name in rules.segments:
        return Reference("segment", name, BOOLEAN)
    if name in rules.segmentations:
        labelling = rules.segmentations[name]
        kind = list_of(TEXT) if labelling.hit == "any" else TEXT
        return Reference("segmentation", name, kind, labelling.otherwise is None)
    if name in rules.traits:
        return Reference("trait", name, rules.traits[name].type, may_be_missing(rules.traits[name]))
    owner, _, label = name.partition(".")
    labelling = rules.segmentations[owner]
    if label not in (*(stage for stage, _ in labelling.stages), labelling.otherwise):
        raise KeyError(name)
    return Reference("segment", name, BOOLEAN)
