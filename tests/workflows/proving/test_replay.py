"""Examples of a prover are shown only where the engine agrees, made small, and with the names that rules have."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
import reference as oracle
import running
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import Sample, samples

from segrules.analysis import Example
from segrules.engines import Engine
from segrules.language.core import And, Expression, Not
from segrules.planning import reference
from segrules.planning.time import as_of, parse_as_of
from segrules.project.model import Project, Rules
from segrules.workflows.proving.replay import Question, replay
from segrules.workflows.proving.shown import Shown
from segrules.workflows.testing.unit_tests import run_checked
from segrules.workflows.validate import validate

PROJECT = """\
segrules: 1
name: ร้านค้า
as_of: 2026-01-31
timezone: Asia/Bangkok
entities:
  ลูกค้า:
    source: c.csv
    key: id
    columns:
      id: integer
      country: {type: text, values: [TH, RU, US], missing: never}
      age: {type: integer, min: 18, max: 99}
      city: text
      tags: list of text
      joined: date
      seen: timestamp
      budget: decimal(12,2)
      company_id: integer
    lookups:
      profile: {source: d.csv, on: id, columns: {id: integer, income: integer, region: text}}
      company: {entity: company, on: company_id}
  company:
    source: f.csv
    key: company_id
    columns: {company_id: integer, size: integer}
  buyer:
    from: sales
    key: buyer_id
relations:
  orders:
    of: ลูกค้า
    source: o.csv
    key: id
    time: at
    columns: {id: integer, at: timestamp, amount: 'decimal(12,2)', channel: text, product_id: integer}
    lookups: {product: {source: p.csv, on: product_id, columns: {product_id: integer, category: text}}}
  staff: {of: company, source: t.csv, key: company_id, columns: {company_id: integer, role: text}}
  visits: {of: ลูกค้า, source: v.csv, key: id, time: day, columns: {id: integer, day: date, seconds: integer}}
  paid: {from: orders, where: amount > 0}
  sales: {of: buyer, source: s.csv, key: buyer_id, time: on, columns: {buyer_id: integer, on: date, price: integer}}
"""
RULES = """\
entity: ลูกค้า
traits:
  recency_days: days_since(max(orders.at))
  orders: count(orders)
  spend: sum(orders.amount)
  r: if(recency_days < 30, 5, 1)
segments:
  vip: recency_days < 30 and orders >= 5
  ชาวไทย: country == 'TH'
  rich: spend >= 500
  shoes: any(orders where product.category == 'shoes')
  regional: profile.region == 'กรุงเทพ' and profile.income > 100
  of_company: company.size > 10
  big_company: company.segments.big
  tagged: tags contains 'ใหม่'
  chosen: {when: orders >= 100, include: [1, 2]}
  evening: hour(seen) >= 20
  top: in_top(10%, spend)
  not_top: spend > 0 and not in_top(10%, spend)
  fifth: ntile(5, spend) == 5
  above: spend > overall(median(spend))
  tier: company.size > 10 and company.sales_people >= 2
  quick: sequence(orders where channel == 'web' then channel == 'shop' then channel == 'web' within 10 minutes)
  busy: max_count(orders where channel == 'web' within 5 minutes) >= 4
  weeks: count_distinct(start_of(week, orders.at)) >= 3
  never: age > 50 and age < 40
  once: orders == 1
  nobody: city is missing
  long_ago: joined < 2020-01-01
  adult: age > 18
  elsewhere: city != 'กรุงเทพ' and city is known
  in_b: city starts with 'บ' or city == 'บางกอก'
segmentations:
  lifecycle:
    hit: first
    stages: {ลูกค้าใหม่: orders == 1, active: recency_days < 30, old: recency_days >= 30}
"""
COMPANY = "entity: company\ntraits: {sales_people: count(staff where role == 'sales')}\nsegments: {big: size > 100}\n"
BUYER = "entity: buyer\ntraits: {paid: sum(sales.price)}\nsegments: {good: paid > 10, poor: paid <= 10}\n"


def opened(rules: str = RULES, project: str = PROJECT) -> tuple[Project, dict[str, Rules]]:
    read = {"segrules.yml": project, "segments/a.yml": rules, "segments/b.yml": COMPANY, "segments/c.yml": BUYER}
    found = running.open_project(read)
    return found, running.resolve_project(found)


def asked(
    engine: Engine,
    *names: str,
    without: Sequence[str] = (),
    example: Example | None = None,
    entity: str = "ลูกค้า",
    rules: str = RULES,
) -> Shown | None:
    """What is shown for a row that is in all named segments and in none of the others."""
    project, own = opened(rules)
    tests = all_of(own[entity], names, without)
    moment = as_of(date(2026, 1, 31), project.timezone)
    (shown,) = replay(engine, project, own, entity, moment, [Question(tests, example)])
    return shown


def all_of(rules: Rules, names: Sequence[str], without: Sequence[str] = ()) -> tuple[Expression, ...]:
    taken = [reference(rules, name) for name in names]
    return (*taken, *(Not(reference(rules, name)) for name in without))


def test_an_example_that_holds_is_shown(duckdb_engine: Engine) -> None:
    orders = tuple({((), "at"): datetime(2026, 1, 20, 12, number)} for number in range(5))
    shown = asked(duckdb_engine, "vip", "ชาวไทย", example=Example({((), "country"): "TH"}, {"orders": orders}))
    assert shown is not None
    assert shown.line.startswith("{recency_days: ")
    assert shown.values["orders"] == 5
    assert shown.values["country"] == "TH"


def test_an_example_that_does_not_hold_is_not_shown(duckdb_engine: Engine) -> None:
    wrong = Example({((), "age"): 45})
    assert asked(duckdb_engine, "never", example=wrong) is None


def test_a_row_is_drafted_where_the_example_is_wrong(duckdb_engine: Engine) -> None:
    shown = asked(duckdb_engine, "ชาวไทย", example=Example({((), "country"): "US"}))
    assert shown is not None
    assert shown.line == "{country: TH}"


def test_an_example_outside_the_contract_is_not_shown(duckdb_engine: Engine) -> None:
    shown = asked(duckdb_engine, "nobody", without=["ชาวไทย"], example=Example({((), "country"): "XX"}))
    assert shown is not None
    assert shown.values["country"] in ("RU", "US")
    assert shown.values["city"] is None
    assert shown.line == "{city: null, country: " + str(shown.values["country"]) + "}"


def test_what_may_not_be_missing_is_given(duckdb_engine: Engine) -> None:
    shown = asked(duckdb_engine, "nobody", example=Example())
    assert shown is not None
    assert [row["country"] for row in shown.given["ลูกค้า"]] == ["TH"]


def test_what_tests_do_not_need_is_left_out(duckdb_engine: Engine) -> None:
    cells: dict[Any, Any] = {((), "country"): "TH", ((), "city"): "x", ((), "joined"): date(1970, 1, 1)}
    cells |= {(("profile",), "region"): "north", ((), "age"): 99}
    orders = [{((), "at"): datetime(2026, 1, 20), ((), "amount"): 3, (("product",), "category"): "y"}] * 9
    example = Example(cells, {"orders": tuple(orders), "visits": ({((), "seconds"): 5},)})
    shown = asked(duckdb_engine, "vip", "ชาวไทย", example=example)
    assert shown is not None
    assert [*shown.given] == ["ลูกค้า", "orders"]
    assert shown.given["ลูกค้า"] == [{"id": 1, "country": "TH"}]
    assert [sorted(row) for row in shown.given["orders"]] == [["at", "id"]] * 5


def test_few_of_many_rows_are_kept_where_only_one_does_it(duckdb_engine: Engine) -> None:
    orders = [{((), "at"): datetime(2026, 1, 20, hour)} for hour in range(9)]
    orders[4][(("product",), "category")] = "shoes"  # type: ignore[assignment]
    shown = asked(duckdb_engine, "shoes", example=Example({}, {"orders": tuple(orders)}))
    assert shown is not None
    assert len(shown.given["orders"]) == 1


def test_days_are_as_near_to_the_as_of_as_tests_let_them(duckdb_engine: Engine) -> None:
    orders = tuple({((), "at"): datetime(1970 + number, 1, 1)} for number in range(2))
    shown = asked(duckdb_engine, "lifecycle.old", without=["once"], example=Example({}, {"orders": orders}))
    assert shown is not None
    assert shown.values["recency_days"] == 30
    late = asked(duckdb_engine, "long_ago", example=Example({((), "joined"): date(1970, 1, 1)}))
    assert late is not None
    assert late.values == {"joined": date(2019, 12, 31)}


def test_numbers_are_round_and_inside_the_contract(duckdb_engine: Engine) -> None:
    orders = ({((), "at"): datetime(2026, 1, 20), ((), "amount"): Decimal("7321.17")},)
    assert asked(duckdb_engine, "rich", example=Example({}, {"orders": orders})) is not None
    shown = asked(duckdb_engine, "rich", "adult", example=Example({((), "age"): 83}))
    assert shown is not None
    assert shown.values == {"spend": 500, "age": 20}


def test_text_looks_like_text(duckdb_engine: Engine) -> None:
    shown = asked(duckdb_engine, "elsewhere", example=Example({((), "city"): "\x01"}))
    assert shown is not None
    assert shown.line == "{city: example}"
    thai = asked(duckdb_engine, "in_b", example=Example({((), "city"): "บ\u0e48\x02"}))
    assert thai is not None
    assert thai.line == "{city: บางกอก}"


def test_rows_behind_lookups(duckdb_engine: Engine) -> None:
    cells = {(("profile",), "region"): "กรุงเทพ", (("profile",), "income"): 101, (("company",), "size"): 11}
    shown = asked(duckdb_engine, "regional", "of_company", "shoes", example=Example(cells))
    assert shown is not None
    assert shown.values["profile.region"] == "กรุงเทพ"
    assert shown.values["company.size"] > 10  # type: ignore[operator]
    assert shown.values["any(orders where product.category == 'shoes')"] is True
    assert {"ลูกค้า", "ลูกค้า.profile", "company", "orders", "orders.product"} == set(shown.given)


def test_lists_and_clocks(duckdb_engine: Engine) -> None:
    cells: dict[Any, Any] = {((), "tags"): ("ใหม่",), ((), "seen"): datetime(2026, 1, 30, 20, 15)}
    shown = asked(duckdb_engine, "tagged", "evening", example=Example(cells))
    assert shown is not None
    assert shown.values["tags"] == ("ใหม่",)
    assert isinstance(shown.values["seen"], datetime)
    assert shown.values["seen"].hour >= 20


def test_keys_that_rules_name(duckdb_engine: Engine) -> None:
    shown = asked(duckdb_engine, "chosen", example=Example({((), "id"): 2}))
    assert shown is not None
    assert shown.key in (1, 2)
    assert shown.values == {"orders": 0, "id": shown.key}
    out = asked(duckdb_engine, "ชาวไทย", without=["chosen"])
    assert out is not None
    assert out.key not in (1, 2)


def test_entities_of_relations(duckdb_engine: Engine) -> None:
    example = Example({}, {"sales": ({((), "price"): 11},)})
    shown = asked(duckdb_engine, "good", entity="buyer", example=example)
    assert shown is not None
    assert shown.line == "{paid: 20}"
    assert set(shown.given) == {"sales"}


def test_a_case_can_be_pasted_and_passes(duckdb_engine: Engine) -> None:
    shown = asked(duckdb_engine, "vip", without=["rich"])
    assert shown is not None
    check_pasted(shown.case("a vip who's poor", {"vip": True, "rich": False, "lifecycle": "active"}))


def check_pasted(text: str) -> None:
    """The case is taken in by the project, and passes."""
    files = {"segrules.yml": PROJECT, "segments/a.yml": RULES, "segments/b.yml": COMPANY, "segments/c.yml": BUYER}
    files["tests/a.yml"] = "cases:\n" + "".join(f"  {line}\n" for line in text.splitlines())
    checked = validate(running.Files(files))
    assert [one for one in checked.findings if one.severity.value == "error"] == []
    assert [result.passed for result in run_checked(checked, name=None).results] == [True]


def test_things_of_another_entity(duckdb_engine: Engine) -> None:
    shown = asked(duckdb_engine, "big_company", "of_company")
    assert shown is not None
    assert shown.values["company.segments.big"] is True
    assert shown.values["company.size"] > 100  # type: ignore[operator]
    assert len(shown.given["company"]) == 1


def test_rows_of_another_entity(duckdb_engine: Engine) -> None:
    shown = asked(duckdb_engine, "tier")
    assert shown is not None
    assert shown.line == "{company.size: 20, company.sales_people: 2}"
    (company,) = shown.given["company"]
    assert shown.given["ลูกค้า"][0]["company_id"] == company["company_id"]
    assert shown.given["staff"] == [{"company_id": company["company_id"], "role": "sales"}] * 2


def test_a_row_is_compared_with_others(duckdb_engine: Engine) -> None:
    assert values_of(asked(duckdb_engine, "top")) == {"in_top(10%, spend)": True, "spend": 0}
    below = asked(duckdb_engine, "not_top")
    assert below is not None
    assert below.values["in_top(10%, spend)"] is False
    assert len(below.given["ลูกค้า"]) == 2
    last = asked(duckdb_engine, "fifth")
    assert last is not None
    assert last.values["ntile(5, spend)"] == 5
    above = asked(duckdb_engine, "above")
    assert above is not None
    assert above.values["spend"] > above.values["overall(median(spend))"]  # type: ignore[operator]


def values_of(shown: Shown | None) -> object:
    return None if shown is None else shown.values


def test_rows_that_follow_each_other_closely(duckdb_engine: Engine) -> None:
    quick = asked(duckdb_engine, "quick")
    assert quick is not None
    assert [row["channel"] for row in sorted(quick.given["orders"], key=lambda row: str(row["at"]))] == [
        "web",
        "shop",
        "web",
    ]
    busy = asked(duckdb_engine, "busy", without=["quick"])
    assert busy is not None
    assert len(busy.given["orders"]) == 4
    weeks = asked(duckdb_engine, "weeks")
    assert weeks is not None
    assert len(weeks.given["orders"]) == 3


def test_clauses_that_get_in_the_way_of_each_other_are_drafted_again(duckdb_engine: Engine) -> None:
    rules = """\
entity: ลูกค้า
segments:
  a: count(orders) == 3 and sum(orders.amount) == 100
"""
    shown = asked(duckdb_engine, "a", rules=rules)
    assert shown is not None
    assert shown.values["sum(orders.amount)"] == 100
    assert len(shown.given["orders"]) == 3


@pytest.mark.parametrize("name", ["not_top", "fifth", "above"])
def test_a_case_says_who_else_is_in(name: str, duckdb_engine: Engine) -> None:
    shown = asked(duckdb_engine, name)
    assert shown is not None
    check_pasted(shown.case("compared", {name: True}))


@settings(max_examples=max(10, settings().max_examples // 16))
@given(sample=samples(), data=st.data())
def test_the_reference_evaluator_agrees_with_all_that_is_shown(
    sample: Sample, data: st.DataObject, duckdb_engine: Engine
) -> None:
    project = running.open_project(sample.files)
    rules = running.resolve_project(project)
    moment = parse_as_of(sample.as_of, sample.zone)
    for entity, own in rules.items():
        if not own.segments:
            continue
        names = st.lists(st.sampled_from([*own.segments]), min_size=1, max_size=3, unique=True)
        chosen = data.draw(st.lists(st.tuples(names, names), min_size=1, max_size=4))
        questions = [
            Question(all_of(own, taken[:2], [one for one in left if one not in taken])) for taken, left in chosen
        ]
        for question, shown in zip(
            questions, replay(duckdb_engine, project, rules, entity, moment, questions), strict=True
        ):
            if shown is not None:
                confirm(own, question, shown, moment.now, sample.zone)


def confirm(rules: Rules, question: Question, shown: Shown, now: datetime, zone: str) -> None:
    tables = {table: [columns_of(rules, table) | row for row in rows] for table, rows in shown.given.items()}
    subject = oracle.World(rules, tables, now, zone).at(shown.key)
    assert subject is not None, shown
    assert subject.holds(And(question.tests), {}), (shown, question.tests)


def columns_of(rules: Rules, table: str) -> dict[str, None]:
    """A row of nothing but missing values."""
    stored = dict(running.stored_tables(rules))
    return {column.name: None for column in stored[table]}
