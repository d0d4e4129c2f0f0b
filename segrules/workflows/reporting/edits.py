"""Which rules were written anew between two recorded runs, and whose members may have changed by that."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from segrules.planning.renaming import Thing
from segrules.project.environments import Settings
from segrules.project.loader import load
from segrules.project.model import Tree
from segrules.project.reader import TextReader
from segrules.workflows.history.records import RecordedRun, rules_path
from segrules.workflows.reporting.data import Report


@dataclass(frozen=True, slots=True)
class Edit:
    """A segment, stage or trait whose rule is written in another way: `thing` as it is called now, and both texts."""

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
    reached = {_whole(thing)}
    waiting = [*reached]
    while waiting:
        fresh = {_whole(use) for use in uses.get(waiting.pop(), ())} - reached
        reached |= fresh
        waiting += fresh
    own = [edit for edit in found if _whole(edit.thing) in reached]
    return tuple(sorted(own, key=lambda edit: (edit.thing != thing, _whole(edit.thing) != _whole(thing))))


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
        return " ".join(tree.when.text.split())
    return f"{tree.kind}: [{', '.join(map(tree_text, tree.items))}]"


def _whole(thing: Thing) -> Thing:
    """The segmentation of a stage; everything else is itself."""
    return Thing(thing.entity, "segmentation", thing.name.partition(".")[0]) if thing.kind == "stage" else thing


def _texts(run: RecordedRun) -> dict[Thing, str]:
    try:
        texts = json.loads(rules_path(run.folder.parent, run.rules).read_text(encoding="utf-8"))
        settings = Settings(
            run.about["environment"], tuple(f"{name}={value}" for name, value in run.about["set"].items())
        )
        project, _ = load(TextReader(texts), settings)
    except (OSError, ValueError, KeyError, AttributeError):
        return {}
    if project is None:
        return {}
    found = {Thing(one.entity, "trait", one.name): " ".join(one.rule.text.split()) for one in project.traits}
    found |= {Thing(one.entity, "segment", one.name): tree_text(one.rule) for one in project.segments}
    for one in project.segmentations:
        found |= {
            Thing(one.entity, "stage", f"{one.name}.{stage.label}"): " ".join(stage.rule.text.split())
            for stage in one.stages
        }
    return found
