"""Findings for definitions that refer to themselves, at each definition of each circle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from segrules.diagnostics import Diagnostic
from segrules.project.definitions import Definition, Parsed, Place
from segrules.project.ordering import circle_from

MOST_CIRCLES = 100
MOST_STEPS = 12


def circle_findings(
    groups: list[list[Place]], references: Mapping[Place, list[Place]], parsed: Mapping[Place, Parsed]
) -> Iterator[Diagnostic]:
    """A finding at each definition of each circle, up to a bound that keeps them readable."""
    reported = 0
    numbers = {place: number for number, place in enumerate(parsed)}
    for group in groups:
        members, seen = set(group), set[Place]()
        for place in sorted(group, key=numbers.__getitem__) if len(group) <= MOST_CIRCLES else group:
            if place in seen or reported >= MOST_CIRCLES:
                continue
            circle = circle_from(place, references, members)
            seen.update(circle)
            for number, step in enumerate(circle[:-1][:MOST_CIRCLES]):
                around = [*circle[number:-1], *circle[: number + 1]]
                yield _circle_finding(step, around, parsed[step].definition)
                reported += 1


def _circle_finding(place: Place, circle: list[Place], definition: Definition) -> Diagnostic:
    shown: list[Place | None] = [*circle]
    if len(shown) > MOST_STEPS:
        shown = [*shown[: MOST_STEPS // 2], None, *shown[-MOST_STEPS // 2 :]]
    is_of_several = len({step.entity for step in circle}) > 1
    around = " -> ".join("…" if step is None else f"`{_name(step, is_of_several)}`" for step in shown)
    message = f"`{place.name}` refers to itself: {around}"
    return Diagnostic("reference-cycle", message, definition.span, "one of them has to do without the next")


def _name(place: Place, is_of_several: bool) -> str:
    """With its entity where the circle leads through several."""
    return f"{place.entity}.{place.name}" if is_of_several else place.name
