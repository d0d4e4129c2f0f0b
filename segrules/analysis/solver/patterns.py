r"""TREE OF A PATTERN -> REGULAR LANGUAGE: the texts that a part of a pattern can stand for.

The solver's expressions know no places such as `^`, `$` and `\b`. What a part that has them can stand for depends on
its neighbours: on whether there is a letter before it and after it, and of which kind. So the language of a part is
asked for by the kinds of its neighbours, and a sequence puts together what fits.

    `a|^b`, with no letter before: {a, b}    with a letter before: {a}    found anywhere: Σ*aΣ* ∪ bΣ*
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby, product
from typing import Final

import z3

from segrules.analysis.solver.characters import (
    EMPTY_TEXT,
    NotModelled,
    joined,
    letter_language,
    literal_language,
    union,
)
from segrules.language.pattern_letters import ALL, CLASSES, Ranges, common, others
from segrules.language.pattern_trees import Choice, Letters, Place, Repeat, Sequence, Tree

_EDGE: Final = "edge"  # in place of a neighbour: the text starts or ends here
_ANY: Final = "any"  # in place of an outer letter: any one, or no letter at all
_SOME: Final = "some"  # in place of an outer letter: any one, but the text may not be empty
_WORD: Final = "word"
_ONE_KIND: Mapping[str, Ranges] = {_SOME: ALL}
_TWO_KINDS: Mapping[str, Ranges] = {_WORD: CLASSES["w"], "other": others(CLASSES["w"])}
_MOST_UNROLLED = 12  # repeats of a part with places in it


@dataclass(frozen=True, slots=True)
class _Ask:
    """Which texts of a part are wanted.

    before, after: the kind of the neighbour, or _EDGE. first, last: the kinds of the outer letters, or _SOME; _ANY in
    both where the empty text is wanted too.
    """

    before: str = _EDGE
    after: str = _EDGE
    first: str = _ANY
    last: str = _ANY


def language_of(tree: Tree) -> z3.ReRef | None:
    """All texts that are found as a whole; None for no text at all. Raises NotModelled."""
    kinds = _TWO_KINDS if _has(tree, "boundary") else _ONE_KIND
    return _Languages(kinds).texts(tree, _Ask())


@dataclass(frozen=True, slots=True)
class _Languages:
    """kinds: the letters by the kinds that neighbours are told apart by. known: what was asked already."""

    kinds: Mapping[str, Ranges]
    known: dict[tuple[Tree, _Ask], z3.ReRef | None] = field(default_factory=dict)

    def texts(self, tree: Tree, ask: _Ask) -> z3.ReRef | None:
        if not _needs_before(tree):
            ask = replace(ask, before=_EDGE)
        if not _needs_after(tree):
            ask = replace(ask, after=_EDGE)
        ask = replace(ask, first=self._told(tree, 0, ask.first), last=self._told(tree, -1, ask.last))
        if ask.first == ask.last == _SOME and not _has(tree) and not _may_be_empty(tree, _EDGE, _EDGE):
            ask = _Ask()
        if (tree, ask) not in self.known:
            self.known[tree, ask] = self._texts(tree, ask)
        return self.known[tree, ask]

    def _told(self, tree: Tree, end: int, kind: str) -> str:
        """The kind asked for at an end, _SOME where only letters of this kind can stand there."""
        while isinstance(tree, Sequence) and tree.parts:
            tree = tree.parts[end]
        is_told = (
            isinstance(tree, Letters) and kind in self.kinds and common(tree.ranges, self.kinds[kind]) == tree.ranges
        )
        return _SOME if is_told else kind

    def _texts(self, tree: Tree, ask: _Ask) -> z3.ReRef | None:
        match tree:
            case Letters(ranges):
                for kind in {ask.first, ask.last} - {_ANY, _SOME}:
                    ranges = common(ranges, self.kinds[kind])
                return letter_language(ranges)
            case Place():
                return EMPTY_TEXT if ask.first == _ANY and _may_be_empty(tree, ask.before, ask.after) else None
            case Choice(parts):
                return union(self.texts(part, ask) for part in parts)
            case Repeat():
                return self._repeated(tree, ask)
            case Sequence(()):
                return EMPTY_TEXT if ask.first == _ANY else None
            case Sequence((part,)):
                return self.texts(part, ask)
            case Sequence(parts):
                if ask.first == _ANY and not _has(tree):
                    return joined(*self._runs(parts))
                middle = _where_to_part(parts)
                return self._pair(Sequence(parts[:middle]), Sequence(parts[middle:]), ask)

    def _runs(self, parts: tuple[Tree, ...]) -> Iterator[z3.ReRef | None]:
        """Of parts without places, with single letters in a row as one text."""
        for code, run in groupby(parts, lambda part: _only_letter(part) is not None):
            if code:
                yield literal_language("".join(_only_letter(part) or "" for part in run))
            else:
                yield from (self.texts(part, _Ask()) for part in run)

    def _pair(self, left: Tree, right: Tree, ask: _Ask) -> z3.ReRef | None:
        """Both with letters, or one of them empty, or both."""
        lasts = tuple(self.kinds) if _needs_before(right) else (_SOME,)
        firsts = tuple(self.kinds) if _needs_after(left) else (_SOME,)
        is_any = ask.first == _ANY
        if is_any and lasts == firsts == (_SOME,) and not _needs_before(right) and not _needs_after(left):
            return joined(self.texts(left, _Ask(before=ask.before)), self.texts(right, _Ask(after=ask.after)))
        wanted = replace(ask, first=_SOME, last=_SOME) if is_any else ask
        found: list[z3.ReRef | None] = []
        for last, first in product(lasts, firsts):
            start = self.texts(left, _Ask(ask.before, first, wanted.first, last))
            if start is not None:
                found.append(joined(start, self.texts(right, _Ask(last, ask.after, first, wanted.last))))
        may_left = [first for first in firsts if _may_be_empty(left, ask.before, first)]
        may_right = [last for last in lasts if _may_be_empty(right, last, ask.after)]
        is_left_empty = is_any and _may_be_empty(left, ask.before, ask.after)
        is_right_empty = is_any and _may_be_empty(right, ask.before, ask.after)
        for first in (_SOME,) if len(may_left) == len(firsts) else may_left:
            whole = ask if first == _SOME and is_left_empty else _with(wanted, first=first)
            found.append(self.texts(right, whole) if whole else None)
        for last in (_SOME,) if len(may_right) == len(lasts) else may_right:
            whole = ask if last == _SOME and is_right_empty else _with(wanted, last=last)
            found.append(self.texts(left, whole) if whole else None)
        if is_left_empty and is_right_empty and not (len(may_left) == len(firsts) or len(may_right) == len(lasts)):
            found.append(EMPTY_TEXT)
        return union(found)

    def _repeated(self, tree: Repeat, ask: _Ask) -> z3.ReRef | None:
        part, least, most = tree.part, tree.least, tree.most
        if _has(part):
            return self._unrolled(tree, ask)
        if ask.first == _ANY:
            return _times(self.texts(part, ask), least, most)
        if _may_be_empty(part, _EDGE, _EDGE):
            least = 0
        once = self.texts(part, ask) if least <= 1 and most != 0 else None
        if ask.first == _SOME and most != 0:
            return joined(self._again(tree, 1), self.texts(part, ask))
        if ask.last == _SOME and most != 0:
            return joined(self.texts(part, ask), self._again(tree, 1))
        if most is not None and most < 2:
            return once
        start, end = self.texts(part, replace(ask, last=_SOME)), self.texts(part, replace(ask, first=_SOME))
        return union((once, joined(start, self._again(tree, 2), end)))

    def _again(self, tree: Repeat, fewer: int) -> z3.ReRef | None:
        """What is left of repeats beside so many that are not empty."""
        least = 0 if _may_be_empty(tree.part, _EDGE, _EDGE) else max(tree.least - fewer, 0)
        return self.texts(Repeat(tree.part, least, None if tree.most is None else tree.most - fewer), _Ask())

    def _unrolled(self, tree: Repeat, ask: _Ask) -> z3.ReRef | None:
        """Repeats of a part with places in it, which looks at its neighbours each time."""
        part, least, most = tree.part, tree.least, tree.most
        if max(least, most or 0) > _MOST_UNROLLED:
            raise NotModelled
        if most is not None:
            again = Choice((Sequence(()), part))
            return self.texts(Sequence((part,) * least + (again,) * (most - least)), ask)
        if least:
            return self.texts(Sequence((*((part,) * least), Repeat(part, 0, None))), ask)
        if self.kinds is not _ONE_KIND:
            raise NotModelled
        some = replace(ask, first=_SOME, last=_SOME)
        inner = _times(self.texts(part, _Ask(_SOME, _SOME, _SOME, _SOME)), 0, None)
        start, end = self.texts(part, replace(some, after=_SOME)), self.texts(part, replace(some, before=_SOME))
        empty = EMPTY_TEXT if ask.first == _ANY else None
        return union((empty, self.texts(part, some), joined(start, inner, end)))


def _with(ask: _Ask, first: str = _SOME, last: str = _SOME) -> _Ask | None:
    """With these outer letters too; None where they cannot be both."""
    firsts, lasts = {first, ask.first} - {_SOME}, {last, ask.last} - {_SOME}
    if len(firsts) > 1 or len(lasts) > 1:
        return None
    return replace(ask, first=max(firsts, default=_SOME), last=max(lasts, default=_SOME))


def _where_to_part(parts: tuple[Tree, ...]) -> int:
    """Where parts without places end or begin, else the middle."""
    has = [_has(part) for part in parts]
    return has.index(not has[0]) if len(set(has)) > 1 else len(parts) // 2


def _only_letter(tree: Tree) -> str | None:
    match tree:
        case Letters(((first, last),)) if first == last:
            letter_language(tree.ranges)
            return chr(first)
    return None


def _times(language: z3.ReRef | None, least: int, most: int | None) -> z3.ReRef | None:
    if most == 0 or (language is None and least == 0):
        return EMPTY_TEXT
    if language is None:
        return None
    match least, most:
        case 0, None:
            return z3.Star(language)
        case 1, None:
            return z3.Plus(language)
        case 0, 1:
            return z3.Option(language)
        case _, None:
            return z3.Concat(z3.Loop(language, least, least), z3.Star(language))
    return z3.Loop(language, least, most)


def _needs_before(tree: Tree) -> bool:
    return _has(tree, "start", "boundary")


def _needs_after(tree: Tree) -> bool:
    return _has(tree, "end", "boundary")


def _has(tree: Tree, *kinds: str) -> bool:
    """Whether there is a place in it, of these kinds if any are given."""
    match tree:
        case Letters():
            return False
        case Place(kind):
            return not kinds or kind in kinds
        case Repeat(part):
            return _has(part, *kinds)
    return any(_has(part, *kinds) for part in tree.parts)


def _may_be_empty(tree: Tree, before: str, after: str) -> bool:
    """Whether the empty text is found between two such neighbours."""
    match tree:
        case Letters():
            return False
        case Place("start"):
            return before == _EDGE
        case Place("end"):
            return after == _EDGE
        case Place():
            return (before == _WORD) != (after == _WORD)
        case Repeat(part, least):
            return least == 0 or _may_be_empty(part, before, after)
        case Choice(parts):
            return any(_may_be_empty(part, before, after) for part in parts)
    return all(_may_be_empty(part, before, after) for part in tree.parts)
