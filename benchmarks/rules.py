"""Random rules over the benchmark's customers: a small tree, written for each side by `wording`.

A rule joins two to five predicates by and, or and not. Predicates come from a pool of so many distinct ones, so that
they repeat among rules as people's do. A negative test of a column that may be missing says that it is known, as the
language advises; so all sides, whatever they take a missing value for, mean the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

Constant = str | int | float | Decimal | date | bool

DISTINCT = 110
"""How many distinct predicates there are where nothing else is said: ten for each column."""

SCORED = ("recency_days", "orders", "spend", "country", "channel")
"""The columns of rules as people write them by recency, frequency and money, for countries and channels."""


@dataclass(frozen=True)
class Test:
    """operator: < <= > >= == in missing known true. constants: one, for `in` several, else none."""

    column: str
    operator: str
    constants: tuple[Constant, ...] = ()


@dataclass(frozen=True)
class Not:
    part: Rule


@dataclass(frozen=True)
class All:
    parts: tuple[Rule, ...]


@dataclass(frozen=True)
class Any:
    parts: tuple[Rule, ...]


Rule = Test | Not | All | Any


@dataclass(frozen=True)
class Column:
    """type: as a contract has it. sql: the value of row `i`. constant: a random one to compare with."""

    type: str
    sql: str
    constant: Callable[[Random], Constant]
    operators: tuple[str, ...]
    may_be_missing: bool = False


def _days(first: date, count: int) -> Callable[[Random], date]:
    return lambda random: first + timedelta(days=random.randrange(count))


_ORDER = ("<", "<=", ">", ">=")
_TEXT = ("==", "in")

COLUMNS: Mapping[str, Column] = {
    "country": Column("text", "'C' || (hash(i * 3) % 20)", lambda random: f"C{random.randrange(20)}", _TEXT),
    "city": Column(
        "text",
        "CASE WHEN hash(i * 5) % 10 > 0 THEN 'City ' || (hash(i * 7) % 500) END",
        lambda random: f"City {random.randrange(500)}",
        (*_TEXT, "missing"),
        may_be_missing=True,
    ),
    "channel": Column(
        "text",
        "['web', 'app', 'shop', 'phone'][1 + (hash(i * 11) % 4)::INTEGER]",
        lambda random: random.choice(("web", "app", "shop", "phone")),
        _TEXT,
    ),
    "age": Column(
        "integer",
        "CASE WHEN hash(i * 13) % 20 > 0 THEN 18 + (hash(i * 17) % 72)::INTEGER END",
        lambda random: random.randrange(20, 88),
        (*_ORDER, "==", "known"),
        may_be_missing=True,
    ),
    "recency_days": Column(
        "integer",
        "CASE WHEN hash(i * 19) % 10 > 0 THEN (hash(i * 23) % 730)::INTEGER END",
        lambda random: random.randrange(5, 725),
        (*_ORDER, "missing"),
        may_be_missing=True,
    ),
    "orders": Column(
        "integer", "(hash(i * 29) % 40)::INTEGER", lambda random: random.randrange(1, 39), (*_ORDER, "==", "in")
    ),
    "spend": Column(
        "decimal(12,2)",
        "((hash(i * 31) % 1000000) / 100)::DECIMAL(12, 2)",
        lambda random: Decimal(random.randrange(100, 999_900)) / 100,
        _ORDER,
    ),
    "score": Column(
        "number",
        "CASE WHEN hash(i * 37) % 10 > 0 THEN (hash(i * 41) % 10000) / 10000.0::DOUBLE END",
        lambda random: random.randrange(100, 9900) / 10000,
        (*_ORDER, "known"),
        may_be_missing=True,
    ),
    "joined_on": Column(
        "date", "DATE '2016-01-01' + (hash(i * 43) % 3650)::INTEGER", _days(date(2016, 2, 1), 3580), _ORDER
    ),
    "last_visit": Column(
        "date",
        "CASE WHEN hash(i * 47) % 7 > 0 THEN DATE '2024-01-01' + (hash(i * 53) % 730)::INTEGER END",
        _days(date(2024, 1, 10), 700),
        (*_ORDER, "missing"),
        may_be_missing=True,
    ),
    "newsletter": Column("boolean", "hash(i * 59) % 3 = 0", lambda random: True, ("true",)),
}


def random_rules(
    count: int,
    *,
    distinct: int = DISTINCT,
    predicates: tuple[int, int] = (2, 5),
    columns: Sequence[str] = tuple(COLUMNS),
    seed: int = 4,
) -> dict[str, Rule]:
    """`count` rules s0, s1, …, all different where the pool allows it, each of so many predicates, both ends in."""
    pool = predicate_pool(distinct, columns, seed)
    random = Random(seed)
    rules: dict[Rule, None] = {}
    tries = 0
    while len(rules) < count and tries < 20 * count:
        rules[_rule([random.choice(pool) for _ in range(random.randint(*predicates))], random)] = None
        tries += 1
    made = list(rules)
    return {f"s{number}": made[number % len(made)] for number in range(count)}


def predicate_pool(distinct: int, columns: Sequence[str], seed: int) -> Sequence[Test]:
    """So many different tests of these columns, in turn for as long as each has another one."""
    random = Random(seed)
    pool: dict[Test, None] = {}
    while len(pool) < distinct:
        for name in columns:
            pool[_test(name, COLUMNS[name], random)] = None
    return list(pool)[:distinct]


def _test(name: str, column: Column, random: Random) -> Test:
    operator = random.choice(column.operators)
    match operator:
        case "missing" | "known" | "true":
            return Test(name, operator)
        case "in":
            return Test(name, operator, tuple(dict.fromkeys(column.constant(random) for _ in range(3))))
        case _:
            return Test(name, operator, (column.constant(random),))


def _rule(tests: list[Test], random: Random) -> Rule:
    """The tests joined in order: two or three at a time by and or or, the groups by the other one."""
    parts = [_perhaps_negative(test, random) for test in dict.fromkeys(tests)]
    if len(parts) == 1:
        return parts[0]
    inner, outer = random.choice(((All, Any), (Any, All), (All, All)))
    if inner is outer or len(parts) < 3:
        return outer(tuple(parts))
    middle = len(parts) // 2
    first = _joined(inner, parts[:middle])
    last = _joined(inner, parts[middle:])
    if all(_is_never_missing(test) for test in tests) and random.random() < 0.3:
        last = Not(last)
    return outer((first, last))


def _joined(kind: type[All] | type[Any], parts: list[Rule]) -> Rule:
    return parts[0] if len(parts) == 1 else kind(tuple(parts))


def _perhaps_negative(test: Test, random: Random) -> Rule:
    if random.random() < 0.8 or test.operator in ("missing", "known"):
        return test
    if _is_never_missing(test):
        return Not(test)
    return All((Test(test.column, "known"), Not(test)))


def _is_never_missing(test: Test) -> bool:
    return not COLUMNS[test.column].may_be_missing
