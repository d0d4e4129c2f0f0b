"""Laws of deliveries: whatever members there were day by day, what stands at the target tells exactly those."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import duckdb
import pytest
from delivering_shop import Server
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from segrules.engines.duckdb import connect as connect_duckdb
from segrules.engines.postgres import connect
from segrules.language.types import INTEGER
from segrules.planning.time import AsOf, as_of
from segrules.sql.delivery import Columns
from segrules.sql.literals import column
from segrules.workflows.delivering.files import into_files
from segrules.workflows.delivering.tables import into_tables, streamed
from segrules.workflows.delivering.target import FileTarget, Mode, TableTarget, target

FIRST = date(2026, 1, 1)
KEYS = (1, 2, 7, 2**40)
Members = frozenset[tuple[str, int]]

COLUMNS = Columns(("customer_id", INTEGER), ())

members = st.frozensets(st.tuples(st.sampled_from(("one", "two", 'd\'e "f"')), st.sampled_from(KEYS)), max_size=6)
days = st.lists(members, min_size=1, max_size=5)
of_each_kind = pytest.mark.parametrize("kind", ["table", "files"])


class Place:
    """A target, and the rows that are there as (as_of, change, segment, key); change is NULL where there is none."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.engine = connect_duckdb(writable=[folder], threads=1)

    def deliver(self, mode: Mode, day: int, members: Members) -> None:
        columns = [("customer_id", "BIGINT"), ("segment", "VARCHAR")]
        self.engine.load("now", columns, [(key, segment) for segment, key in members])
        query = exp.select(*(column(name) for name, _ in columns)).from_("now")
        self._put(mode, query, as_of(FIRST + timedelta(days=day), "UTC"))

    def _put(self, mode: Mode, query: exp.Query, as_of: AsOf) -> None:
        raise NotImplementedError

    def rows(self, *, is_log: bool = False) -> list[tuple[Any, ...]]:
        raise NotImplementedError


class Table(Place):
    def __init__(self, folder: Path, url: str) -> None:
        super().__init__(folder)
        self.server = Server(url, f"law_{uuid4().hex[:12]}", connect(url))
        self.server.session.execute(f"CREATE SCHEMA {self.server.schema}")

    def _put(self, mode: Mode, query: exp.Query, as_of: AsOf) -> None:
        table = target(self.server.url("members"), mode, "long", "parquet")
        assert isinstance(table, TableTarget)
        into_tables(table, {"customer": (COLUMNS, streamed(self.engine, query, self.folder))}, None, as_of)

    def rows(self, *, is_log: bool = False) -> list[tuple[Any, ...]]:
        return self.server.rows("members", "as_of", "change" if is_log else "NULL", "segment", "customer_id")


class Files(Place):
    def _put(self, mode: Mode, query: exp.Query, as_of: AsOf) -> None:
        files = target(f"{self.folder.as_posix()}/exports/", mode, "long", "parquet")
        assert isinstance(files, FileTarget)
        into_files(files, self.engine, {"customer": (COLUMNS, query)}, None, as_of)

    def rows(self, *, is_log: bool = False) -> list[tuple[Any, ...]]:
        change = "change" if is_log else "NULL"
        query = f"SELECT as_of, {change}, segment, customer_id FROM '{self.folder}/exports/**/*.parquet' ORDER BY ALL"
        return duckdb.execute(query).fetchall()


@contextmanager
def anew(kind: str, url: str) -> Iterator[Place]:
    """An empty place of a kind."""
    with TemporaryDirectory() as folder:
        place = Table(Path(folder), url) if kind == "table" else Files(Path(folder))
        yield place
        place.engine.close()
        if isinstance(place, Table):
            place.server.session.execute("SET client_min_messages = warning")
            place.server.session.execute(f"DROP SCHEMA {place.server.schema} CASCADE")
            place.server.session.close()


def folded(log: Sequence[tuple[Any, ...]]) -> Members:
    """Who is in after all changes of a log."""
    members: set[tuple[str, int]] = set()
    for _, change, *member in sorted(log):
        if change == "entered":
            assert tuple(member) not in members
            members.add((member[0], member[1]))
        else:
            members.remove((member[0], member[1]))
    return frozenset(members)


@of_each_kind
@settings(max_examples=8)
@given(days=days)
def test_replaced_members_are_those_of_the_last_day(kind: str, postgres_url: str, days: list[Members]) -> None:
    with anew(kind, postgres_url) as place:
        for day, members in enumerate(days):
            for _ in range(2):
                place.deliver("replace", day, members)
                expected = [(FIRST + timedelta(days=day), None, *member) for member in members]
                assert sorted(place.rows()) == sorted(expected)


@of_each_kind
@settings(max_examples=8)
@given(days=days, order=st.randoms())
def test_appended_members_are_those_of_each_day_in_whatever_order_days_come(
    kind: str, postgres_url: str, days: list[Members], order: Random
) -> None:
    numbered = list(enumerate(days)) * 2
    order.shuffle(numbered)
    with anew(kind, postgres_url) as place:
        for day, members in numbered:
            place.deliver("append", day, members)
        expected = [
            (FIRST + timedelta(days=day), None, *member) for day, members in enumerate(days) for member in members
        ]
        assert sorted(place.rows()) == sorted(expected)


@of_each_kind
@settings(max_examples=8)
@given(days=days, mistaken=members)
def test_a_log_tells_the_members_of_every_day_and_the_same_when_a_day_is_run_again(
    kind: str, postgres_url: str, days: list[Members], mistaken: Members
) -> None:
    with anew(kind, postgres_url) as place:
        for day, members in enumerate(days):
            place.deliver("delta", day, mistaken)
            place.deliver("delta", day, members)
            before = place.rows(is_log=True)
            place.deliver("delta", day, members)
            assert place.rows(is_log=True) == before
        log = place.rows(is_log=True)
        for day, members in enumerate(days):
            assert folded([row for row in log if row[0] <= FIRST + timedelta(days=day)]) == members
