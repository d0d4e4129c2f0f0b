"""What tables an engine has: https://www.postgresql.org/docs/current/infoschema-tables.html, which DuckDB follows."""

from __future__ import annotations

from sqlglot import exp

from segrules.sql.literals import column, name


def tables(catalog: str | None, dialect: str) -> str:
    """The query for (schema, name) of each table and view, of one catalog or of all that the engine shows."""
    known = exp.Table(this=name("tables"), db=name("information_schema"))
    parts = [column("table_schema"), column("table_name")]
    query = exp.Select(expressions=parts).from_(known).order_by(*(part.copy() for part in parts))
    if catalog is not None:
        query = query.where(exp.EQ(this=column("table_catalog"), expression=exp.Literal.string(catalog)))
    return query.sql(dialect)
