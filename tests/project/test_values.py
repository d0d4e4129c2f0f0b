"""`value` of a relation and `cost` of a segment: what they mean, and what is said of wrong ones at the very word."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from memory_reader import reader

from segrules.diagnostics import Diagnostic
from segrules.language.core import Call, Column
from segrules.project.loader import load
from segrules.project.model import Project, Rules
from segrules.project.resolve import resolve

HEAD = """segrules: 1
name: books
entities:
  reader: {source: r.csv, key: id, columns: {id: integer, city: text}}
relations:
  orders:
    source: o.csv
    key: id
    time: at
    columns: {id: integer, at: date, basket: text, amount: 'decimal(10,2)', cost: 'decimal(10,2)'}
    lookups: {product: {source: p.csv, on: {basket: basket}, columns: {basket: text, margin: number}}}
"""


def _read(more: str, rules: str = "") -> tuple[Project, Rules, tuple[Diagnostic, ...]]:
    project, findings = load(reader(rules, project=HEAD + more))
    assert project is not None
    resolved, wrong = resolve(project)
    return project, resolved["reader"], (*findings, *wrong)


def test_one_rule_is_what_a_row_brings() -> None:
    _, rules, findings = _read("    value: amount\n")
    assert findings == ()
    assert rules.value is not None
    assert rules.value.relation == "orders"
    assert isinstance(rules.value.spend, Column)
    assert (rules.value.margin, rules.value.order) == (None, None)


def test_margin_and_order_stand_beside_it() -> None:
    _, rules, findings = _read("    value: {spend: amount, margin: amount - cost, order: basket}\n")
    assert findings == ()
    assert rules.value is not None
    assert isinstance(rules.value.margin, Call)
    assert rules.value.order == Column("orders", (), "basket", rules.value.order.type)  # type: ignore[union-attr]


def test_a_derived_relation_has_its_own() -> None:
    more = "  paid: {from: orders, where: amount > 0, columns: {net: amount * 0.9}, value: net}\n"
    _, rules, findings = _read(more)
    assert findings == ()
    assert rules.value is not None
    assert rules.value.relation == "paid"


def test_it_is_not_inherited() -> None:
    _, rules, _ = _read("    value: amount\n  paid: {from: orders, where: amount > 0}\n")
    assert rules.value is not None
    assert rules.value.relation == "orders"


def test_it_may_use_what_the_rules_define() -> None:
    _, rules, findings = _read("    value: amount * params.net * factor\n", "params: {net: 0.9}\ntraits: {factor: 2}\n")
    assert findings == ()
    assert rules.value is not None


WRONG = [
    ("    value: amuont\n", "unknown-name", "amuont", "`amount`"),
    ("    value: basket\n", "wrong-type", "basket", None),
    ("    value: amount >\n", "syntax", ">", None),
    ("    value: {spend: amount, margin: at}\n", "wrong-type", "at", None),
    ("    value: {spend: amount, order: baskt}\n", "unknown-name", "baskt", "`basket`"),
    ("    value: amount\n  paid: {from: orders, value: cost}\n", "duplicate-name", "cost", "`paid`"),
]


@pytest.mark.parametrize(("more", "code", "words", "help"), WRONG, ids=[f"{more.strip()}" for more, *_ in WRONG])
def test_what_is_wrong_is_said_at_the_word(more: str, code: str, words: str, help: str | None) -> None:
    _, rules, findings = _read(more)
    assert rules.value is None
    (finding,) = findings
    assert finding.code == code
    assert finding.span is not None
    assert finding.span.text == words
    assert help is None or help in (finding.help or "")


def test_it_says_what_is_spent() -> None:
    project, findings = load(reader(project=HEAD + "    value: {margin: amount}\n"))
    assert project is None
    assert [finding.code for finding in findings] == ["missing-key"]


def test_it_needs_a_time() -> None:
    more = "  gifts: {source: g.csv, key: id, columns: {id: integer, amount: integer}, value: amount}\n"
    _, rules, findings = _read(more)
    assert rules.value is None
    assert [finding.code for finding in findings] == ["missing-key"]


def test_a_segment_has_a_cost() -> None:
    project, _, findings = _read("", "segments: {a: {when: city is known, cost: 0.35}, b: city is missing}\n")
    assert findings == ()
    assert [segment.cost for segment in project.segments] == [Decimal("0.35"), None]


@pytest.mark.parametrize("cost", ["-1", "much", "true", "[1]", "20%"])
def test_a_cost_is_a_number_that_is_not_negative(cost: str) -> None:
    _, _, findings = _read("", f"segments: {{a: {{when: city is known, cost: {cost}}}}}\n")
    assert [finding.code for finding in findings] == ["wrong-value"]


def test_spans_take_no_part_in_what_is_equal() -> None:
    project, _, _ = _read("    value: {spend: amount, order: basket}\n")
    value = project.relations[0].value
    assert value is not None
    assert value == replace(value, span=None, order_span=None)
