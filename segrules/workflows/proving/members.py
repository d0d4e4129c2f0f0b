"""Members of segments, and of each two at once, in one look at the rows of an entity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from segrules.diagnostics import Diagnostic, has_errors
from segrules.language.core import Reference
from segrules.planning import plan
from segrules.sql import DIALECTS, counts
from segrules.sql.stored import FLAGS
from segrules.workflows.counting import checked
from segrules.workflows.proving.lattice import places
from segrules.workflows.running import Progress, Run, watched


@dataclass(frozen=True, slots=True)
class Members:
    """Who is in which segments, by their places.

    rows: how many rows the entity has; kinds: the different sets of segments that rows are in; takes: for each segment
    the kinds that are in it, as a number with a bit for each kind; digits: for each binary digit of the number of rows
    of a kind the kinds that have it.
    """

    rows: int
    kinds: tuple[int, ...]
    takes: tuple[int, ...]
    digits: tuple[int, ...]

    def of(self, place: int) -> int:
        """How many rows a segment has."""
        return self._count(self.takes[place])

    def both(self, first: int, second: int) -> int:
        """How many rows are in both of two segments."""
        return self._count(self.takes[first] & self.takes[second])

    def _count(self, kinds: int) -> int:
        return sum((kinds & having).bit_count() << digit for digit, having in enumerate(self.digits))


def members_of(size: int, found: Iterable[tuple[int, int]]) -> Members:
    """The members of so many segments, from each set of segments that rows are in and how many these are."""
    kinds: list[int] = []
    takes, digits, rows = [0] * size, [0], 0
    for at, (mask, many) in enumerate(found):
        kinds.append(mask)
        rows += many
        digits += [0] * (many.bit_length() - len(digits))
        for place in places(mask):
            takes[place] |= 1 << at
        for digit in places(many):
            digits[digit] |= 1 << at
    return Members(rows, tuple(kinds), tuple(takes), tuple(digits))


def count_together(
    run: Run, wanted: Mapping[str, Sequence[Reference]], progress: Progress | None
) -> tuple[dict[str, Members], tuple[Diagnostic, ...]]:
    """For each entity who is in which of its segments, and what is wrong with the data; none where that is an error."""
    findings = checked(run, wanted)
    if has_errors(findings):
        return {}, findings
    counted = {}
    for entity, references in wanted.items():
        made = plan(run.rules[entity], references, run.as_of)
        outputs = {output.wanted: output for output in made.outputs}
        dialect = DIALECTS[run.engine.dialect]
        statement = counts.together_query(made, dialect, run.scan, [outputs[node] for node in references])
        with watched(run.engine, progress):
            rows = run.engine.run(statement)
        counted[entity] = members_of(len(references), ((_mask(words), many) for many, *words in rows))
    return counted, findings


def _mask(words: Sequence[int]) -> int:
    mask = 0
    for number, word in enumerate(words):
        mask |= word << FLAGS * number
    return mask
