"""A table of Spark's own catalog that members are written into: its facts, its rows, and the call that changes them.

A table is Parquet files in a folder, and the catalog says in which. Rows are written into a new folder; then the
catalog is told of it: https://spark.apache.org/docs/latest/sql-ref-syntax-ddl-alter-table.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlglot import exp

from segrules.language.types import Kind, Type
from segrules.planning.time import AsOf
from segrules.sql.delivery import (
    AS_OF,
    CHANGE,
    ENTERED,
    SEGMENT,
    Columns,
    among,
    change_counts,
    changes_query,
    moment,
    moves,
)
from segrules.sql.dialects.spark import SPARK, only_path
from segrules.sql.literals import column, constant, data_type, name
from segrules.sql.text import text
from segrules.sql.writes import Query

SESSION_CATALOG = "spark_catalog"
RUN = "segrules.run"
"""The property of a table that says which run began to write to it last."""
ZONE = "timeZone"
"""The option of a table in which partitions that are instants are written: Spark's `DateTimeUtils.TIMEZONE_OPTION`."""

_INTEGERS = ("bigint", "int", "smallint")
_MADE = {
    Kind.INTEGER: "bigint",
    Kind.NUMBER: "double",
    Kind.TEXT: "string",
    Kind.DATE: "date",
    Kind.TIMESTAMP: "timestamp_ntz",
    Kind.BOOLEAN: "boolean",
    Kind.DURATION: "bigint",
}


@dataclass(frozen=True, slots=True)
class SparkTable:
    """A table of the session's own catalog."""

    database: str
    name: str

    def __str__(self) -> str:
        return f"{self.database}.{self.name}"

    @property
    def node(self) -> exp.Table:
        return exp.Table(this=name(self.name), db=name(self.database), catalog=name(SESSION_CATALOG))


@dataclass(frozen=True, slots=True)
class Wanted:
    """A column that a table is to have; type: the one it is made with."""

    name: str
    type: str

    def fits(self, stored: str) -> bool:
        """Whether a stored type holds the values unchanged, or Spark refuses those that it does not hold."""
        made, there = (_digits(kind) for kind in (self.type, stored))
        if there is not None and (made is not None or self.type == "bigint"):
            return there[1] >= (0 if made is None else made[1])
        return stored == self.type or (self.type == "bigint" and stored in _INTEGERS)


def wanted(columns: Columns, as_of: AsOf, *, is_log: bool) -> tuple[Wanted, ...]:
    """The columns of a table of members."""
    own = [Wanted(label, _made(kind)) for label, kind in columns.own]
    texts = [Wanted(label, "string") for label in (SEGMENT, *((CHANGE,) if is_log else ()))]
    return (*own, *texts, Wanted(AS_OF, "timestamp_ltz" if isinstance(as_of.given, datetime) else "date"))


def database_query(table: SparkTable) -> str:
    """Rows of a name and a value, among them `Location`, escaped as in a URL."""
    database = exp.Table(this=name(table.database), db=name(SESSION_CATALOG))
    return _command("DESCRIBE DATABASE", database)


def facts_query(table: SparkTable, partition: str | None = None) -> str:
    """One row: JSON of what the catalog knows of the table, or of its partition of this as-of."""
    part = None if partition is None else exp.Partition(expressions=[_of_partition(partition)])
    return text(exp.Describe(this=table.node, style="EXTENDED", kind="TABLE", partition=part, as_json=True), SPARK)


def types_query(table: SparkTable) -> str:
    """Rows of a name and a type, first those of the columns in their order. `AS JSON` calls a `varchar(3)` a string."""
    return text(exp.Describe(this=table.node), SPARK)


def partitions_query(table: SparkTable) -> str:
    """A row for each partition: `as_of=2026-01-31`, escaped as in a URL."""
    return _command("SHOW PARTITIONS", table.node)


def claim_statement(table: SparkTable, run: str) -> str:
    """The statement that says in the catalog which run writes to the table now."""
    told = exp.Property(this=exp.Literal.string(RUN), value=exp.Literal.string(run))
    return _altered(table.node, exp.AlterSet(expressions=[exp.Properties(expressions=[told])]))


def refresh_statement(table: SparkTable) -> str:
    """The statement by which a session forgets where the rows of a table were."""
    return text(exp.Refresh(this=table.node, kind="TABLE"), SPARK)


def create_statement(table: SparkTable, columns: Sequence[Wanted], location: str, *, is_dated: bool) -> str:
    """The statement that makes a table of the rows in a folder, or one of partitions, which has none yet."""
    definitions = [exp.ColumnDef(this=name(item.name), kind=_type(item.type)) for item in columns]
    properties: list[exp.Expr] = [exp.FileFormatProperty(this=exp.var("PARQUET"))]
    if is_dated:
        zone = exp.Property(this=exp.Literal.string(ZONE), value=exp.Literal.string("UTC"))
        properties.append(exp.OptionsProperty(expressions=[zone]))
        properties.append(exp.PartitionedByProperty(this=exp.Schema(expressions=[name(AS_OF)])))
    properties.append(exp.LocationProperty(this=exp.Literal.string(location)))
    made = exp.Schema(this=table.node, expressions=definitions)
    return text(exp.Create(this=made, kind="TABLE", properties=exp.Properties(expressions=properties)), SPARK)


def move_statement(table: SparkTable, location: str, partition: str | None) -> str:
    """The statement by which a table, or its partition of this as-of, has the rows of another folder."""
    node = table.node
    if partition is not None:
        node.set("partition", exp.Partition(expressions=[_of_partition(partition)]))
    return _altered(node, exp.AlterSet(location=exp.Literal.string(location)))


def add_statement(table: SparkTable, location: str, partition: str) -> str:
    """The statement that adds a partition of this as-of with the rows of a folder."""
    part = exp.Anonymous(this="PARTITION", expressions=[_of_partition(partition)])
    place = exp.LocationProperty(this=exp.Literal.string(location))
    return _altered(table.node, exp.AddPartition(this=part, location=place))


def members_query(rows: Query, columns: Columns, types: Mapping[str, str], as_of: AsOf | None) -> Query:
    """Memberships in the types of a table, by their columns. as_of: for a table that has it in its rows."""
    parts = [exp.cast(column(label), _type(types[label])).as_(label, quoted=True) for label in columns.names]
    if as_of is not None:
        parts.append(_moment(as_of).as_(AS_OF, quoted=True))
    return exp.Select(expressions=parts).from_(rows.subquery(name("members"), copy=False), copy=False)


def new_changes_query(
    members: Query, columns: Columns, log: SparkTable | None, segments: Sequence[str] | None, as_of: AsOf
) -> Query:
    """Who entered and left by then since what a log says of before. log: None where there is none yet."""
    if log is None:
        told = [*map(column, columns.names), constant(ENTERED).as_(CHANGE, quoted=True)]
        return exp.Select(expressions=told).from_(members.subquery(name("members"), copy=False), copy=False)
    before = exp.Select(expressions=[exp.Star()]).from_(log.node)
    before = before.where(exp.LT(this=column(AS_OF), expression=_moment(as_of)))
    return changes_query(columns, members, before, segments)


def others_query(table: SparkTable, labels: Sequence[str], segments: Sequence[str], as_of: AsOf | None) -> Query:
    """The rows of other segments as they are; of one as-of, where one is given."""
    (own,) = among(segments)
    tests: list[exp.Expr] = [exp.Not(this=exp.Coalesce(this=own, expressions=[exp.false()]))]
    if as_of is not None:
        tests.append(exp.EQ(this=column(AS_OF), expression=_moment(as_of)))
    return exp.Select(expressions=[*map(column, labels)]).from_(table.node).where(*tests)


def moves_query(folder: str, columns: Columns, table: SparkTable, segments: Sequence[str] | None) -> str:
    """One row: how many members a folder has that the table has not, and the other way; and how many it has."""
    sides = []
    for place in (_files(folder), table.node):
        side = exp.Select(expressions=[column(label) for label in (columns.key[0], SEGMENT)]).from_(place)
        sides.append(side.where(*among(segments), copy=False))
    counted = moves(columns, *sides)
    return text(counted.select(exp.Count(this=column(columns.key[0], "n")), copy=False), SPARK)


def rows_query(folder: str, segments: Sequence[str] | None) -> str:
    """One row: how many rows of these segments a folder has."""
    return _counted(folder, [exp.Count(this=exp.Star())], segments)


def change_counts_query(folder: str, segments: Sequence[str] | None) -> str:
    """One row: how many entered and how many left by a folder of changes."""
    return _counted(folder, change_counts(), segments)


def partition_value(as_of: AsOf) -> str:
    """The as-of as the catalog writes it: a day, or an instant in UTC."""
    given = as_of.given
    return as_of.now.isoformat(sep=" ") if isinstance(given, datetime) else given.isoformat()


def _counted(folder: str, counts: Sequence[exp.Expr], segments: Sequence[str] | None) -> str:
    return text(exp.Select(expressions=counts).from_(_files(folder)).where(*among(segments), copy=False), SPARK)


def _files(folder: str) -> exp.Table:
    """A folder of Parquet files as a table."""
    return exp.Table(this=name(only_path(folder)), db=name("parquet"))


def _moment(as_of: AsOf) -> exp.Expr:
    """An instant as Spark means one, whatever `TIMESTAMP` means in the session."""
    found = moment(as_of)
    if isinstance(as_of.given, datetime):
        found.set("to", _type("timestamp_ltz"))
    return found


def _of_partition(value: str) -> exp.Expr:
    return exp.EQ(this=column(AS_OF), expression=exp.Literal.string(value))


def _made(kind: Type) -> str:
    match kind.kind:
        case Kind.LIST if kind.element is not None:
            return f"array<{_made(kind.element)}>"
        case Kind.DECIMAL | Kind.VERSION:
            return data_type(kind).sql("spark").lower().replace(" ", "")
        case other:
            return _MADE[other]


def _digits(kind: str) -> tuple[int, int] | None:
    """The digits of a decimal, and how many of them are behind the point."""
    found = re.fullmatch(r"decimal\((\d+),(\d+)\)", kind)
    return (int(found[1]), int(found[2])) if found else None


def _type(kind: str) -> exp.DataType:
    return exp.DataType.build(kind, dialect="spark")


def _altered(table: exp.Table, action: exp.Expr) -> str:
    return text(exp.Alter(this=table, kind="TABLE", actions=[action]), SPARK)


def _command(words: str, table: exp.Table) -> str:
    """A statement that sqlglot knows by its first words only."""
    return text(exp.Command(this=words, expression=table.sql("spark")), SPARK)
