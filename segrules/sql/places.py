"""Where PostgreSQL keeps a row, its `ctid`: a number of six bytes that no other row of the table has.

Four bytes are the number of a page, two that of a row in it. Processes that read a table together know it of each row,
which is more than they know of a `row_number`: https://www.postgresql.org/docs/current/ddl-system-columns.html
"""

from __future__ import annotations

from sqlglot import exp

from segrules.planning.nodes import Scan
from segrules.sql.literals import column, name
from segrules.sql.queries import ScanQuery

PLACE = "place of row"
"""The column that has it: three words, so that nothing in a plan has this name."""

_FEWEST_ROWS = 32  # of a page, by the statistics: of fewer, half of the bits of a number would stay empty


def with_places(scan: ScanQuery, of: Scan) -> ScanQuery:
    """The same queries, that of one scan with the place of each row."""

    def placed(node: Scan) -> exp.Select:
        query = scan(node)
        if node is not of:
            return query
        place = exp.Anonymous(this="tidsend", expressions=[column("ctid")])
        return query.select(place.as_(PLACE, quoted=True, copy=False), copy=False)

    return placed


def in_page() -> tuple[exp.Expr, exp.Expr]:
    """Of a row's place a number from 0 to 63, and what it is the number in: a page, or 64 rows of a large one."""
    last = exp.Literal.number(5)
    byte = exp.Anonymous(this="get_byte", expressions=[column(PLACE), last])
    low = exp.BitwiseAnd(this=byte, expression=exp.Literal.number(63))
    high = exp.BitwiseAnd(this=byte.copy(), expression=exp.Literal.number(192))
    return low, exp.Anonymous(this="set_byte", expressions=[column(PLACE), last.copy(), high])


def has_places(scan: ScanQuery, of: Scan, dialect: str) -> str:
    """The query for whether the rows of a scan have places that may be read, and pages are full of them.

    Views have none; of a table in parts, rows of two parts can have the same.
    """
    table = scan(of).find(exp.Table)
    assert table is not None
    number, count = column("oid"), exp.Count(this=exp.Star())
    full = exp.Mul(this=exp.Literal.number(_FEWEST_ROWS), expression=column("relpages"))
    named, right = exp.Literal.string(table.sql(dialect)), exp.Literal.string("SELECT")
    ctid = exp.cast(exp.Literal.number(-1), exp.DType.SMALLINT)  # its number; by its name, a view would be an error
    tests = [
        exp.EQ(this=number, expression=exp.Anonymous(this="to_regclass", expressions=[named])),
        exp.In(this=column("relkind"), expressions=[exp.Literal.string(kind) for kind in ("r", "m")]),
        exp.Not(this=column("relhassubclass")),
        exp.GTE(this=column("reltuples"), expression=full),
        exp.GT(this=column("relpages"), expression=exp.Literal.number(0)),
        exp.Anonymous(this="has_column_privilege", expressions=[number.copy(), ctid, right]),
    ]
    known = exp.Table(this=name("pg_class"), db=name("pg_catalog"))
    found = exp.GT(this=count, expression=exp.Literal.number(0))
    return exp.Select(expressions=[found]).from_(known, copy=False).where(*tests, copy=False).sql(dialect)
