"""What every group is given, and the data that groups share: customers, their orders, projects over them."""

from __future__ import annotations

import importlib.util
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
from processes import Command, Done, in_turn
from rules import COLUMNS, Rule
from wording import SEGRULES, written

PRIME = 2_147_483_647
"""Its multiples, modulo the number of rows, are each row's number once."""


@dataclass(frozen=True)
class Bench:
    """rows: customers; there are six times as many orders, and twenty times as many where memory is measured.

    folder: where data and projects are put. patience: seconds after which a process is ended.
    """

    folder: Path
    rows: int
    segments: tuple[int, ...]
    curve_rows: tuple[int, ...]
    curve_segments: tuple[int, ...]
    cases: tuple[str, ...]
    repeat: int
    patience: float

    @property
    def is_full(self) -> bool:
        """Whether there are as many rows as the goals speak of."""
        return self.rows >= 5_000_000

    def measure(
        self, commands: Mapping[str, Command], *, enough: float | None = None, may_fail: Collection[str] = ()
    ) -> dict[str, Done]:
        """The best run of each command, the sides in turn; none again after `enough` seconds of its own."""
        enough = self.patience if enough is None else enough
        return in_turn(commands, self.repeat, self.patience, enough, may_fail)

    def file(self, name: str, query: str) -> Path:
        """The rows of a query as a Parquet file. One that is there already and was made by this query is kept."""
        path = self.folder / name
        made_by, half = path.with_suffix(".sql"), path.with_suffix(".half")
        if not path.exists() or not made_by.exists() or made_by.read_text() != query:
            path.parent.mkdir(parents=True, exist_ok=True)
            with duckdb.connect(config={"temp_directory": str(self.folder / "spill")}) as connection:
                connection.execute("PRAGMA disable_progress_bar")
                connection.execute(f"COPY ({query}) TO '{half}' (FORMAT parquet)")
            half.replace(path)
            made_by.write_text(query)
        return path

    def customers(self, rows: int | None = None) -> Path:
        """Customers with the columns of `rules`, values hashes of the row's number, not in the order of keys."""
        count = self.rows if rows is None else rows
        values = ", ".join(f"{column.sql} AS {name}" for name, column in COLUMNS.items())
        numbers = f"SELECT range * {PRIME} % {count} AS i FROM range({count})"
        query = f"SELECT i AS customer_id, {values} FROM ({numbers})"
        return self.file(f"customers_{count}.parquet", query)

    def project(self, name: str, rules: Mapping[str, Rule], customers: Path) -> Path:
        """A project of these segments over a file of customers."""
        columns = "".join(
            f"      {name}: {{type: '{column.type}'{'' if column.may_be_missing else ', missing: never'}}}\n"
            for name, column in COLUMNS.items()
        )
        declared = (
            "segrules: 1\nname: benchmark\nas_of: 2026-01-01\nentities:\n  customer:\n"
            f"    source: {customers}\n    key: customer_id\n    columns:\n      customer_id: integer\n{columns}"
        )
        lines = (f"  {segment}: {text}" for segment, text in written(rules, SEGRULES).items())
        return self.write_project(name, declared, "segments:\n" + "\n".join(lines) + "\n")

    def write_project(self, name: str, declared: str, rules: str) -> Path:
        """The folder of a project with this segrules.yml and these rules."""
        folder = self.folder / name
        (folder / "segments").mkdir(parents=True, exist_ok=True)
        (folder / "segrules.yml").write_text(declared)
        (folder / "segments" / "rules.yml").write_text(rules)
        return folder


def is_installed(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def shown(count: int) -> str:
    """1000 as `1k`, 5000000 as `5M`."""
    for unit, size in (("M", 1_000_000), ("k", 1000)):
        if count >= size and count % (size // 10) == 0:
            return f"{count / size:g}{unit}"
    return f"{count:,}"
