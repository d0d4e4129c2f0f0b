"""The scalar functions of the core tree, each declared once: name, whether it is a predicate, its value on missing.

Read by the checker, SQL generation, the reference evaluator and the docs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf

OnMissing = OneOf["missing", "skip", "may", "false", "never"]


@dataclass(frozen=True, slots=True)
class Function:
    """A scalar function of the core.

    on_missing: "missing" gives no value where an argument has none; "skip" only where all have none;
    "may" can give no value even for known arguments; "false" is a predicate that fails there; "never" always
    gives a value.
    written: how a rule writes it, for the reference page; None for what only sugar becomes.
    """

    name: str
    on_missing: OnMissing
    doc: str
    written: str | None = None


FUNCTIONS: tuple[Function, ...] = (
    # numbers
    Function("add", "missing", "sum", "a + b"),
    Function("subtract", "missing", "difference", "a - b"),
    Function("multiply", "missing", "product", "a * b"),
    Function("divide", "may", "true division, a number; by zero missing", "a / b"),
    Function("modulo", "may", "remainder with the sign of a; by zero missing", "a % b"),
    Function("negate", "missing", "the number with its sign turned", "-a"),
    Function("abs", "missing", "the number without its sign", "abs(a)"),
    Function("round", "missing", "rounded half away from zero, to whole numbers or `digits`", "round(a, digits)"),
    Function("floor", "missing", "the largest integer not above", "floor(a)"),
    Function("ceil", "missing", "the smallest integer not below", "ceil(a)"),
    Function("least", "skip", "the smallest of the known values", "least(a, b, …)"),
    Function("greatest", "skip", "the largest of the known values", "greatest(a, b, …)"),
    Function("coalesce", "skip", "the first known value", "coalesce(a, b, …)"),
    # text
    Function("contains", "false", "the text has the other in it", "a contains 'x'"),
    Function("starts_with", "false", "the text begins with the other", "a starts with 'x'"),
    Function("ends_with", "false", "the text ends with the other", "a ends with 'x'"),
    Function("matches", "false", "the pattern (RE2) is found in the text", "a matches '^x'"),
    Function("lower", "missing", "in lower case, letter by letter", "lower(a)"),
    Function("upper", "missing", "in upper case, letter by letter", "upper(a)"),
    Function("trim", "missing", "without blanks of any kind (tabs, line ends) at both ends", "trim(a)"),
    Function("length", "missing", "number of code points of a text", "length(a)"),
    # lists
    Function("list_contains", "false", "the list has the value", "tags contains 'x'"),
    Function("contains_any", "false", "the list has at least one of the values", "tags contains any ['x', 'y']"),
    Function("contains_all", "false", "the list has each of the values", "tags contains all ['x', 'y']"),
    Function("known_list", "never", "the list of those arguments that are known"),
    Function("list_length", "missing", "number of elements of a list", "length(tags)"),
    Function(
        "version", "may", "the text as a version, compared part by part; of other texts missing", "version(a) >= '2.10'"
    ),
    # dates; a date stands for its whole day in the project's zone, a timestamp for an instant
    Function("date", "missing", "the day of a timestamp in the project's zone", "date(a)"),
    Function("instant", "missing", "the start of a day, as a timestamp"),
    Function("first_day_from", "missing", "the first day that starts at or after a timestamp"),
    Function("local", "missing", "the wall clock of a zone (a Literal text) at an instant"),
    Function("from_local", "missing", "the instant at which a zone's wall clock shows a timestamp"),
    Function("shift", "missing", "the date or timestamp that much later", "a + 30 days"),
    Function("elapsed", "missing", "the time from a to b", "b - a"),
    Function("days_between", "missing", "calendar days from date a to date b", "days_between(a, b)"),
    Function("year", "missing", "the year of a date", "year(a)"),
    Function("quarter", "missing", "the quarter of a date, 1 to 4", "quarter(a)"),
    Function("month", "missing", "the month of a date, 1 to 12", "month(a)"),
    Function("week", "missing", "the ISO week of a date, 1 to 53", "week(a)"),
    Function("weekday", "missing", "the day of the week of a date, 1 is Monday", "weekday(a)"),
    Function("hour", "missing", "the hour of a timestamp in the project's zone, 0 to 23", "hour(a)"),
    Function("start_of", "missing", "the first day of the unit that a date is in", "start_of(month, a)"),
    Function("anniversary", "missing", "the next day, today included, that is whole years after a", "anniversary(a)"),
    # places and chance
    Function(
        "distance_km",
        "may",
        "kilometres between two places, given in degrees; outside the globe missing",
        "distance_km(latitude, longitude, 13.75, 100.5)",
    ),
    Function("bucket", "never", "a number from 1 to n that stays with the key", "bucket(10, seed: 'spring')"),
)

_BY_NAME = {function.name: function for function in FUNCTIONS}
PREDICATES = frozenset(function.name for function in FUNCTIONS if function.on_missing == "false")
_ARITHMETIC = ("add", "subtract", "multiply", "divide", "modulo", "negate", "abs", "round", "floor", "ceil")
OUT_OF_RANGE = frozenset((*_ARITHMETIC, "shift", "elapsed", "anniversary", "distance_km"))
"""Functions whose result an engine may have no room for, which ends the run: a rule may keep rows from them by `if`."""


def missing_rule(function: str, missing: tuple[bool, ...]) -> bool:
    """Whether a call may be missing, given which of its arguments may be."""
    match _BY_NAME[function].on_missing:
        case "missing":
            return any(missing)
        case "skip":
            return all(missing)
        case "may":
            return True
        case "false" | "never":
            return False
