"""What is proven of a change of meaning: whether somebody can enter, whether somebody can leave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal as OneOf

from segrules.analysis import Fact
from segrules.workflows.proving.shown import Shown

Way = OneOf["enters", "leaves", "differs"]
Scope = OneOf["same", "widened", "narrowed", "shifted", "other"]


@dataclass(frozen=True, slots=True)
class Side:
    """What is known of one way in which a row may tell two versions of a thing apart: of a trait it `differs`.

    verdict: "never" is proven; "found": there is such a row; "possible": nothing speaks against one; "inconclusive":
    the work allowed for the proof was not enough. facts: what "never" rests on; is_always: it is proven for every
    as-of, not for one alone. row: one that was made up and does it on an engine; what it had `before` is called so.
    """

    way: Way
    verdict: OneOf["never", "found", "possible", "inconclusive"]
    facts: tuple[Fact, ...] = ()
    is_always: bool = False
    row: Shown | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """What is known of all ways, as of one day."""

    as_of: date
    sides: tuple[Side, ...]

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The promises of the contract that it rests on."""
        return tuple(dict.fromkeys(fact for side in self.sides for fact in side.facts))

    @property
    def scope(self) -> Scope:
        """What the change does at most; `other` is a trait with other values."""
        match [side.way for side in self.sides if side.verdict != "never"]:
            case []:
                return "same"
            case ["enters"]:
                return "widened"
            case ["leaves"]:
                return "narrowed"
            case ["differs"]:
                return "other"
            case _:
                return "shifted"

    @property
    def is_certain(self) -> bool:
        """Whether it does just that: for each way a row was found, or there is none."""
        return all(side.verdict in ("never", "found") for side in self.sides)

    @property
    def is_always(self) -> bool:
        """Whether what never happens does not happen as of any moment."""
        return all(side.is_always for side in self.sides if side.verdict == "never")

    @property
    def is_same(self) -> bool:
        """Whether nothing changes, as of any moment."""
        return self.scope == "same" and self.is_always
