"""TESTS OF ONE TEXT -> CLASSES: which of the tests can hold at once, and the others not, with a text for each.

All tests of a text are read along at once, letter by letter, each by its machine; letters that no test tells apart are
one letter. Every combination of answers that can be reached is a class:

    starts with 'a', ends with 'b'    ->    (no, no) 'c', (yes, no) 'a', (no, yes) 'b', (yes, yes) 'ab'
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from segrules.analysis.text_letters import BLANKS, Function, Letter, Question, alphabet, mapped
from segrules.analysis.text_machines import Machine, State, TooLarge, holds, machine
from segrules.language.pattern_trees import Tree

WORK = 100_000
"""How many letters the tests of one text may read until there are too many classes to look through."""
_MOST_PAIRS = 300
_EXAMPLES = 4
_LONGEST_TRIED = 12


@dataclass(frozen=True, slots=True)
class TextTest:
    """Whether a tree is found anywhere in a text, or is all of it, after functions (the first is applied first)."""

    tree: Tree
    is_anywhere: bool = True
    functions: tuple[Function, ...] = ()


@dataclass(frozen=True, slots=True)
class TextClass:
    """Texts that all tests answer alike.

    constant: the only text of the class, where it is one of the constants. examples: a few of its texts, short ones.
    shortest: the least length of any of them.
    """

    holds: tuple[bool, ...]
    constant: str | None
    examples: tuple[str, ...]
    shortest: int

    @property
    def example(self) -> str:
        """One that is rather not empty, and can be read."""
        return max(self.examples, key=lambda text: (text.isprintable(), text != ""))


def text_classes(
    tests: Sequence[TextTest], constants: Sequence[str] = (), work: int = WORK
) -> tuple[TextClass, ...] | None:
    """The classes of all texts by these tests and by which of the constants they are; None where it is too much work.

    A letter that Unicode gave another case only lately may or may not have it, so that there may be a class too many.
    """
    try:
        readers = [_reader(test) for test in tests]
        return tuple(_classes(readers, frozenset(constants), _letters(readers, constants), work))
    except TooLarge:
        return None


@dataclass(frozen=True, slots=True)
class Group:
    """Some of several tests, by their places, with the classes that all texts fall into by them."""

    places: tuple[int, ...]
    constants: tuple[str, ...]
    classes: tuple[TextClass, ...]


def text_groups(tests: Sequence[TextTest], constants: Sequence[str] = ()) -> tuple[Group, ...]:
    """All tests in one group, or, where these have too many classes, parts of them, and each two of different parts."""
    parts = list(_parts(tests, tuple(range(len(tests))), tuple(constants)))
    found = [part for part in parts if part.classes]
    pairs = [(one, two) for (first, second) in combinations(parts, 2) for one in first.places for two in second.places]
    for pair in pairs[:_MOST_PAIRS]:
        classes = text_classes([tests[place] for place in pair])
        if classes is not None:
            found.append(Group(pair, (), classes))
    return tuple(found)


def _parts(tests: Sequence[TextTest], places: tuple[int, ...], constants: tuple[str, ...]) -> Iterator[Group]:
    classes = text_classes([tests[place] for place in places], constants)
    if classes is not None or len(places) < 2:
        yield Group(places, constants, classes or ())
        return
    middle = len(places) // 2
    yield from _parts(tests, places[:middle], constants)
    yield from _parts(tests, places[middle:], constants)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads texts for a test. In a state are the machine's states up to the last letter that `trim` leaves, and now."""

    machine: Machine
    functions: tuple[Function, ...]
    is_trimmed: bool

    @property
    def start(self) -> tuple[State, State] | None:
        return None if self.is_trimmed else (self.machine.start, self.machine.start)

    def step(self, state: tuple[State, State] | None, letter: Letter) -> tuple[State, State] | None:
        code = mapped(letter, self.functions)
        if not self.is_trimmed:
            assert state is not None
            now = self.machine.step(state[1], code)
            return now, now
        is_blank = holds(BLANKS, code)
        if state is None:  # nothing but blanks so far
            state = None if is_blank else (self.machine.start, self.machine.start)
        if state is None:
            return None
        now = self.machine.step(state[1], code)
        return (state[0], now) if is_blank else (now, now)

    def accepts(self, state: tuple[State, State] | None) -> bool:
        return self.machine.accepts(self.machine.start if state is None else state[0])


_States = tuple[tuple[State, State] | None, ...]


def _reader(test: TextTest) -> _Reader:
    """`trim` changes places with `lower` and `upper`: neither makes a blank of a letter or a letter of a blank."""
    others = tuple(function for function in test.functions if function != "trim")
    return _Reader(machine(test.tree, is_anywhere=test.is_anywhere), others, "trim" in test.functions)


def _letters(readers: Sequence[_Reader], constants: Sequence[str]) -> tuple[tuple[Letter, ...], ...]:
    questions: dict[Question, None] = {}
    for reader in readers:
        asked = [*reader.machine.questions, *([BLANKS] if reader.is_trimmed else [])]
        questions.update(dict.fromkeys((reader.functions, ranges) for ranges in asked))
    return alphabet(tuple(questions), frozenset("".join(constants)))


def _classes(
    readers: Sequence[_Reader], constants: frozenset[str], letters: tuple[tuple[Letter, ...], ...], work: int
) -> Iterator[TextClass]:
    """Short texts come first."""
    following = _following(constants)
    start: _States = tuple(reader.start for reader in readers)
    first = ("" if following else None, start)
    seen = {first}
    open = deque([(first, "")])
    found: dict[tuple[tuple[bool, ...], str | None], TextClass] = {}

    def record(place: str | None, states: _States, text: str) -> None:
        answers = tuple(reader.accepts(state) for reader, state in zip(readers, states, strict=True))
        constant = place if place in constants else None
        known = found.get((answers, constant))
        if known is None:
            found[answers, constant] = TextClass(answers, constant, (text,), len(text))
        elif len(known.examples) < _EXAMPLES and text not in known.examples:
            found[answers, constant] = replace(known, examples=(*known.examples, text))

    record(*first, "")
    while open:
        (place, states), text = open.popleft()
        for letter in _next_letters(letters, frozenset() if place is None else following[place]):
            work -= len(readers) + 1
            if work < 0:
                raise TooLarge
            letter_after = chr(letter.code)
            after = None
            if place is not None and letter_after in following[place]:
                after = place + letter_after
            new = (after, tuple(reader.step(state, letter) for reader, state in zip(readers, states, strict=True)))
            if new not in seen:
                seen.add(new)
                open.append((new, text + letter_after))
                record(*new, text + letter_after)
            elif len(text) < _LONGEST_TRIED:
                record(*new, text + letter_after)
    yield from found.values()


def _following(constants: frozenset[str]) -> dict[str, frozenset[str]]:
    """By each start of a constant, the letters that go on to one."""
    found: dict[str, set[str]] = {}
    for text in constants:
        found.setdefault(text, set())
        for place, letter in enumerate(text):
            found.setdefault(text[:place], set()).add(letter)
    return {start: frozenset(letters) for start, letters in found.items()}


def _next_letters(letters: tuple[tuple[Letter, ...], ...], own: frozenset[str]) -> Iterator[Letter]:
    """Of each group one that leads away from the constants, and each that leads on to one."""
    for group in letters:
        yield from [letter for letter in group if chr(letter.code) not in own][:1]
        if own:
            yield from (letter for letter in group if chr(letter.code) in own)
