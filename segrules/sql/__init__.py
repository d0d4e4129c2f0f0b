"""A logical plan -> statement text of one dialect, as sqlglot trees until the last moment.

In: a `Plan`, where each table's rows are. Out: formatted SQL that a person can read and run. Absent: connections,
rule text (constants and names are quoted, never parsed), decisions about meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from segrules.language.types import Type
from segrules.planning.nodes import Plan
from segrules.sql.dialect import Dialect, NotWritten
from segrules.sql.dialects.bigquery import BIGQUERY
from segrules.sql.dialects.duckdb import DUCKDB
from segrules.sql.dialects.postgres import POSTGRES, POSTGRES_14
from segrules.sql.dialects.snowflake import SNOWFLAKE
from segrules.sql.dialects.spark import SPARK
from segrules.sql.literals import data_type
from segrules.sql.queries import members_query
from segrules.sql.scans import Table, typed_scans
from segrules.sql.text import text

__all__ = ["DIALECTS", "NotWritten", "generate", "type_name"]

DIALECTS: Mapping[str, Dialect] = {
    dialect.name: dialect for dialect in (DUCKDB, POSTGRES, POSTGRES_14, SPARK, BIGQUERY, SNOWFLAKE)
}


def generate(
    plan: Plan, tables: Mapping[str, Table], zone: str, dialect: str = "duckdb", *, is_to_be_read: bool = False
) -> str:
    """The statement that gives one row per entity row: keys, carried columns, a column per output.

    `zone` is the project's: stored timestamps without a zone are its wall clock. is_to_be_read: by a person, with a
    CTE for each node of the plan also where an engine is faster without. Raises NotWritten.
    """
    own = replace(DIALECTS[dialect], nests=False) if is_to_be_read else DIALECTS[dialect]
    return text(members_query(plan, own, typed_scans(tables, zone, own), zone), own)


def type_name(type: Type, dialect: str) -> str:
    """The name, in the dialect, of the SQL type that holds a core type's values."""
    return data_type(type).sql(dialect)
