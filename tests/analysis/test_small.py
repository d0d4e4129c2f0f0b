"""The small procedure: for each kind of test what contradicts it, and what does not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

import pytest
import running

from segrules.analysis import Answer, Fact
from segrules.analysis.answers import NEVER as NEVER_THERE
from segrules.analysis.answers import Regions
from segrules.analysis.small import SmallProver
from segrules.language.core import Expression, Not, Or, Reference
from segrules.planning import reference
from segrules.planning.time import parse_as_of

PROJECT = """
segrules: 1
name: ร้าน
timezone: Asia/Bangkok
entities:
  customer:
    source: c.csv
    key: customer_id
    columns:
      customer_id: integer
      country: {type: text, values: [TH, TW, RU]}
      city: text
      age: {type: integer, min: 0, max: 120}
      joined: {type: date, missing: never}
      seen: timestamp
      spent: decimal(12,2)
      score: number
      vip: boolean
      tags: list of text
    lookups:
      home:
        source: h.csv
        on: customer_id
        columns: {customer_id: integer, rooms: {type: integer, min: 1, missing: never}}
relations:
  orders:
    of: customer
    source: o.csv
    key: customer_id
    time: at
    columns: {customer_id: integer, at: timestamp, amount: {type: 'decimal(12,2)', min: 0}, channel: text, fee: integer}
  large:
    from: orders
    where: amount > 50
    columns: {double: fee * 2}
"""
RULES = """
traits:
  orders: count(orders)
  recency: days_since(max(orders.at))
  recent: count(orders in last 30 days)
  older: count(orders in last 90 days)
  spend: sum(orders.amount)
  tile: ntile(5, spend)
segmentations:
  life:
    hit: first
    stages: {{lead: orders == 0, new: orders == 1 and recency <= 30, churned: recency > 365}}
    otherwise: active
  มือ: {{hit: any, stages: {{ซื้อ: orders > 0, แพง: spend > 100}}}}
segments:
{segments}
"""


def prover(rules: Sequence[str]) -> tuple[SmallProver, list[Reference]]:
    """The prover of the shop with these rules as segments, and references to those."""
    segments = "\n".join(f"  s{place}: >-\n    {rule}" for place, rule in enumerate(rules))
    project = running.open_project({"segrules.yml": PROJECT, "segments/r.yml": RULES.format(segments=segments)})
    own = running.resolve_project(project)["customer"]
    as_of = parse_as_of("2026-01-31", "Asia/Bangkok")
    return SmallProver(project, own, as_of), [reference(own, f"s{place}") for place in range(len(rules))]


def ask(*rules: str) -> Answer:
    small, tests = prover(rules)
    return small.ask(tests)


NEVER = [
    ("age > 4 and age < 5",),
    ("age == 4", "age != 4"),
    ("age in [1, 2]", "age in [3, 4]"),
    ("age not in [1, 2]", "age == 1"),
    ("age between 1 and 5", "age > 5"),
    ("age < 5", "age is missing"),
    ("not (age < 5)", "not (age >= 5)", "age is known"),
    ("spent > 0.1 and spent < 0.11",),
    ("spent * 2 == 0.01",),
    ("10 - spent > 10", "spent >= 0"),
    ("score > 0.1", "score <= 0.1"),
    ("vip", "not vip"),
    ("vip", "vip is missing"),
    ("city == 'x'", "city == 'X'"),
    ("city starts with 'ab'", "city starts with 'ac'"),
    ("city starts with 'เชียง'", "city < 'ก'"),
    ("city contains 'abc'", "city not contains 'b'"),
    ("city ends with 'ใหม่'", "city ends with 'ราย'"),
    ("city ends with 'x'", "city in ['a', 'b']"),
    ("city starts with 'abc'", "city not contains 'b'"),
    ("city matches '^x'", "city not matches '^x'", "city is known"),
    ("tags contains any ['a', 'b']", "tags not contains 'a'", "tags not contains 'b'"),
    ("tags contains all ['a', 'b']", "length(tags) < 2"),
    ("tags contains 'x'", "tags is missing"),
    ("joined == 2024-02-29", "joined >= 2024-03-01"),
    ("joined > 2024-01-30 and joined < 2024-01-31",),
    ("days_since(joined) < 30", "joined < 2026-01-01"),
    ("days_since(seen) == 0", "seen < 2026-01-31T00:00:00"),
    ("seen is in last 30 days", "seen < 2026-01-01"),
    ("weekday(joined) > 7",),
    ("at_least(2, vip, age > 5, country == 'TH')", "not vip", "age < 3"),
    ("if(vip, 1, 2) == 3",),
    ("if(age < 5, age, 7) == 6",),
    ("coalesce(age, 5) > 6", "age is missing"),
    ("least(age, 5) > 6",),
    ("greatest(age, 5) < 5",),
    ("spent > score", "spent < score"),
    ("spent == score", "score is missing"),
    ("orders < 0",),
    ("recency < 0",),
    ("orders == 0", "recency < 5"),
    ("orders >= 1", "recency is missing"),
    ("spend > 0", "orders == 0"),
    ("recent > older",),
    ("recent >= 3", "older < 3"),
    ("any(orders where fee > 5)", "none(orders where fee > 3)"),
    ("every(orders where fee > 5)", "any(orders where fee < 5)"),
    ("every(orders where fee > 5)", "orders == 0"),
    ("count(orders where channel == 'web') > count(orders)",),
    ("count(orders where not (channel == 'web')) == 2", "count(orders where channel != 'web') == 3"),
    ("min(orders.fee) > max(orders.fee)",),
    ("avg(orders.fee) > 5", "max(orders.fee) < 3"),
    ("last(orders.fee) > 5", "max(orders.fee) < 3"),
    ("max(orders.fee where channel == 'web') > 5", "max(orders.fee) < 3"),
    ("count_distinct(orders.channel) > 3", "orders <= 3"),
    ("recency > 90", "any(orders where fee > 5 in last 30 days)"),
    ("recency < 20", "none(orders in last 30 days)"),
    ("min(orders.fee) > 5", "any(orders where fee < 3)"),
    ("any(large)", "orders == 0"),
    ("any(large where double > 10)", "none(orders where fee > 5)"),
    ("every(large where fee > 5)", "none(orders where amount > 60 or fee > 5)"),
    ("sum(large.amount) > spend",),
    ("home.rooms > 2", "customer_id is missing"),
    ("tile == 6",),
    ("tile is missing", "spend is known"),
    ("(tile + tile) / 2 > 5",),
    ("in_top(10%, age)", "age is missing"),
    ("in_top_share(80%, spend)", "orders == 0"),
    ("rank(age desc where vip) == 1", "not vip"),
    ("life == 'active'", "recency is missing"),
    ("life == 'lead'", "orders > 0"),
    ("segments.life.active", "recency > 400"),
    ("segments.มือ.ซื้อ", "orders == 0"),
]

POSSIBLE = [
    ("age > 4", "age <= 5"),
    ("not (age < 5)", "age is missing"),
    ("age not in [1, 2]", "age is missing"),
    ("not (age between 1 and 5)", "age is missing"),
    ("spent > 0.1 and spent < 0.12",),
    ("score > 0.1 and score < 0.11",),
    ("not vip", "vip is missing"),
    ("city != 'a'", "city is missing"),
    ("city starts with 'ab'", "city starts with 'abc'"),
    ("city not contains 'b'", "city is missing"),
    ("city ends with 'b'", "city not ends with 'ab'"),
    ("city not matches '^x'", "city is missing"),
    ("tags not contains 'a'", "tags is missing"),
    ("tags contains 'a'", "length(tags) == 1"),
    ("joined >= 2024-02-29", "joined < 2024-03-01"),
    ("days_since(seen) == 0", "seen >= 2026-01-31T00:00:00"),
    ("coalesce(age, 5) == 5", "age is missing"),
    ("least(age, 5) == 5", "age is missing"),
    ("orders == 0", "recency is missing"),
    ("orders == 0", "not (recency < 5)"),
    ("spend == 0", "orders == 0"),
    ("recent == older",),
    ("every(orders where fee > 5)", "orders == 1"),
    ("none(orders where fee > 5)", "any(orders where fee is missing)"),
    ("recency > 90", "any(orders where fee > 5)"),
    ("recency < 40", "none(orders in last 30 days)"),
    ("none(large)", "orders == 3"),
    ("any(large where double > 10)", "none(orders where fee > 6)"),
    ("max(orders.fee) > 5", "avg(orders.fee) < 3"),
    ("max(orders.fee where channel == 'web') is missing", "max(orders.fee) < 3"),
    ("(tile + tile) / 2 > 4",),
    ("not in_top(10%, age)", "age is missing"),
    ("life == 'active'", "recency > 30", "orders == 1"),
]


@pytest.mark.parametrize("rules", NEVER, ids=" & ".join)
def test_contradictions_are_found(rules: tuple[str, ...]) -> None:
    assert ask(*rules).verdict == "never"


@pytest.mark.parametrize("rules", POSSIBLE, ids=" & ".join)
def test_what_can_be_is_possible(rules: tuple[str, ...]) -> None:
    assert ask(*rules).verdict == "possible"


@pytest.mark.parametrize(
    ("rule", "facts"),
    [
        ("age > 120", [Fact("customer", "age", "max")]),
        ("age < 0", [Fact("customer", "age", "min")]),
        ("age < -5 and age > 300", []),
        ("country not in ['TH', 'TW', 'RU'] and country is known", [Fact("customer", "country", "values")]),
        ("joined is missing", [Fact("customer", "joined", "missing")]),
        ("customer_id is missing", []),
        ("home.rooms < 1", [Fact("customer.home", "rooms", "min")]),
        ("spend < 0", [Fact("orders", "amount", "min")]),
        ("any(orders where amount < 0)", [Fact("orders", "amount", "min")]),
        ("seen > 2026-01-31 and seen < 2026-01-31 and age > 120", []),
    ],
)
def test_a_proof_names_the_facts_that_it_rests_on(rule: str, facts: list[Fact]) -> None:
    assert ask(rule) == Answer("never", tuple(facts))


def test_a_lookup_may_lead_to_no_row_whatever_its_columns_promise() -> None:
    assert ask("home.rooms is missing").verdict == "possible"


def test_the_conflict_is_of_those_tests_that_are_needed() -> None:
    small, tests = prover(["age > 5", "vip", "age < 9", "city == 'x'", "age < 3"])
    assert small.conflict(tests) == (0, 4)
    assert small.conflict(tests[:4]) == ()


def test_questions_may_combine_tests() -> None:
    small, (old, young, known) = prover(["age >= 5", "age < 5", "age is known"])
    assert small.ask([Not(Or((old, young))), known]).verdict == "never"
    assert small.ask([Not(Or((old, young)))]).verdict == "possible"


def test_an_example_has_plain_values_of_what_is_asked_and_a_key() -> None:
    rules = [
        "age > 5 and vip and city starts with 'เชียง'",
        "tags contains all ['a', 'b'] and spent < 0.5 and home.rooms == 3",
    ]
    example = ask(*rules, "joined < 2026-01-31 and seen >= 2026-01-01").example
    assert example is not None
    assert example.cells == {
        ((), "customer_id"): 1,
        ((), "age"): 6,
        ((), "vip"): True,
        ((), "city"): "เชียง",
        ((), "tags"): ("a", "b"),
        ((), "spent"): Decimal(0),
        (("home",), "rooms"): 3,
        (("home",), "customer_id"): 1,
        ((), "joined"): date(2026, 1, 30),
        ((), "seen"): datetime(2026, 1, 31, 12),
    }


def test_an_example_passes_tests_of_its_text() -> None:
    example = ask(
        "city contains 'b' and city ends with 'cd' and city not contains 'a' and city starts with 'x'"
    ).example
    assert example is not None
    assert example.cells[(), "city"] == "xbcd"


def test_no_example_is_made_up_where_nobody_looks_at_one() -> None:
    small, tests = prover(["age > 5"])
    assert small.ask(tests, example=False) == Answer("possible")


def test_regions_say_what_single_questions_say() -> None:
    rules = [rule for pair in (*NEVER[:12], *POSSIBLE[:12], *NEVER[-18:], *POSSIBLE[-8:]) for rule in pair]
    small, tests = prover(rules)
    found = small.regions(tests)
    places = range(len(tests))
    for one in places:
        _check(small, found, found.without[one], [Not(tests[one])], {one: False})
        for other in places:
            _check(small, found, found.both[one][other], [tests[one], tests[other]], {one: True, other: True})
            if one != other:
                wanted = {one: True, other: False}
                _check(small, found, found.only[one][other], [tests[one], Not(tests[other])], wanted)


def _check(small: SmallProver, found: Regions, place: int, tests: list[Expression], wanted: dict[int, bool]) -> None:
    assert small.ask(tests, example=False).verdict == ("never" if place == NEVER_THERE else "possible")
    if place >= 0:
        assert all(found.holds[place][test] is value for test, value in wanted.items())


def test_regions_of_chosen_tests_leave_other_pairs_open() -> None:
    small, tests = prover(["age > 5", "age < 3", "age < 2", "vip"])
    found = small.regions(tests, [0])
    assert found.both[0][1] == found.both[1][0] == found.both[0][2] == NEVER_THERE
    assert found.only[2][1] != NEVER_THERE
