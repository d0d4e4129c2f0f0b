"""Values that look more like those of a real row: days near the as-of, numbers of few digits, words of the rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from segrules.language.core import Call, Expression, Literal
from segrules.language.trees import children
from segrules.language.types import Kind
from segrules.planning.time import AsOf, to_local
from segrules.project.model import Column
from segrules.workflows.proving.worlds import keeps, stored

_MOST = 16
"""Values tried in place of one."""
_DAYS = (1, 2, 7, 30, 90, 365, 0)
_NUMBERS = (1, 2, 5, 10, 20, 50, 100, 1000)
_WORD = 3  # letters that a text has at least that is not only the beginning of one
_LONGEST = 10_000  # days between a day that is tried and the as-of


def plausible(value: object, column: Column, constants: Sequence[object], moment: AsOf) -> list[object]:
    """More plausible values than one that a column has, the most plausible first.

    constants: those of the rules, instants on the wall clock.
    """
    match column.type.kind:
        case Kind.INTEGER | Kind.DECIMAL | Kind.NUMBER if isinstance(value, int | Decimal | float):
            found: Iterable[object] = _numbers(value, constants)
        case Kind.DATE | Kind.TIMESTAMP if isinstance(value, date):
            found = _moments(value, constants, moment)
        case Kind.TEXT if isinstance(value, str):
            found = _texts(value, constants)
        case Kind.LIST if isinstance(value, tuple) and len(value) > 1:
            found = [(one,) for one in value]
        case _:
            found = ()
    return _allowed(found, column)


def nearer(
    values: Sequence[object], column: Column, constants: Sequence[object], moment: AsOf
) -> list[tuple[object, ...]]:
    """Several days or instants moved together so that the newest is nearer to the as-of; nothing for other values."""
    known = [value for value in values if isinstance(value, date)]
    if len(known) < len(values) or column.type.kind not in (Kind.DATE, Kind.TIMESTAMP):
        return []
    newest = max(known)
    found: list[tuple[object, ...]] = []
    for place in plausible(newest, column, constants, moment):
        assert isinstance(place, date)
        moved = tuple(value + (place - newest) for value in known)
        if all(keeps(value, column) for value in moved):
            found.append(moved)
    return found


def _allowed(values: Iterable[object], column: Column) -> list[object]:
    typed = (stored(value, column.type) for value in values)
    return list(dict.fromkeys(value for value in typed if keeps(value, column)))[:_MOST]


def _numbers(value: int | Decimal | float, constants: Sequence[object]) -> list[Decimal]:
    """Numbers of fewer digits: the usual ones, the constants of the rules and those beside them."""
    known = {Decimal(str(one)) for one in constants if isinstance(one, int | Decimal | float)}
    own = Decimal(str(value))
    tried = {*map(Decimal, _NUMBERS), *(one + step for one in known for step in (0, 1, -1)), *map(_rounded_up, known)}
    if own < 0:
        tried = {-abs(one) for one in tried}
    better = [one for one in tried if _roughness(one) < _roughness(own) and (one > 0) == (own > 0) and one]
    return sorted(better, key=_roughness)


def _rounded_up(value: Decimal) -> Decimal:
    """The next number whose digits after the first are zeros."""
    if not value:
        return value
    unit = Decimal(1).scaleb(value.adjusted())
    return (value / unit).to_integral_value(rounding="ROUND_UP") * unit


def _roughness(value: Decimal) -> tuple[int, Decimal]:
    """How many digits a number has that are not the zeros at its end, those behind the point twice; its size."""
    plain = value.normalize().as_tuple()
    return len(plain.digits) + max(0, -int(plain.exponent)), abs(value)


def _moments(value: date, constants: Sequence[object], moment: AsOf) -> Iterator[object]:
    """Days, or instants at noon or at the same time of day, that are nearer to the as-of, the nearest first."""
    if not isinstance(value, datetime):
        yield from _days(value, constants, moment)
        return
    end = to_local(moment.now, moment.zone)
    known = [one for one in constants if isinstance(one, datetime)]
    beside = [one + timedelta(seconds=step) for one in known for step in (0, -1, 1)]
    days = _days(value.date(), constants, moment)
    tried = [*(datetime.combine(day, part) for part in (time(12), value.time()) for day in days), *beside]
    nearer = [one for one in tried if abs(one - end) < abs(value - end) and (one < end or value >= end)]
    yield from sorted(nearer, key=lambda one: (end - one < timedelta(hours=12), abs(one - end)))
    if value.time() not in (time(12), time(0)):
        yield datetime.combine(value.date(), time(12))


def _days(value: date, constants: Sequence[object], moment: AsOf) -> list[date]:
    """Days nearer to the as-of, the nearest first but the last day itself: the usual ones and the rules' own."""
    now = moment.today
    days = {(now - one).days + step for one in constants if type(one) is date for step in (0, 1)}
    days |= {one + step for one in constants if type(one) is int for step in (0, 1)}
    back = {-abs(one) if value > now else one for one in (*days, *_DAYS)}
    distance = min((now - value).days, _LONGEST) if value <= now else (now - value).days
    kept = [one for one in back if (0 <= one < distance if value <= now else distance < one <= 0)]
    return [now - timedelta(days=one) for one in sorted(kept, key=lambda one: (one == 0, abs(one)))]


def _texts(value: str, constants: Sequence[object]) -> list[str]:
    """Words of the rules in place of a text that is none of them; where it looks like no text, words around it."""
    words = [one for one in constants if isinstance(one, str) and one.strip() and one.isprintable()]
    known = [one for one in words if _is_word(one)]
    if value in known:
        return []
    rest = [one for one in words if one not in known and one != value]
    if _is_word(value):
        return known
    plain = "".join(one for one in value if one.isprintable())
    made = ["name@example.com"] if "@" in value else [f"{plain}example", f"example{plain}", "example", "other"]
    return [*known, *made, *rest]


def _is_word(text: str) -> bool:
    """Whether a text looks like one, and not like the beginning or the end of one."""
    return text.isprintable() and sum(one.isalnum() for one in text) >= _WORD and text[0].isalnum()


def constants_in(expressions: Iterable[Expression], moment: AsOf) -> list[object]:
    """The constants of expressions in which time is folded, each once; instants on the wall clock."""
    found: dict[tuple[type, object], object] = {}
    for node in (node for expression in expressions for node in _compared(expression)):
        for value in node.value if isinstance(node.value, tuple) else (node.value,):
            if value is not None and not isinstance(value, bool):
                shown = to_local(value, moment.zone) if isinstance(value, datetime) else value
                found.setdefault((type(shown), shown), shown)
    return list(found.values())


def _compared(node: Expression) -> Iterator[Literal]:
    """The constants in an expression, but for the names of zones and units."""
    match node:
        case Literal():
            yield node
        case Call(function="local" | "from_local" | "start_of"):
            return
        case _:
            for part in children(node):
                yield from _compared(part)
