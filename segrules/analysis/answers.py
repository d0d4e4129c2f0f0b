"""What is asked about rules, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal as OneOf
from typing import Protocol

from segrules.language.core import Expression

Place = tuple[tuple[str, ...], str]
"""A path of lookups and the name of the column at its end."""
Cells = Mapping[Place, object]
"""The values of a row and of what its lookups lead to. A timestamp is on the project's wall clock; None is missing."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A promise of the contract that a proof rests on, and that `apply` checks.

    table: an entity, a relation, or with dots a lookup of one (`orders.product`).
    """

    table: str
    column: str
    promise: OneOf["values", "min", "max", "missing"]


@dataclass(frozen=True, slots=True)
class Example:
    """An entity row made up, with its rows in stored relations by their names. What is not given is missing."""

    cells: Cells = field(default_factory=dict)
    rows: Mapping[str, tuple[Cells, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether some row can pass tests at once.

    verdict: "never" is proven, and rests on `facts`; "possible": nothing that is known of the rules speaks against it,
    and `example` is what a row may look like, where one could be made up (to be tried on an engine before it is
    believed); "inconclusive": the work allowed for the question was not enough.
    """

    verdict: OneOf["never", "possible", "inconclusive"]
    facts: tuple[Fact, ...] = ()
    example: Example | None = None


NEVER, POSSIBLE, UNDECIDED = -1, -2, -3
"""In `Regions`: proven that no row lies there; nothing speaks against one, but none was made up; not enough work."""


@dataclass(frozen=True, slots=True)
class Regions:
    """How each two of many tests lie to each other.

    examples: made-up rows, and beside each (in `holds`) whether each test holds for it by the theory. `both[i][j]`: the
    place of an example that passes test i and test j (i == j: the one test), or NEVER, POSSIBLE or UNDECIDED;
    `only[i][j]`: the same for a row that passes i and not j; `without[i]`: for one that does not pass i.
    """

    examples: Sequence[Example | None]
    holds: Sequence[Sequence[bool]]
    both: tuple[tuple[int, ...], ...]
    only: tuple[tuple[int, ...], ...]
    without: tuple[int, ...]


class Prover(Protocol):
    """Answers questions about the rows of one entity. The same question has the same answer on every machine."""

    @property
    def name(self) -> str:
        """What proves, for people: `z3 5.4.1`, or `segrules` for the small procedure without a solver."""

    def ask(self, tests: Sequence[Expression], *, example: bool = True) -> Answer:
        """Whether some entity row passes all tests. example: False where nobody looks at one, which is faster."""

    def conflict(self, tests: Sequence[Expression]) -> tuple[int, ...]:
        """The places of a few tests that no row passes at once, each of them needed; () where none are found."""

    def regions(self, tests: Sequence[Expression], chosen: Sequence[int] | None = None) -> Regions:
        """How each two tests lie to each other. chosen: only pairs with one of these are asked; others are POSSIBLE."""
