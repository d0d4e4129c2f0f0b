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

_LAST = (3, 5)  # the lowest bytes of the numbers of page and row
_FEWEST_ROWS = 4  # of a page, by the statistics: of fewer, most numbers would be of no row


def with_places(scan: ScanQuery, of: Scan) -> ScanQuery:
    """The same queries, that of one scan with the place of each row."""

    def placed(node: Scan) -> exp.Select:
        query = scan(node)
        if node is not of:
            return query
        place = exp.Anonymous(this="tidsend", expressions=[column("ctid")])
        return query.select(place.as_(PLACE, quoted=True, copy=False), copy=False)

    return placed


def numbered() -> tuple[exp.Expr, exp.Expr]:
    """Of a row's place a number from 0 to 63, and what it is the number in: eight rows of each of eight pages.

    However many rows a page has, few numbers are of no row.
    """
    page, row = (exp.Anonymous(this="get_byte", expressions=[column(PLACE), exp.Literal.number(at)]) for at in _LAST)
    group: exp.Expr = column(PLACE)
    for at, byte in zip(_LAST, (page, row), strict=True):
        high = exp.BitwiseAnd(this=byte.copy(), expression=exp.Literal.number(248))
        group = exp.Anonymous(this="set_byte", expressions=[group, exp.Literal.number(at), high])
    low = [exp.paren(exp.BitwiseAnd(this=byte, expression=exp.Literal.number(7))) for byte in (page, row)]
    eights = exp.Mul(this=low[0], expression=exp.Literal.number(8))
    return exp.Add(this=eights, expression=low[1]), group


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
