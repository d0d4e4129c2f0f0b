"""Which rules were written anew between two recorded runs, and whose members may have changed by that."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal as OneOf

from segrules.language.core import Literal
from segrules.planning.labels import constant
from segrules.planning.renaming import Thing
from segrules.project.model import Segment, Tree
from segrules.source import one_line
from segrules.workflows.history.kept_rules import kept_project
from segrules.workflows.history.records import RecordedRun
from segrules.workflows.reporting.data import Report

_PARAM = re.compile(r"\bparams\.(\w+)")


@dataclass(frozen=True, slots=True)
class Edit:
    """A segment, stage or trait whose rule is written in another way: `thing` as it is called now, and both texts.

    A text has besides the rule what stands beside it, and the values of its params.
    """

    thing: Thing
    before: str
    now: str


def edits(start: RecordedRun, end: RecordedRun, called: Mapping[Thing, str]) -> tuple[Edit, ...]:
    """The rules that differ in their words. called: by what has another name now, the name at the start.

    None where the files of a run are not kept, or cannot be read.
    """
    if start.rules == end.rules:
        return ()
    old, new = _texts(start), _texts(end)
    found = ((thing, old.get(Thing(thing.entity, thing.kind, called.get(thing, thing.name)))) for thing in new)
    return tuple(Edit(thing, before, new[thing]) for thing, before in found if before not in (None, new[thing]))


def causes(thing: Thing, found: Sequence[Edit], uses: Mapping[Thing, Sequence[Thing]]) -> tuple[Edit, ...]:
    """The edits that a segment or stage rests on, its own first, then those of other stages beside it, and the rest."""
    reached = _reached(thing, uses)
    own = [edit for edit in found if _whole(edit.thing) in reached]
    return tuple(sorted(own, key=lambda edit: (edit.thing != thing, _whole(edit.thing) != _whole(thing))))


def cause_before(thing: Thing, report: Report) -> OneOf["own", "used"] | None:
    """Whether at the run before its own rule was another one, or one that it uses; None where neither is known."""
    if thing in report.rules_before:
        return "own"
    reached = _reached(thing, uses_of(report))
    return "used" if any(_whole(one) in reached for one in report.rules_before) else None


def _reached(thing: Thing, uses: Mapping[Thing, Sequence[Thing]]) -> set[Thing]:
    """What a segment or stage rests on, with itself."""
    reached = {_whole(thing)}
    waiting = [*reached]
    while waiting:
        fresh = {_whole(use) for use in uses.get(waiting.pop(), ())} - reached
        reached |= fresh
        waiting += fresh
    return reached


def uses_of(report: Report) -> dict[Thing, Sequence[Thing]]:
    """What segments, segmentations and traits name, by them."""
    found: dict[Thing, Sequence[Thing]] = {}
    for own in report.entities:
        found |= {Thing(own.entity, "segment", item.name): item.uses for item in own.segments}
        found |= {Thing(own.entity, "segmentation", item.name): item.uses for item in own.segmentations}
        found |= {Thing(own.entity, "trait", item.name): item.uses for item in own.traits}
    return found


def tree_text(tree: Tree) -> str:
    """The words of a rule: `orders >= 5`, `all: [orders >= 5, any: [lapsed, country == 'US']]`."""
    if tree.when is not None:
        return one_line(tree.when.text)
    return f"{tree.kind}: [{', '.join(map(tree_text, tree.items))}]"


def _whole(thing: Thing) -> Thing:
    """The segmentation of a stage; everything else is itself."""
    return Thing(thing.entity, "segmentation", thing.name.partition(".")[0]) if thing.kind == "stage" else thing


def _texts(run: RecordedRun) -> dict[Thing, str]:
    project, _ = kept_project(run)
    if project is None:
        return {}
    found = {Thing(one.entity, "trait", one.name): one_line(one.rule.text) for one in project.traits}
    found |= {Thing(one.entity, "segment", one.name): _segment_text(one) for one in project.segments}
    for one in project.segmentations:
        found |= {
            Thing(one.entity, "stage", f"{one.name}.{stage.label}"): one_line(stage.rule.text) for stage in one.stages
        }
    return {thing: _with_params(text, project.params) for thing, text in found.items()}


def _segment_text(segment: Segment) -> str:
    """The rule and what stands beside it: of keys how many, not which."""
    parts = [tree_text(segment.rule)]
    for key, keys in (("include", segment.include), ("exclude", segment.exclude)):
        if keys is not None:
            parts.append(f"{key}: {keys.file if keys.file is not None else _count(len(keys.written), 'key')}")
    if segment.suppress is not None:
        parts.append(f"suppress: {one_line(segment.suppress.text)}")
    if segment.is_exempt:
        parts.append("suppress: false")
    return "; ".join(parts)


def _with_params(text: str, params: Mapping[str, Literal]) -> str:
    """The words of a rule, and the values of the params in them: of a list how many."""
    named = dict.fromkeys(name for name in _PARAM.findall(text) if name in params)
    return "; ".join((text, *(f"params.{name}: {_value(params[name].value)}" for name in named)))


def _value(value: object) -> str:
    return _count(len(value), "value") if isinstance(value, tuple) else constant(value)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
