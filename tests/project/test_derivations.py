"""Derived relations: what is wrong with them is said at the very word, and circles through them are found."""

from __future__ import annotations

import pytest
from memory_reader import reader

from segrules.diagnostics import Diagnostic, is_error
from segrules.project.loader import load
from segrules.project.resolve import resolve

HEAD = """segrules: 1
name: books
as_of: 2026-01-31
entities:
  reader: {source: r.csv, key: id, columns: {id: integer, joined_on: date}}
relations:
  orders:
    source: o.csv
    key: id
    time: at
    columns: {id: integer, at: timestamp, amount: 'decimal(10,2)', channel: text}
    lookups: {product: {source: p.csv, on: {channel: channel}, columns: {channel: text, kind: text}}}
"""

WRONG = [
    ("paid: {from: orders, where: amuont > 0}", "", "unknown-name", "amuont", "amount"),
    ("paid: {from: orders, where: amount}", "", "wrong-type", "amount", "amount > 0"),
    ("paid: {from: ordres}", "", "unknown-relation", "ordres", "orders"),
    ("paid: {from: paid}", "", "reference-cycle", "paid", None),
    ("a: {from: b}\n  b: {from: a}", "", "reference-cycle", "b", None),
    ("paid: {from: orders, columns: {net: amuont * 2}}", "", "unknown-name", "amuont", "amount"),
    ("paid: {from: orders, time: day}", "", "unknown-name", "paid", None),
    ("paid: {from: orders, time: channel}", "", "wrong-value", "paid", None),
    ("paid: {from: orders, where: any(paid)}", "", "reference-cycle", "any(paid)", "`orders`"),
    ("paid: {from: orders, of: nobody}", "", "unknown-entity", "nobody", None),
    ("paid: {from: orders, columns: {amount: amount * 2}}", "", "duplicate-name", "paid", None),
    ("days: {from: orders, by: [], columns: {n: count(orders)}}", "", "empty-list", "by", None),
    ("days: {from: orders, by: date(at)}", "", "missing-key", "date(at)", "as …"),
    ("days: {from: orders, by: amuont as day}", "", "unknown-name", "amuont", "amount"),
    ("days: {from: orders, by: date(at) as day, columns: {day: sum(amount)}}", "", "duplicate-name", "days", None),
    ("days: {from: orders, by: channel, columns: {n: count(visits)}}", "", "value-as-relation", "visits", "orders"),
    ("days: {from: orders, by: channel, columns: {n: sum(orders)}}", "", "relation-as-value", "orders", None),
    ("days: {from: orders, by: channel, columns: {n: amount}}", "", "relation-as-value", "amount", "`max(amount)`?"),
    ("days: {from: orders, by: channel, columns: {n: count()}}", "", "wrong-arguments", "count()", None),
    (
        "paid: {from: orders, where: amount > spend}",
        "traits: {spend: sum(paid.amount)}",
        "reference-cycle",
        "paid",
        None,
    ),
    (
        "days: {from: orders, by: channel}",
        "segments: {a: any(days in last 2 days)}",
        "no-time",
        "in last 2 days",
        "time",
    ),
    (
        "days: {from: orders, by: channel}",
        "segments: {a: any(days where product.kind == 'x')}",
        "unknown-name",
        None,
        None,
    ),
    ("days: {from: orders, by: channel}", "segments: {a: last(days.channel) == 'x'}", "no-order", "last", "declare"),
]


@pytest.mark.parametrize(
    ("relations", "rules", "code", "words", "help"), WRONG, ids=[item[0] + item[1] for item in WRONG]
)
def test_a_derived_relation_is_refused_at_the_word(
    relations: str, rules: str, code: str, words: str | None, help: str | None
) -> None:
    errors = _errors(relations, rules or "segments: {s: id > 1}")
    found = next((error for error in errors if error.code == code), None)
    assert found is not None, errors
    assert found.span is not None
    assert words is None or found.span.text == words
    assert help is None or help in (found.help or "")


def test_what_is_broken_in_a_derived_relation_is_said_once() -> None:
    rules = "traits: {all_net: sum(paid.net)}\nsegments: {s: all_net > 1, t: any(paid where channel == 'x')}\n"
    errors = _errors("paid: {from: orders, where: amuont > 0, columns: {net: amount * 2}}", rules)
    assert [error.code for error in errors] == ["unknown-name"]


def _errors(relations: str, rules: str) -> list[Diagnostic]:
    project, findings = load(reader(rules, project=f"{HEAD}  {relations}\n"))
    more = resolve(project)[1] if project is not None else ()
    return [finding for finding in (*findings, *more) if is_error(finding)]
