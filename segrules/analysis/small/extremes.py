"""The first and the last of rows, and how many rows there are after and before a moment: `max` and `min` bind counts.

Who bought within 30 days has an order among those of the last 90, and whose last order is a year old has none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from segrules.analysis.answers import Fact
from segrules.analysis.small.folds import Fold
from segrules.analysis.small.formulas import All, Formula, Thing, Within
from segrules.analysis.small.theory import Theory
from segrules.analysis.small.values import ANYTHING, Values, compared

if TYPE_CHECKING:
    from segrules.analysis.small.search import Search

_NO, _SOME = compared("==", 0), compared(">=", 1)


def is_extreme(fold: Fold) -> bool:
    """Whether a fold is the largest or the smallest value of a column."""
    return fold.function in ("max", "min") and fold.column is not None


def extremes(
    theory: Theory, thing: Thing, count: Thing, state: Mapping[Thing, Values], search: Search
) -> Iterator[tuple[Thing, Values]]:
    """What the largest or smallest value of a column leaves of a count of rows, and the count of it."""
    fold, counted = thing.about, count.about
    assert isinstance(fold, Fold)
    assert isinstance(counted, Fold)
    if fold.column is None or fold.some is None:
        return
    values, number = state[thing], state[count]
    asked = _asked_of(counted.rows, fold.column)
    if asked is not None and (values != thing.frame or not number.has(0)):
        facts = search.implied(counted.rows, fold.rows)
        if facts is not None and search.without.isdisjoint(facts):
            for found in _of_those(thing, count, values, number, asked):
                yield from _noting(True, facts, search, found)
    if fold.some not in state or state[fold.some].has(0) or not number.has(0):
        return
    if values != thing.frame:
        yield from _noting(*_where(theory, fold, values, counted, search), search, (count, _SOME))
    if asked is not None and (number & _SOME).is_empty and not (values & asked).is_empty:
        yield from _noting(*_where(theory, fold, asked, counted, search), search, (thing, asked.complement()))


def _of_those(
    thing: Thing, count: Thing, values: Values, number: Values, asked: Values
) -> Iterator[tuple[Thing, Values]]:
    """Where every row that is counted is also folded."""
    fold = thing.about
    assert isinstance(fold, Fold)
    if fold.function == "max":
        reach = Values((asked.low,)) if asked.low else ANYTHING
    else:
        reach = Values((asked.high,), below=True) if asked.high else ANYTHING
    if (values & reach).is_empty:
        if not (number & _SOME).is_empty:
            yield count, _NO
    elif not number.has(0):
        yield thing, reach


def _where(theory: Theory, fold: Fold, values: Values, counted: Fold, search: Search) -> tuple[bool, tuple[Fact, ...]]:
    """Whether rows of a fold with these values are all counted, and the facts that say so."""
    assert fold.column is not None
    key = ("rows", fold, values)
    if key not in theory.known:
        theory.known[key] = theory.formulas.all_of((fold.rows, theory.formulas.within(fold.column, values)))
    facts = search.implied(theory.known[key], counted.rows)
    return facts is not None and search.without.isdisjoint(facts), facts or ()


def _noting(
    is_so: bool, facts: tuple[Fact, ...], search: Search, found: tuple[Thing, Values]
) -> Iterator[tuple[Thing, Values]]:
    if is_so:
        search.used.update(dict.fromkeys(facts))
        yield found


def _asked_of(rows: Formula, column: Thing) -> Values | None:
    """What a test of rows asks of a column, as far as it says so at once."""
    for part in rows.items if isinstance(rows, All) else (rows,):
        if isinstance(part, Within) and part.thing is column:
            return part.values.known()
    return None
