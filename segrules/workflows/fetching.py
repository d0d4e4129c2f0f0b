"""Rows that a server has computed, brought to the DuckDB that writes members and records them."""

from __future__ import annotations

from pathlib import Path

from segrules.engines.duckdb import DuckDB
from segrules.engines.engine import Server
from segrules.planning.nodes import Plan, Stored, in_order
from segrules.sql import DIALECTS, fetched
from segrules.sql.scans import Table, everything
from segrules.sql.text import cut_name

_CHUNKS = 1 << 20


def fetch_kept(server: Server, local: DuckDB, made: Plan, workdir: Path) -> None:
    """Copies the kept rows that a plan reads into a table of the same name; `workdir` takes a file for a while."""
    (stored,) = (node for node in in_order(made.root) if isinstance(node, Stored))
    dialect = DIALECTS[server.dialect]
    there = Table("table", name=cut_name(stored.name, dialect.longest_name or len(stored.name.encode())))
    columns = fetched.columns(server.describe(everything(there).sql(server.dialect)), made, stored, dialect)
    file = workdir / "fetched.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb", buffering=_CHUNKS) as written:
        for chunk in server.copy_out(fetched.copy_statement(there, columns, dialect)):
            written.write(chunk)
    try:
        local.execute(fetched.table_of_file(stored.name, columns, str(file.absolute())))
    finally:
        file.unlink()
