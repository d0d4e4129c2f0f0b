"""Constants that the data never has, with the text that was meant."""

from datetime import date
from typing import Any

import pytest

from segrules.diagnostics import Diagnostic
from segrules.engines.duckdb import DuckDB, connect
from segrules.language.core import And, Column, Compare, Expression, Literal, Membership, Not
from segrules.language.types import BOOLEAN, DATE, TEXT, list_of
from segrules.project.model import Column as Stored
from segrules.project.model import Entity, Labelling, Lookup, Project, Relation, Rules, Source
from segrules.source import SourceFile, Span
from segrules.sql.scans import Table
from segrules.workflows.constants import constants_in, constants_that_never_occur

FILE = SourceFile("segments/a.yml", "x" * 100)
COUNTRY = Column("customer", (), "country", TEXT)
CATEGORY = Column("orders", ("product",), "category", TEXT)
CSV = Source("x.csv")


def text(value: str, at: int = 0) -> Literal:
    return Literal(value, TEXT, Span(FILE, at, at + 1))


def rules(segments: dict[str, Expression], **more: object) -> Rules:
    entity = Entity("customer", "id", CSV)
    return Rules(entity, {}, {}, segments, more.get("labels", {}), {})  # type: ignore[arg-type]


def found(*values: str | None, wanted: Rules, declared: tuple[str, ...] | None = None) -> tuple[Diagnostic, ...]:
    engine = connect(threads=1)
    engine.load("customer", [("country", "VARCHAR")], [(value,) for value in values])
    engine.load("orders.product", [("category", "VARCHAR")], [("shoes",), ("hats",)])
    product = Lookup("product", CSV, (("p", "id"),), (Stored("category", TEXT),))
    entity = Entity("customer", "id", CSV, columns=(Stored("country", TEXT, values=declared),))
    orders = Relation("orders", "customer", "id", CSV, lookups=(product,))
    project = Project("shop", None, "UTC", (entity,), (orders,), {}, (), (), (), ())
    tables = {name: Table("table", name=name) for name in ("customer", "orders.product")}
    return constants_that_never_occur(engine, project, tables, [wanted], "UTC")


def test_a_text_in_another_case_is_meant() -> None:
    wanted = rules({"thai": Compare("==", COUNTRY, text("th", 7))})
    (finding,) = found("TH", "US", None, wanted=wanted)
    assert (finding.code, finding.message, finding.help) == (
        "constant-never-occurs",
        "`customer.country` is never 'th' in the data",
        "did you mean 'TH'?",
    )
    assert finding.span == Span(FILE, 7, 8)


def test_blanks_and_slips_are_meant_too() -> None:
    wanted = rules({"a": Membership(COUNTRY, Literal((" Thailand", "Thialand", "Mars", "US"), list_of(TEXT)))})
    helps = [finding.help for finding in found("Thailand", "US", wanted=wanted)]
    assert helps == ["did you mean 'Thailand'?", "did you mean 'Thailand'?", None]


def test_all_rows_are_looked_through_but_never_once_for_each_constant(monkeypatch: pytest.MonkeyPatch) -> None:
    queries: list[str] = []
    run = DuckDB.run

    def counted(engine: DuckDB, statement: str) -> list[tuple[Any, ...]]:
        queries.append(statement)
        return run(engine, statement)

    monkeypatch.setattr("segrules.workflows.constants.FIRST_ROWS", 2)
    monkeypatch.setattr(DuckDB, "run", counted)
    named = (*(f"X{number}" for number in range(50)), "TH", "US", "VN")
    wanted = rules({"a": Membership(COUNTRY, Literal(named, list_of(TEXT)))})
    findings = found("TH", "US", "DE", None, "VN", wanted=wanted)
    assert [finding.message.split("'")[1] for finding in findings] == [f"X{number}" for number in range(50)]
    assert sum(query.count('FROM "customer"') for query in queries) == 3


def test_texts_that_occur_are_not_mentioned() -> None:
    wanted = rules({"a": Not(And((Compare("==", COUNTRY, text("TH")), Compare("==", text("US"), COUNTRY))))})
    assert found("TH", "US", wanted=wanted) == ()


def test_lookups_labels_and_every_place_are_looked_at() -> None:
    one, two = (Compare("==", CATEGORY, text("shoe", at)) for at in (3, 9))
    labels = {"kind": Labelling("first", (("a", one),), None)}
    wanted = rules({"b": two}, labels=labels)
    findings = found("TH", wanted=wanted)
    assert [finding.message for finding in findings] == ["`orders.product.category` is never 'shoe' in the data"] * 2
    assert {finding.span.start for finding in findings if finding.span} == {3, 9}


def test_declared_values_are_checked_without_data() -> None:
    wanted = rules({"a": Compare("==", COUNTRY, text("XX"))})
    assert found("TH", wanted=wanted, declared=("TH", "XX")) == ()


def test_only_equality_with_text_counts() -> None:
    day = Column("customer", (), "day", DATE)
    expressions: list[Expression] = [
        Compare("<", COUNTRY, text("a")),
        Compare("==", day, Literal(date(2026, 1, 1), DATE)),
        Compare("==", Literal(True, BOOLEAN), Literal(True, BOOLEAN)),
        Compare("==", COUNTRY, COUNTRY),
    ]
    assert list(constants_in(expressions)) == []
