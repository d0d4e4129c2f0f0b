"""Rows on their way from a server to DuckDB, as CSV: what the server writes, and how DuckDB reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from segrules.language.types import INTEGER, MAX_PRECISION, Kind, Type, decimal
from segrules.planning.nodes import Plan, Stored
from segrules.sql.dialect import Dialect
from segrules.sql.literals import column, data_type
from segrules.sql.scans import Table, natural, reader, rows, text_struct
from segrules.sql.temporary import temporary_table
from segrules.sql.text import cut_name, text

_MISSING = "\\N"


@dataclass(frozen=True, slots=True)
class Fetched:
    """A column: its name on the server, its name in the plan, its type."""

    there: str
    here: str
    type: Type


def columns(described: Sequence[tuple[str, str]], made: Plan, stored: Stored, dialect: Dialect) -> list[Fetched]:
    """The columns of a table of kept rows, by what the plan knows of them and else by what the server says.

    described: name and server's type of each. A server forgets the digits of a decimal that it computed.
    """
    known: dict[str, Type] = {item.column: item.type for item in made.carried}
    known |= {output.column: output.wanted.type for output in made.outputs}
    known |= {matches: INTEGER for _, matches in made.overlaps}
    names = {cut_name(label, dialect.longest_name or len(label.encode())): label for label in stored.columns}
    found = []
    for there, kind in described:
        here = names.get(there, there)
        type = known.get(here) or natural(kind, dialect)
        assert type is not None, f"no value of a plan is {kind}"
        if type == INTEGER and kind.startswith("numeric"):  # of more than 64 bits
            type = decimal(MAX_PRECISION, 0)
        found.append(Fetched(there, here, type))
    return found


def copy_statement(table: Table, fetched: Sequence[Fetched], dialect: Dialect) -> str:
    """``COPY (SELECT …) TO STDOUT (FORMAT csv, NULL '\\N')``: lists as JSON."""
    query = exp.Select(expressions=[_written(item) for item in fetched]).from_(rows(table))
    copied = exp.Copy(
        this=query.subquery(copy=False),
        kind=False,
        files=[exp.var("STDOUT")],
        params=[
            exp.CopyParameter(this=exp.var("FORMAT"), expression=exp.var("csv")),
            exp.CopyParameter(this=exp.var("NULL"), expression=exp.Literal.string(_MISSING)),
        ],
    )
    return text(copied, dialect)


def _written(item: Fetched) -> exp.Expr:
    if item.type.kind is not Kind.LIST:
        return column(item.there)
    return exp.Anonymous(this="to_json", expressions=[column(item.there)])


def table_of_file(called: str, fetched: Sequence[Fetched], path: str) -> str:
    """The statement that makes DuckDB's temporary table of such a file."""
    kinds = {
        item.here: "JSON" if item.type.kind is Kind.LIST else data_type(item.type).sql("duckdb") for item in fetched
    }
    options: dict[str, exp.Expr] = {
        "auto_detect": exp.false(),
        "header": exp.false(),
        "nullstr": exp.Literal.string(_MISSING),
        "allow_quoted_nulls": exp.false(),
        "new_line": exp.Literal.string("\\n"),
        "max_line_size": exp.Literal.number(1 << 26),
        "columns": text_struct(kinds),
    }
    values = [
        exp.cast(column(item.here), data_type(item.type)).as_(item.here, quoted=True)
        if item.type.kind is Kind.LIST
        else column(item.here)
        for item in fetched
    ]
    return temporary_table(called, exp.Select(expressions=values).from_(reader("read_csv", [path], options)))
