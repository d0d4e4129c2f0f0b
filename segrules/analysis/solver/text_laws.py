"""FORMULAS -> LAWS: what is true of the texts in formulas, so that the solver sees which tests exclude each other.

x starts with 'a', x ends with 'b', x == 'c'
->    x is 'c', or neither of the two holds, or the first, or the second, or both; where x is 'c', neither holds
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import z3

from segrules.analysis.solver.texts import (
    TEXT,
    base_of,
    constant_of,
    length,
    measured,
    predicate,
    text_value,
    words_of,
)
from segrules.analysis.text_classes import Group, TextClass, TextTest, text_groups, text_with
from segrules.analysis.text_tests import text_test

_NUMBER_OF = z3.Function("number of text", TEXT, z3.IntSort())


@dataclass(frozen=True)
class Asked:
    """One text of some formulas, with the tests and constants that it, or one it may be equal to, is held against."""

    value: z3.ExprRef
    tests: tuple[z3.FuncDeclRef, ...] = ()
    constants: tuple[str, ...] = ()
    has_length: bool = False


def texts_in(formulas: Iterable[z3.BoolRef]) -> tuple[Asked, ...]:
    """What formulas ask of texts."""
    gathered = _Gathered({}, {}, {}, {}, set())
    for part in _parts(formulas):
        gathered.look_at(part)
    return tuple(gathered.asked())


def laws(texts: Iterable[Asked]) -> Iterator[z3.BoolRef]:
    """What is true of these texts."""
    texts = tuple(texts)
    for constant in sorted({constant for text in texts for constant in text.constants}):
        value = text_value(constant)
        yield _NUMBER_OF(value) == value.arg(0)  # so that no two constants are the same text
    for text in texts:
        for group in _groups(tuple(map(_test_of, text.tests)), text.constants):
            yield from _law(text, group)
        yield from _changes(text)


def text_of(text: Asked, model: z3.ModelRef) -> str | None:
    """A text that answers as this one does in a model; None where none was found."""

    def holds(test: z3.BoolRef) -> bool:
        return bool(z3.is_true(model.eval(test, model_completion=True)))

    for constant in text.constants:
        if holds(text.value == text_value(constant)):
            return constant
    answers = tuple(holds(test(text.value)) for test in text.tests)
    letters = model.eval(length(text.value), model_completion=True).as_long() if text.has_length else None
    number = model.eval(text.value, model_completion=True).decl().name().rpartition("!")[2]
    some = text_with(tuple(map(_test_of, text.tests)), answers, text.constants, letters)
    return some[int(number) % len(some)] if some else None


def _law(text: Asked, group: Group) -> Iterator[z3.BoolRef]:
    """The text is a constant, or in one of the other classes; what is true of it where it is a constant."""
    own = [text.value == text_value(constant) for constant in group.constants]
    others = [z3.And(_inside(text, group, one)) for one in group.classes if one.constant is None]
    yield z3.Or([*own, *others])
    for is_constant, constant in zip(own, group.constants, strict=True):
        inside = [z3.And(_inside(text, group, one)) for one in group.classes if one.constant == constant]
        yield z3.Implies(is_constant, z3.Or(inside))


def _inside(text: Asked, group: Group, one: TextClass) -> list[z3.BoolRef]:
    tests = [text.tests[place](text.value) for place in group.places]
    parts = [test if holds else z3.Not(test) for test, holds in zip(tests, one.holds, strict=True)]
    if text.has_length:
        letters = length(text.value)
        parts.append(letters >= one.shortest if one.constant is None else letters == one.shortest)
    return parts


def _changes(text: Asked) -> Iterator[z3.BoolRef]:
    """What a text after functions is, by what is asked of the text before."""
    base, functions = base_of(text.value)
    if functions:
        for test in text.tests:
            kind, constant, more = words_of(test) or ("==", "", ())
            yield test(text.value) == predicate(kind, constant, (*functions, *more))(base)
        for constant in text.constants:
            yield (text.value == text_value(constant)) == predicate("==", constant, functions)(base)
    if text.has_length:
        yield (length(text.value) == 0) == (text.value == text_value(""))
        if functions:
            yield length(text.value) <= length(base)


def _parts(formulas: Iterable[z3.BoolRef]) -> Iterator[z3.ExprRef]:
    seen: set[int] = set()
    waiting = list(formulas)
    while waiting:
        part = waiting.pop()
        if part.get_id() not in seen and z3.is_app(part):
            seen.add(part.get_id())
            waiting += part.children()
            yield part


@dataclass(frozen=True)
class _Gathered:
    """By the number of a text: the text; the number of one that it may be equal to; what is asked of it."""

    values: dict[int, z3.ExprRef]
    alike: dict[int, int]
    tests: dict[int, dict[str, z3.FuncDeclRef]]
    constants: dict[int, dict[str, None]]
    lengths: set[int]

    def look_at(self, part: z3.ExprRef) -> None:
        texts = [child for child in part.children() if child.sort() == TEXT]
        if part.sort() == TEXT:
            self._add(part)
        if z3.is_eq(part) and len(texts) == 2:
            self._join(*texts)
        elif z3.is_app_of(part, z3.Z3_OP_ITE) and part.sort() == TEXT:
            for text in texts:
                self._join(part, text)
        elif measured(part) is not None:
            self._add(texts[0])
            self.lengths.add(texts[0].get_id())
        elif len(texts) == 1 and words_of(part.decl()) is not None:
            self._ask(texts[0], part.decl())

    def _add(self, value: z3.ExprRef) -> None:
        if constant_of(value) is None and value.get_id() not in self.values:
            number = value.get_id()
            self.values[number], self.alike[number] = value, number
            self.tests[number], self.constants[number] = {}, {}

    def _ask(self, value: z3.ExprRef, test: z3.FuncDeclRef) -> None:
        self._add(value)
        self.tests[self._first(value.get_id())][test.name()] = test

    def _join(self, one: z3.ExprRef, other: z3.ExprRef) -> None:
        self._add(one)
        self._add(other)
        for value, plain in ((one, constant_of(other)), (other, constant_of(one))):
            if plain is not None and constant_of(value) is None:
                self.constants[self._first(value.get_id())][plain] = None
        if constant_of(one) is None and constant_of(other) is None:
            first, second = self._first(one.get_id()), self._first(other.get_id())
            self.alike[second] = first
            if first != second:
                self.tests[first].update(self.tests.pop(second))
                self.constants[first].update(self.constants.pop(second))

    def _first(self, number: int) -> int:
        while self.alike[number] != number:
            number = self.alike[number]
        return number

    def asked(self) -> Iterator[Asked]:
        """Texts after functions come first: what is asked of them is asked of the text before too."""
        depths = {number: len(base_of(value)[1]) for number, value in self.values.items()}
        for number in sorted(self.values, key=lambda number: (-depths[number], number)):
            value, first = self.values[number], self._first(number)
            base, functions = base_of(value)
            if number in self.lengths:
                self.constants[first][""] = None
                if functions:
                    self.lengths.add(base.get_id())
            if functions:
                asked = [words_of(test) for test in self.tests[first].values()]
                asked += [("==", constant, ()) for constant in self.constants[first]]
                for kind, constant, more in filter(None, asked):
                    self._ask(base, predicate(kind, constant, (*functions, *more)))
        for number, value in self.values.items():
            first = self._first(number)
            tests = sorted(self.tests[first].items())
            constants = tuple(sorted(self.constants[first]))
            yield Asked(value, tuple(test for _, test in tests), constants, number in self.lengths)


def _test_of(test: z3.FuncDeclRef) -> TextTest:
    words = words_of(test)
    assert words is not None
    return text_test(*words)


@cache
def _groups(tests: tuple[TextTest, ...], constants: tuple[str, ...]) -> tuple[Group, ...]:
    return text_groups(tests, constants)
