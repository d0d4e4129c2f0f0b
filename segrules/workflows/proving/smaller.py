"""Made-up rows that an engine has confirmed, made small and plausible: edits tried in rounds, all questions at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from segrules.workflows.mutating.draft_values import Draft
from segrules.workflows.proving.edits import Change, Edit, edited

Holds = Callable[[Sequence[tuple[int, Draft]]], list[bool]]
"""For drafts, each with the place of the question that it was made for, whether its tests hold."""
Proposals = Callable[[int, Draft], Iterable[tuple[Edit, ...]]]
"""For a question and a draft edits to try; of each tuple one alone is wanted, the first that can be."""


def improved(found: Mapping[int, Draft], proposals: Proposals, holds: Holds) -> dict[int, Draft]:
    """Those drafts that can be changed, with as many of the proposed edits as their tests were found to bear."""
    if not found:
        return {}
    tried = [
        (place, number, edit)
        for place, draft in found.items()
        for number, alternatives in enumerate(proposals(place, draft))
        for edit in alternatives
    ]
    passing = holds([(place, edited(found[place], [edit])) for place, _, edit in tried])
    chosen: dict[int, dict[int, Edit]] = {}
    made: dict[int, set[Change]] = {}
    for (place, number, edit), passes in zip(tried, passing, strict=True):
        if passes and not made.setdefault(place, set()).issuperset(edit) and number not in chosen.get(place, {}):
            chosen.setdefault(place, {})[number] = edit
            made[place] |= {*edit}
    return _together(found, {place: list(own.values()) for place, own in chosen.items()}, holds)


def _together(found: Mapping[int, Draft], chosen: Mapping[int, Sequence[Edit]], holds: Holds) -> dict[int, Draft]:
    """The drafts with as many of the edits as can be, each of which can be made by itself: often all."""
    all_made = [(place, edited(found[place], edits)) for place, edits in chosen.items()]
    best = {place: draft for (place, draft), passes in zip(all_made, holds(all_made), strict=True) if passes}
    sets = [(place, some) for place, edits in chosen.items() if place not in best for some in _some(edits)]
    drafts = [(place, edited(found[place], some)) for place, some in sets]
    for (place, draft), passes in zip(drafts, holds(drafts), strict=True):
        if passes:
            best.setdefault(place, draft)
    return best


def _some(edits: Sequence[Edit]) -> list[Sequence[Edit]]:
    """Some of the edits, the most first: all without each one, then fewer and fewer of the first."""
    without = [[*edits[:at], *edits[at + 1 :]] for at in range(len(edits))]
    return [*reversed(without), *(edits[:count] for count in range(len(edits) - 2, 0, -1))]
