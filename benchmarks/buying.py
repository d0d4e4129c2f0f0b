"""Segments by recency, orders and money in windows, over the customers and orders of `orders`, and the SQL of each.

A rule is of two to four tests, all of which must hold, or of one pair one of the two. None is negative, so that
segrules and SQL mean the same customers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from orders import AS_OF, CHANNELS, END

WINDOWS = (7, 30, 90, 180)


@dataclass(frozen=True)
class Trait:
    """A value of a customer: its rule, and in SQL an aggregate of what `days` (None: all) and `channel` leave.

    limits: what it is compared with.
    """

    name: str
    rule: str
    aggregate: str
    limits: tuple[int, ...]
    days: int | None = None
    channel: str | None = None


def _traits() -> tuple[Trait, ...]:
    made = [
        Trait("recency_days", "days_since(max(orders.ordered_at))", "max(ordered_at)", (7, 14, 30, 60, 90, 120)),
        Trait("bought", "count(orders)", "count(*)", (1, 2, 4, 6, 8, 10)),
        Trait("spent", "sum(orders.amount)", "sum(amount)", (100, 200, 300, 400, 600)),
    ]
    for days in WINDOWS:
        few, last = max(1, days // 60), f"in last {days} days"
        made.append(Trait(f"bought_{days}", f"count(orders {last})", "count(*)", (few, few + 1, few + 2), days))
        limits = (50 * few, 75 * few, 100 * few)
        made.append(Trait(f"spent_{days}", f"sum(orders.amount {last})", "sum(amount)", limits, days))
    for channel in CHANNELS:
        rule = f"count(orders where channel == '{channel}' in last 90 days)"
        made.append(Trait(f"{channel}_90", rule, "count(*)", (1, 2), 90, channel))
    return tuple(made)


TRAITS = _traits()


@dataclass(frozen=True)
class Test:
    trait: Trait
    operator: str
    limit: int


Rule = tuple[tuple[Test, ...], ...]
"""All of these must hold, of each one of its tests."""


def random_segments(count: int, seed: int = 8) -> dict[str, Rule]:
    """So many different rules; they share traits and limits."""
    random = Random(seed)
    found: dict[Rule, None] = {}
    while len(found) < count:
        tests = [_test(trait, random) for trait in random.sample(TRAITS, random.randint(2, 4))]
        pair = 2 if len(tests) > 2 and random.random() < 0.3 else 1
        found[tuple(tests[:pair]), *((test,) for test in tests[pair:])] = None
    return {f"b{number}": rule for number, rule in enumerate(found)}


def _test(trait: Trait, random: Random) -> Test:
    return Test(trait, random.choice(("<", ">=")), random.choice(trait.limits))


def in_segrules(rules: Mapping[str, Rule]) -> str:
    """The file of rules."""
    traits = "".join(f"  {trait.name}: {trait.rule}\n" for trait in TRAITS)
    lines = (f"  {name}: {_joined(rule, ' and ', ' or ', _said)}\n" for name, rule in rules.items())
    return f"traits:\n{traits}segments:\n{''.join(lines)}"


def in_sql(rule: Rule) -> str:
    """The query that counts the rule's customers: it folds what the rule needs, of the orders that this looks at."""
    traits = dict.fromkeys(test.trait for group in rule for test in group)
    folded = ", ".join(f"{trait.aggregate}{_filter(trait)} AS {trait.name}" for trait in traits)
    starts = [None if trait.days is None else _start(trait) for trait in traits]
    looked_at = f"ordered_at < TIMESTAMP '{END}'"
    if None not in starts:
        looked_at += f" AND ordered_at >= TIMESTAMP '{min(filter(None, starts))}'"
    grouped = f"SELECT customer_id, {folded} FROM orders WHERE {looked_at} GROUP BY customer_id"
    tests = _joined(rule, " AND ", " OR ", _written)
    return f"SELECT count(*) FROM buyers LEFT JOIN ({grouped}) AS folded USING (customer_id) WHERE {tests}"


def _joined(rule: Rule, all: str, any: str, test: Callable[[Test], str]) -> str:
    groups = (any.join(map(test, group)) for group in rule)
    return all.join(f"({text})" if len(group) > 1 else text for group, text in zip(rule, groups, strict=True))


def _said(test: Test) -> str:
    return f"{test.trait.name} {test.operator} {test.limit}"


def _written(test: Test) -> str:
    """In SQL; the days since the last order by the day of it."""
    if test.trait.name == "recency_days":
        day = AS_OF - timedelta(days=test.limit - 1)
        return f"recency_days {'>=' if test.operator == '<' else '<'} TIMESTAMP '{day}'"
    return f"coalesce({test.trait.name}, 0) {test.operator} {test.limit}"


def _start(trait: Trait) -> str:
    assert trait.days is not None
    return str(END - timedelta(days=trait.days))


def _filter(trait: Trait) -> str:
    tests = [f"ordered_at >= TIMESTAMP '{_start(trait)}'"] if trait.days is not None else []
    tests += [f"channel = '{trait.channel}'"] if trait.channel else []
    return f" FILTER (WHERE {' AND '.join(tests)})" if tests else ""
