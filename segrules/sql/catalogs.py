"""What tables an engine has: https://www.postgresql.org/docs/current/infoschema-tables.html, which DuckDB follows."""

from __future__ import annotations

from sqlglot import exp

from segrules.sql.dialect import Dialect
from segrules.sql.literals import column, name


def tables(catalog: str | None, dialect: str) -> str:
    """The query for (schema, name) of each table and view, of one catalog or of all that the engine shows."""
    known = exp.Table(this=name("tables"), db=name("information_schema"))
    parts = [column("table_schema"), column("table_name")]
    query = exp.Select(expressions=parts).from_(known).order_by(*(part.copy() for part in parts))
    if catalog is not None:
        query = query.where(exp.EQ(this=column("table_catalog"), expression=exp.Literal.string(catalog)))
    return query.sql(dialect)


def may_keep(dialect: Dialect) -> str | None:
    """The query for whether temporary tables can be made; None where they always can."""
    if dialect.may_keep is None:
        return None
    return exp.Select(expressions=[dialect.may_keep()]).sql(dialect.name)
