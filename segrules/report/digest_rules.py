"""What a digest says of rules that changed: which, from what to what, and who came and went by them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from segrules.report.dashboard.charts.words import several
from segrules.report.digest_pieces import Named, Sentence, Written
from segrules.workflows.reporting.digest import Digest, Grown
from segrules.workflows.reporting.edits import Edit

_LONGEST_RULE = 160

Name = Callable[[Grown], Named]


def changed_rules(found: Digest, name: Name) -> list[Sentence]:
    """A sentence for each rule that changed, that by which most came and went first.

    Where it is not known what was written anew (a list, other keys), each segment and segmentation counts as one.
    """
    ruled = [one for one in found.segments if one.is_changed_by_rule]
    edits = sorted(found.edits, key=lambda edit: -sum(_many(one) for one in ruled if edit in one.edits))
    unknown = {(one.entity, one.name.partition(".")[0]): one for one in reversed(ruled) if not one.edits}
    said = [_used(one, found, name) for one in reversed(unknown.values())]
    return [*(_edited(edit, ruled, name) for edit in edits), *said]


def concerned(found: Digest, name: Name) -> Iterator[Sentence]:
    """A sentence for each segment and stage whose members came or went by the rule of something else."""
    for one in found.segments:
        if one.is_changed_by_rule and one.edits and one.edit is None:
            yield _used(one, found, name)


def _many(one: Grown) -> int:
    return one.entered_by_rule + one.left_by_rule


def _edited(edit: Edit, ruled: list[Grown], name: Name) -> Sentence:
    own = next((one for one in ruled if one.thing == edit.thing), None)
    texts = (Written(_short(edit.before)), " to ", Written(_short(edit.now)))
    if own is not None:
        said = f"; {own.entered_by_rule:,} came and {own.left_by_rule:,} left by that."
        return (name(own), ": its rule changed from ", *texts, said)
    others = sum(edit in one.edits for one in ruled)
    what = Written(edit.thing.name)
    moved = f"; members of {several(others, 'segment or stage', 'segments and stages')} changed by that."
    return (f"The {edit.thing.kind} ", what, " changed from ", *texts, moved)


def _used(one: Grown, found: Digest, name: Name) -> Sentence:
    said = f": {one.entered_by_rule:,} came and {one.left_by_rule:,} left, because "
    if not one.edits:
        return (name(one), f"{said}its rule, or something that it uses, changed.")
    first, *others = one.edits
    more = f" and {several(len(others), 'other rule', 'other rules')}" if others else ""
    cause = next((name(other) for other in found.segments if other.thing == first.thing), Written(first.thing.name))
    return (name(one), f"{said}the {first.thing.kind} ", cause, f"{more} changed.")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_RULE else text[: _LONGEST_RULE - 1] + "…"
