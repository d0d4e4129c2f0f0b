"""What rules rest on, what rests on them, which tests look at them, and where their values come from."""

from __future__ import annotations

from pathlib import Path

import pytest
from memory_reader import reader

from segrules.planning.renaming import Thing
from segrules.project.loader import folder_reader
from segrules.workflows.reporting.rules import RuleFacts, rule_facts, sources_of
from segrules.workflows.validate import Validated, validate

ROOT = Path(__file__).parents[3]
PROJECTS = sorted(
    path.parent.relative_to(ROOT).as_posix()
    for folder in ("examples", "tests/cases")
    for path in (ROOT / folder).rglob("segrules.yml")
)

PROJECT = """\
segrules: 1
as_of: 2026-01-31
entities:
  customer:
    source: customers.csv
    key: id
    columns: {id: integer, country: text}
    lookups:
      region: {source: regions.csv, on: country, columns: {country: text, big: boolean}}
relations:
  orders:
    source: orders/*.csv
    key: id
    time: day
    columns: {id: integer, day: date, amount: decimal, product: integer}
    lookups:
      item: {source: {table: shop.items}, on: product, columns: {product: integer, kind: text}}
  large: {from: orders, where: amount > spend and item.kind == 'x'}
"""
RULES = """\
traits:
  spend: sum(orders.amount)
  many_large: count(large)
segments:
  vip: many_large > 1 and region.big
  shoes: any(orders where item.kind == 'shoes')
  hot: segments.vip and stage != 'b'
  back: was(segments.vip, 30 days ago) and not segments.stage.a
segmentations:
  stage:
    stages: {a: spend > 100, b: country == 'TH'}
"""
TESTS = """\
cases:
  - name: first
    given: {customer: [{id: 1}]}
    expect: {vip: [], stage.a: [], spend: {1: 0}}
  - name: second
    given: {customer: [{id: 1}]}
    expect: {stage: {1: null}, stage.b: [], vip: []}
"""


def _facts(checked: Validated) -> dict[Thing, RuleFacts]:
    assert checked.project is not None
    return rule_facts(checked.project, checked.rules, checked.cases)


@pytest.fixture(scope="module")
def checked() -> Validated:
    found = validate(reader(RULES, TESTS, PROJECT))
    assert [finding.message for finding in found.findings] == []
    return found


def _names(things: tuple[Thing, ...]) -> list[str]:
    return [f"{thing.kind} {thing.name}" for thing in things]


def test_a_thing_uses_the_nearest_names_and_sources(checked: Validated) -> None:
    uses = {f"{thing.kind} {thing.name}": _names(own.uses) for thing, own in _facts(checked).items()}
    assert uses == {
        "entity customer": [],
        "lookup customer.region": [],
        "relation orders": [],
        "lookup orders.item": [],
        "relation large": ["relation orders", "trait spend", "lookup orders.item"],
        "trait spend": ["relation orders"],
        "trait many_large": ["relation large"],
        "segment vip": ["trait many_large", "lookup customer.region"],
        "segment shoes": ["relation orders", "lookup orders.item"],
        "segment hot": ["segment vip", "segmentation stage"],
        "segment back": ["segment vip", "stage stage.a"],
        "segmentation stage": ["trait spend", "entity customer"],
    }


def test_who_uses_a_stage_uses_its_segmentation(checked: Validated) -> None:
    facts = _facts(checked)
    assert _names(facts[Thing("customer", "segmentation", "stage")].used_by) == ["segment hot", "segment back"]
    assert _names(facts[Thing("customer", "segment", "vip")].used_by) == ["segment hot", "segment back"]


def test_each_case_that_expects_something_is_named_once(checked: Validated) -> None:
    tests = {
        thing.name: [(test.name, test.path, test.line) for test in own.tests]
        for thing, own in _facts(checked).items()
        if own.tests
    }
    first, second = ("first", "tests/cases.yml", 2), ("second", "tests/cases.yml", 5)
    assert tests == {"vip": [first, second], "stage": [first, second], "spend": [first]}


def test_sources_say_where_their_rows_are(checked: Validated) -> None:
    assert checked.project is not None
    found = sources_of(checked.project, "customer", _facts(checked))
    assert [(source.thing.kind, source.thing.name, source.stored) for source in found] == [
        ("entity", "customer", "customers.csv"),
        ("lookup", "customer.region", "regions.csv"),
        ("relation", "orders", "orders/*.csv"),
        ("lookup", "orders.item", "shop.items"),
        ("relation", "large", None),
    ]
    assert _names(found[-1].uses) == ["relation orders", "trait spend", "lookup orders.item"]
    assert _names(found[0].used_by) == ["segmentation stage"]


def test_an_entity_made_from_a_relation_rests_on_it() -> None:
    project = PROJECT.replace("source: customers.csv", "from: orders").replace(
        "columns: {id: integer, country: text}", ""
    )
    project = project.replace("on: country, columns: {country: text", "on: id, columns: {id: integer")
    checked = validate(reader("segments: {vip: region.big}", "", project.replace("amount > spend", "amount > 1")))
    assert [finding.message for finding in checked.findings] == []
    assert _names(_facts(checked)[Thing("customer", "entity", "customer")].uses) == ["relation orders"]


def test_a_rule_with_errors_uses_nothing_and_may_be_used() -> None:
    checked = validate(reader("segments: {vip: nothing > 1, loyal: country == 'TH', best: segments.vip}", "", PROJECT))
    facts = _facts(checked)
    assert facts[Thing("customer", "segment", "vip")].uses == ()
    assert _names(facts[Thing("customer", "segment", "vip")].used_by) == ["segment best"]
    assert _names(facts[Thing("customer", "segment", "loyal")].uses) == ["entity customer"]


@pytest.mark.parametrize("name", PROJECTS)
def test_who_uses_and_who_is_used_agree(name: str) -> None:
    facts = _facts(validate(folder_reader(ROOT / name)))
    for thing, own in facts.items():
        for used in own.uses:
            whole = Thing(used.entity, "segmentation", used.name.split(".")[0]) if used.kind == "stage" else used
            assert thing in facts[whole].used_by
        for user in own.used_by:
            assert any(used == thing or used.name.startswith(f"{thing.name}.") for used in facts[user].uses)
    assert any(own.uses for own in facts.values())
