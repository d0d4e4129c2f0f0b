"""Values near the constants of a rule: where a comparison changes its mind, and what text or list passes a test."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from segrules.language.core import Call, Expression, Literal
from segrules.language.types import Kind, Type
from segrules.project.model import Column as StoredColumn

_FINEST = 2  # digits behind the point that a step has where a type alone decides


def near(constant: Literal, other: Type) -> tuple[object, object, object]:
    """The value below a constant that is compared with something of type `other`, the constant, the value above."""
    value = constant.value
    match value:
        case bool() | None:
            return False, value, True
        case int() | Decimal() | float():
            step = _step(Decimal(str(value)), other)
            number = Decimal(str(value))
            return number - step, number, number + step
        case datetime():
            return value - timedelta(seconds=1), value, value + timedelta(seconds=1)
        case date():
            return value - timedelta(days=1), value, value + timedelta(days=1)
        case str():
            return value[:-1], value, value + "a"
        case _:
            return value, value, value


def _step(value: Decimal, other: Type) -> Decimal:
    if other.kind is Kind.INTEGER:
        return Decimal(1)
    digits = -int(value.as_tuple().exponent)
    least = min(other.digits_behind, _FINEST) if other.kind is Kind.DECIMAL else _FINEST
    return Decimal(1).scaleb(-max(digits, least)) if value != value.to_integral() or least else Decimal(1)


def holds(operator: str, left: object, right: object) -> bool:
    """Whether a comparison of two known values of one kind holds."""
    match operator:
        case "==":
            return left == right
        case "<":
            return bool(left < right)  # type: ignore[operator]
        case "<=":
            return bool(left <= right)  # type: ignore[operator]
        case ">":
            return bool(left > right)  # type: ignore[operator]
        case _:
            return bool(left >= right)  # type: ignore[operator]


def fitted(value: object, type: Type, contract: StoredColumn | None) -> object:
    """The value as one of a type; moved into the bounds of a contract where it has some."""
    if value is None:
        return None
    match type.kind:
        case Kind.INTEGER:
            found: object = int(Decimal(str(value)).to_integral()) if isinstance(value, int | Decimal) else value
        case Kind.DECIMAL:
            places = type.digits_behind if type.scale is not None else 4
            found = Decimal(str(value)).quantize(Decimal(1).scaleb(-places)).normalize()
            found = Decimal(format(found, "f"))
        case Kind.NUMBER:
            found = Decimal(str(value))
        case Kind.DATE:
            found = value.date() if isinstance(value, datetime) else value
        case Kind.TIMESTAMP:
            day = isinstance(value, date) and not isinstance(value, datetime)
            found = datetime(value.year, value.month, value.day) if day else value  # type: ignore[attr-defined]
        case Kind.LIST if isinstance(value, tuple) and type.element is not None:
            found = tuple(one for one in value if _is_of(one, type.element.kind))
        case _:
            found = value
    return _allowed(found, contract)


def _is_of(value: object, kind: Kind) -> bool:
    """Whether an element of a made-up list can stand in a list of a kind."""
    match kind:
        case Kind.TEXT:
            return isinstance(value, str)
        case Kind.DATE:
            return type(value) is date
        case Kind.TIMESTAMP:
            return isinstance(value, datetime)
        case _:
            return isinstance(value, int | Decimal)


def _allowed(value: object, contract: StoredColumn | None) -> object:
    if contract is None:
        return value
    if contract.least is not None and value < contract.least:  # type: ignore[operator]
        return contract.least
    if contract.most is not None and value > contract.most:  # type: ignore[operator]
        return contract.most
    return value


def text_for(function: str, constant: object, want: bool) -> object:
    """A text or list for which `contains`, `starts with` and their like hold, or do not."""
    match function:
        case "contains" | "starts_with" | "ends_with" | "matches":
            plain = "".join(character for character in str(constant) if character not in "^$\\[](){}|*+?")
            return (plain if function == "matches" else constant) if want else "other"
        case "list_contains":
            return (constant,) if want else ()
        case "contains_any":
            return constant[:1] if want and isinstance(constant, tuple) else ()
        case _:
            return constant if want else ()


def day_of(function: str, value: int, year: int) -> date:
    """A day whose year, quarter, month, week or weekday is a number."""
    match function:
        case "year":
            return date(min(max(value, 1), 9999), 1, 1)
        case "quarter":
            return date(year, min(max(value * 3 - 2, 1), 12), 1)
        case "month":
            return date(year, min(max(value, 1), 12), 1)
        case "week":
            return date.fromisocalendar(year, min(max(value, 1), 52), 1)
        case _:
            return date.fromisocalendar(year, 2, min(max(value, 1), 7))


def inverted(function: str, value: object, known: Decimal | Fraction, is_left: bool) -> object:
    """What the other argument of a sum or product is, where one is `known`; is_left: the known one is the right one."""
    if not isinstance(value, int | Decimal) or isinstance(value, bool):
        return None
    number, other = Fraction(value), Fraction(known)
    match function:
        case "add":
            found = number - other
        case "subtract":
            found = number + other if is_left else other - number
        case "multiply":
            found = number / other if other else number
        case "divide":
            found = number * other if is_left else other / number if number else other
        case _:
            found = number
    return Decimal(found.numerator) / Decimal(found.denominator)


def folded(node: Expression, known: tuple[object, ...]) -> Decimal | None:
    """The number that a sum or product of numbers is."""
    numbers = [Fraction(value) for value in known if isinstance(value, int | Decimal) and not isinstance(value, bool)]
    if not isinstance(node, Call) or len(numbers) < len(known):
        return None
    match node.function, numbers:
        case "add", [one, two]:
            found = one + two
        case "subtract", [one, two]:
            found = one - two
        case "multiply", [one, two]:
            found = one * two
        case "divide", [one, two] if two:
            found = one / two
        case "negate", [one]:
            found = -one
        case "coalesce", [one, *_]:
            found = one
        case _:
            return None
    return Decimal(found.numerator) / Decimal(found.denominator)
