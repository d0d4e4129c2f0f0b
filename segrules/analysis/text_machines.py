"""TREE OF A PATTERN -> MACHINE that reads a text letter by letter and says at each point whether it would match."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from segrules.language.pattern_letters import CLASSES, Ranges
from segrules.language.pattern_trees import Choice, Letters, Place, Repeat, Sequence, Tree

State = tuple[frozenset[int], str]
"""The steps of a machine that may come next, and the kind of the letter before (of no interest: `_SOME`)."""

_EDGE: Final = "edge"
_SOME: Final = "some"
_WORD: Final = "word"
_MOST_STEPS = 4_000


class TooLarge(Exception):
    """A pattern, or several together, that would take too long to look through."""


@dataclass(frozen=True, slots=True)
class Machine:
    """Reads texts for one tree.

    letters, places: by number of a step, what it takes. after: by number, the steps that may follow. The last step has
    neither and is the end. is_anywhere: whether the tree may be found anywhere in a text; else it is the whole text.
    """

    letters: tuple[Ranges, ...]
    places: tuple[str, ...]
    after: tuple[tuple[int, ...], ...]
    first: int
    is_anywhere: bool
    kinds: frozenset[str]
    questions: tuple[Ranges, ...]
    known: dict[tuple[State, int], State] = field(default_factory=dict)

    @property
    def start(self) -> State:
        return frozenset({self.first}), _EDGE if self.kinds else _SOME

    def step(self, state: State, code: int) -> State:
        """The state after one more letter."""
        if (state, code) not in self.known:
            self.known[state, code] = self._step(state, code)
        return self.known[state, code]

    def _step(self, state: State, code: int) -> State:
        steps, before = state
        if self._end in steps and self.is_anywhere:
            return state
        kind = _kind_of(code)
        reached = self._reached(steps, before, kind)
        if self._end in reached and self.is_anywhere:
            return frozenset({self._end}), _SOME
        found = {after for step in reached if holds(self.letters[step], code) for after in self.after[step]}
        if self.is_anywhere:
            found.add(self.first)
        kind = kind if "boundary" in self.kinds else "other" if self.kinds else _SOME
        return frozenset(found), kind

    def accepts(self, state: State) -> bool:
        """Whether the text matches if it ends here."""
        steps, before = state
        return self._end in self._reached(steps, before, _EDGE)

    @property
    def _end(self) -> int:
        return len(self.after) - 1

    def _reached(self, steps: Iterable[int], before: str, after: str) -> set[int]:
        """The steps that come next between two such letters, and all that they lead to without a letter."""
        found = set(steps)
        open = list(found)
        while open:
            step = open.pop()
            if self.letters[step] or not _is_place(self.places[step], before, after):
                continue
            new = set(self.after[step]) - found
            found |= new
            open += new
        return found


def machine(tree: Tree, *, is_anywhere: bool) -> Machine:
    """The machine that reads for a tree. Raises TooLarge."""
    builder = _Builder()
    first = builder.add(tree, 0)
    count = len(builder.steps)
    turned = [builder.steps[number] for number in range(count - 1, -1, -1)]
    return Machine(
        tuple(ranges for ranges, _, _ in turned),
        tuple(place for _, place, _ in turned),
        tuple(tuple(count - 1 - number for number in after) for _, _, after in turned),
        count - 1 - first,
        is_anywhere,
        frozenset(place for _, place, _ in turned if place in ("start", "end", "boundary")) - {"end"},
        tuple(dict.fromkeys(ranges_of(tree))),
    )


@dataclass(frozen=True, slots=True)
class _Builder:
    """Steps from the end of a text to its start: number 0 is the end."""

    steps: list[tuple[Ranges, str, list[int]]] = field(default_factory=lambda: [((), "no", [])])

    def add(self, tree: Tree, after: int) -> int:
        """The number of the step that a tree starts with, when `after` follows it."""
        match tree:
            case Letters(ranges):
                return self._step(ranges, "no", [after])
            case Place(kind):
                return self._step((), kind, [after])
            case Sequence(parts):
                for part in reversed(parts):
                    after = self.add(part, after)
                return after
            case Choice(parts):
                return self._step((), "any", [self.add(part, after) for part in parts])
            case Repeat(part, least, most):
                after = self._again(part, after) if most is None else self._at_most(part, most - least, after)
                return self.add(Sequence((part,) * least), after)

    def _again(self, part: Tree, after: int) -> int:
        again = self._step((), "any", [after])
        self.steps[again][2].append(self.add(part, again))
        return again

    def _at_most(self, part: Tree, most: int, end: int) -> int:
        after = end
        for _ in range(most):
            after = self._step((), "any", [end, self.add(part, after)])
        return after

    def _step(self, ranges: Ranges, place: str, after: list[int]) -> int:
        if len(self.steps) >= _MOST_STEPS:
            raise TooLarge
        self.steps.append((ranges, place, after))
        return len(self.steps) - 1


def ranges_of(tree: Tree) -> Iterator[Ranges]:
    """All that is asked of letters in a tree."""
    match tree:
        case Letters(ranges):
            yield ranges
        case Place("boundary"):
            yield CLASSES["w"]
        case Repeat(part):
            yield from ranges_of(part)
        case Sequence(parts) | Choice(parts):
            for part in parts:
                yield from ranges_of(part)


def holds(ranges: Ranges, code: int) -> bool:
    """Whether a code point is in one of the ranges."""
    return any(first <= code <= last for first, last in ranges)


def _kind_of(code: int) -> str:
    return _WORD if holds(CLASSES["w"], code) else "other"


def _is_place(place: str, before: str, after: str) -> bool:
    match place:
        case "any":
            return True
        case "start":
            return before == _EDGE
        case "end":
            return after == _EDGE
        case "boundary":
            return (before == _WORD) != (after == _WORD)
    return False
