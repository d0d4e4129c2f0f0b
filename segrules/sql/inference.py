"""Queries that ask text what it could be: of CSV and JSON columns, how many values read as each type."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

from sqlglot import exp

from segrules.language.types import DATE, TIMESTAMP
from segrules.sql.scans import PLAIN, Table, rows, stored_text
from segrules.sql.written_values import parsed, point, shaped

_WHOLE = r"[+-]?(0|[1-9]\d{0,17})"
_FRACTION = r"[+-]?(0|[1-9]\d*)?(\.\d+)?"
_FLOAT = r"[+-]?((0|[1-9]\d*)(\.\d*)?|\.\d+)([eE][+-]?\d+)?"
_TRUTH = ("true", "false", "t", "f", "yes", "no")


@dataclass(frozen=True, slots=True)
class Profile:
    """How many values of a column are known, and how many of those are whole numbers, and so on.

    before and behind: the most digits on either side of the point. lists and objects: only JSON has them; quoted: JSON
    text, which is no number even where its letters are digits.
    """

    known: int
    whole: int
    fraction: int
    float: int
    day: int
    moment: int
    truth: int
    before: int
    behind: int
    quoted: int
    lists: int
    objects: int


def profile(table: Table, places: Sequence[int]) -> exp.Select:
    """One row: for each of the stored columns at `places`, the fields of a Profile in order."""
    return exp.Select(expressions=[part for place in places for part in _measures(table, place)]).from_(rows(table))


def profiles(row: Sequence[int | None], count: int) -> tuple[Profile, ...]:
    """The profiles in the row that `profile` gave."""
    width = len(fields(Profile))
    numbers = [number or 0 for number in row]
    return tuple(Profile(*numbers[start : start + width]) for start in range(0, count * width, width))


def _measures(table: Table, place: int) -> Iterator[exp.Expr]:
    text, raw = stored_text(table, place)
    format = table.format if table.kind == "csv" else PLAIN
    number = point(text, format)
    for shape in (None, _WHOLE, _FRACTION, _FLOAT):
        yield _count(text if shape is None else _when(shaped(number, shape), text))
    for type in (DATE, TIMESTAMP):
        yield _count(parsed(text.copy(), type, format, "UTC"))
    words = [exp.Literal.string(word) for word in _TRUTH]
    yield _count(_when(exp.In(this=exp.Lower(this=text.copy()), expressions=words), text))
    for side in (r"^\s*[+-]?0*(\d*)", r"\.(\d*)\s*$"):
        yield exp.Max(this=exp.Length(this=_function("regexp_extract", number, side, 1)))
    for kind in ("VARCHAR", "ARRAY", "OBJECT"):
        if table.kind == "csv":
            yield exp.Literal.number(0)
        else:
            is_kind = exp.EQ(this=_function("json_type", raw), expression=exp.Literal.string(kind))
            yield _count(_when(is_kind, raw))


def _count(value: exp.Expr) -> exp.Expr:
    return exp.Count(this=value.copy())


def _when(test: exp.Expr, value: exp.Expr) -> exp.Expr:
    return exp.Case(ifs=[exp.If(this=test, true=value.copy())])


def _function(name: str, value: exp.Expr, *rest: str | int) -> exp.Expr:
    arguments = [exp.Literal.string(item) if isinstance(item, str) else exp.Literal.number(item) for item in rest]
    return exp.Anonymous(this=name, expressions=[value.copy(), *arguments])
