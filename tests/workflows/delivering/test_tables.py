"""Members into tables of PostgreSQL: what each mode leaves there, and that what stood around a table stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from delivering_shop import CUSTOMERS, MEMBERS, PROJECT, Server, Shop
from psycopg.conninfo import conninfo_to_dict

from segrules.engines.postgres import Postgres, connect

DAY = date(2026, 1, 31)


def test_a_table_is_made_with_the_members(shop: Shop, server: Server) -> None:
    outcome = shop.delivered(server.url("members"))
    assert server.rows("members") == MEMBERS
    assert server.rows("members", "DISTINCT as_of") == [(DAY,)]
    described = server.session.describe(f"SELECT * FROM {server.schema}.members")
    assert described == [
        ("customer_id", "bigint"),
        ("country", "text"),
        ("segment", "text"),
        ("as_of", "date"),
    ]
    (item,) = outcome.delivered
    assert (item.rows, item.entered, item.left) == (4, 4, 0)
    assert {path.name for path in shop.out.iterdir()} == {"run.json"}


def test_a_server_that_the_environment_or_a_service_names(
    shop: Shop, server: Server, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = conninfo_to_dict(postgres_url)
    service = shop.root.parent / "services.conf"
    service.write_text(f"[crm]\nhost={place['host']}\nuser=postgres\ndbname=postgres\n", encoding="utf-8")
    monkeypatch.setenv("PGSERVICEFILE", str(service))
    shop.delivered(f"postgresql:///{server.schema}.members?service=crm")
    assert server.rows("members") == MEMBERS
    monkeypatch.setenv("PGHOST", str(place["host"]))
    monkeypatch.setenv("PGUSER", "postgres")
    shop.delivered(f"postgres:///postgres/{server.schema}.others")
    assert server.rows("others") == MEMBERS


def test_replaced_members_are_exactly_those_of_now(shop: Shop, server: Server) -> None:
    shop.delivered(server.url("members"))
    shop.write(**{"customers.csv": CUSTOMERS.replace("1,TH,10", "1,TW,50")})
    outcome = shop.delivered(server.url("members"), as_of="2026-02-01")
    assert server.rows("members") == [("rich", 1, "TW"), ("rich", 2, "US"), ("rich", 3, None), ("thai", 4, "TH")]
    assert server.rows("members", "DISTINCT as_of") == [(date(2026, 2, 1),)]
    assert [(item.rows, item.entered, item.left) for item in outcome.delivered] == [(4, 1, 1)]


def test_rights_views_indexes_and_columns_of_others_stay(shop: Shop, server: Server) -> None:
    shop.delivered(server.url("members"))
    server.execute("CREATE VIEW $vips AS SELECT customer_id FROM $members WHERE segment = 'rich'")
    server.execute("CREATE INDEX by_customer ON $members (customer_id)")
    server.execute("ALTER TABLE $members ADD COLUMN sent boolean NOT NULL DEFAULT false")
    server.execute("GRANT SELECT ON $members TO pg_monitor")
    shop.write(**{"customers.csv": CUSTOMERS + "5,TH,99\n"})
    shop.delivered(server.url("members"))
    assert server.rows("vips", "customer_id") == [(2,), (3,), (5,)]
    assert server.rows("members", "DISTINCT sent") == [(False,)]
    assert server.session.run(f"SELECT to_regclass('{server.schema}.by_customer') IS NOT NULL") == [(True,)]
    right = f"SELECT has_table_privilege('pg_monitor', '{server.schema}.members', 'SELECT')"
    assert server.session.run(right) == [(True,)]


def test_appended_members_stand_beside_those_of_other_days_and_once(shop: Shop, server: Server) -> None:
    shop.delivered(server.url("daily"), "append")
    shop.write(**{"customers.csv": CUSTOMERS.replace("1,TH,10", "1,TW,50")})
    shop.delivered(server.url("daily"), "append", as_of="2026-02-01")
    shop.delivered(server.url("daily"), "append", as_of="2026-02-01")
    of_days = server.rows("daily", "as_of", "segment", "customer_id")
    later = [("rich", 1), ("rich", 2), ("rich", 3), ("thai", 4)]
    assert of_days == [
        *((DAY, segment, key) for segment, key, _ in MEMBERS),
        *((date(2026, 2, 1), *member) for member in later),
    ]


def test_a_log_tells_who_entered_and_left_and_what_was_carried(shop: Shop, server: Server) -> None:
    log, told = server.url("log"), ("as_of", "segment", "customer_id", "country", "change")
    assert [(item.rows, item.entered, item.left) for item in shop.delivered(log, "delta").delivered] == [(4, 4, 0)]
    shop.write(**{"customers.csv": CUSTOMERS.replace("1,TH,10", "1,TW,50")})
    outcome = shop.delivered(log, "delta", as_of="2026-02-01")
    assert [(item.rows, item.entered, item.left) for item in outcome.delivered] == [(2, 1, 1)]
    second = date(2026, 2, 1)
    changes = [(second, "rich", 1, "TW", "entered"), (second, "thai", 1, "TH", "left")]
    assert [row for row in server.rows("log", *told) if row[0] == second] == changes
    shop.write(**{"customers.csv": CUSTOMERS})
    shop.delivered(log, "delta", as_of="2026-02-01")  # the same day, computed anew
    assert [row for row in server.rows("log", *told) if row[0] == second] == []
    assert len(server.rows("log", *told)) == 4


def test_a_log_goes_on_in_order(shop: Shop, server: Server) -> None:
    shop.delivered(server.url("log"), "delta")
    said = shop.refused(server.url("log"), "delta", as_of="2026-01-30")
    assert "goes on to 2026-01-31, which is after 2026-01-30" in said
    assert len(server.rows("log")) == 4


@pytest.mark.parametrize("mode", ["replace", "append", "delta"])
def test_a_selection_leaves_the_others_members_alone(shop: Shop, server: Server, mode: str) -> None:
    shop.delivered(server.url("members"), mode)
    shop.write(**{"customers.csv": "customer_id,country,spend\n1,US,50\n2,US,10\n"})
    shop.delivered(server.url("members"), mode, select=["thai"])
    found = server.rows("members", "segment", "customer_id")
    assert found == [("rich", 2), ("rich", 3)]
    assert shop.record()["delivered"][0]["rows"] == 0  # type: ignore[index]


def test_each_entity_has_a_table_and_all_are_written_or_none(shop: Shop, server: Server) -> None:
    entity = "  company: {source: companies.csv, key: company, columns: {company: text, size: integer}}\n"
    shop.write(
        **{
            "segrules.yml": PROJECT + entity,
            "companies.csv": 'company,size\n"A, \'B\' ""C""\\\\ü",5\n泰,9\n',
            "segments/companies.yml": "entity: company\nsegments: {big: size > 1}\n",
        }
    )
    assert "`customer` and `company` have segments" in shop.refused(server.url("members"))
    shop.delivered(server.url("{entity}s"))
    assert server.rows("companys", "company", "segment") == [("A, 'B' \"C\"\\\\ü", "big"), ("泰", "big")]
    assert server.rows("customers") == MEMBERS
    server.execute("DROP TABLE $companys")
    server.execute("CREATE TABLE $companys (company text CHECK (company <> '泰'), segment text, as_of date)")
    shop.write(**{"customers.csv": CUSTOMERS + "5,TH,99\n"})
    assert "violates check constraint" in shop.refused(server.url("{entity}s"))
    assert server.rows("customers") == MEMBERS


def test_members_of_a_server_go_back_to_it(shop: Shop, server: Server) -> None:
    server.execute("CREATE TABLE $customers (customer_id integer, country text, spend integer)")
    server.execute("INSERT INTO $customers VALUES (1, 'TH', 10), (2, 'US', 20), (3, NULL, 30), (4, 'TH', NULL)")
    source = f"{{table: {server.schema}.customers}}"
    shop.write(**{"segrules.yml": PROJECT.replace("customers.csv", source)})
    (shop.root / "customers.csv").unlink()
    for mode, table in (("replace", "members"), ("delta", "log"), ("delta", "log")):
        shop.delivered(server.url(table), mode, engine=server.url("").replace(f"/{server.schema}.", ""))
        assert server.rows(table) == MEMBERS


def test_a_table_of_another_database_is_no_source(shop: Shop, server: Server) -> None:
    server.execute("CREATE TABLE $members (customer_id bigint, country text, spend integer, segment text, as_of date)")
    server.execute("INSERT INTO $members VALUES (2, 'US', 20)")
    shop.write(**{"segrules.yml": PROJECT.replace("customers.csv", f"{{table: {server.schema}.members}}")})
    server.execute(f"CREATE DATABASE {server.schema}")
    try:
        other = connect(server.url("").replace(f"/postgres/{server.schema}.", f"/{server.schema}"))
        other.execute(f"CREATE SCHEMA {server.schema}")
        other.close()
        there = server.url("members").replace("/postgres/", f"/{server.schema}/")
        (item,) = shop.delivered(there, engine=server.url("").replace(f"/{server.schema}.", "")).delivered
    finally:
        server.execute(f"DROP DATABASE {server.schema} WITH (FORCE)")
    assert (item.place, item.rows) == (f"{server.schema}.members", 1)
    assert server.rows("members") == [(None, 2, "US")]


def test_every_type_arrives_as_it_was(shop: Shop, server: Server) -> None:
    columns = (
        "customer_id: text, n: number, d: 'decimal(20,4)', day: date, at: timestamp, b: boolean, tags: list of text"
    )
    project = PROJECT.replace("timezone: UTC\n", "").replace("as_of", "timezone: Asia/Bangkok\nas_of")
    project = project.replace("customer_id: integer, country: text, spend: integer", columns).replace(".csv", ".json")
    one = r'{"customer_id": "\\.", "n": 0.1, "d": "1234567890123456.7891", "day": "0999-12-31", '
    one += r'"at": "2026-01-01 07:00:00.000001", "b": true, "tags": ["a,b", "c\"d\\", "", null, "\n{}"]}'
    rows = f'{one}\n{{"customer_id": "\\n\\\\.\\n"}}\n{{"customer_id": " ", "tags": []}}\n'
    carry = "carry: [n, d, day, at, b, tags]\nsegments: {all: b or b is missing}\n"
    shop.write(**{"segrules.yml": project, "customers.json": rows, "segments/rules.yml": carry})
    shop.delivered(server.url("members"))
    found = server.session.run(
        f"SELECT customer_id, n::text, d::text, day::text, at::text, b, tags FROM {server.schema}.members ORDER BY n"
    )
    tags = ["a,b", 'c"d\\', "", None, "\n{}"]
    assert found[0] == (
        "\\.", "0.1", "1234567890123456.7891", "0999-12-31", "2026-01-01 07:00:00.000001", True, tags
    )  # fmt: skip
    assert sorted(found[1:]) == [
        ("\n\\.\n", None, None, None, None, None, None),
        (" ", None, None, None, None, None, []),
    ]


def test_an_instant_is_a_timestamp_with_time_zone(shop: Shop, server: Server) -> None:
    shop.delivered(server.url("members"), "append", as_of="2026-01-31T12:00+07:00")
    when = f"SELECT DISTINCT (as_of AT TIME ZONE 'UTC')::text FROM {server.schema}.members"
    assert server.session.run(when) == [("2026-01-31 05:00:00",)]
    said = shop.refused(server.url("members"), "append")
    assert "the column `as_of` of the table" in said
    assert "is timestamp with time zone, and date is written into it" in said


def test_a_table_of_ones_own_takes_members_of_fitting_types(shop: Shop, server: Server) -> None:
    server.execute(
        "CREATE TABLE $own (note text, as_of date, segment varchar(20), customer_id integer, country varchar(2))"
    )
    shop.delivered(server.url("own"))
    assert server.rows("own") == MEMBERS


def test_a_table_further_down_the_search_path_is_the_one(shop: Shop, server: Server) -> None:
    first = f"{server.schema}_first"
    server.execute(f"CREATE SCHEMA {first}")
    path = {"options": f"-c search_path={first},{server.schema}"}
    server.execute("CREATE TABLE $own (customer_id integer, country text, segment text, as_of date)")
    try:
        (item,) = shop.delivered(server.url("own", **path).replace(f"/{server.schema}.", "/")).delivered
        (made,) = shop.delivered(server.url("new", **path).replace(f"/{server.schema}.", "/")).delivered
    finally:
        server.execute(f"DROP SCHEMA {first} CASCADE")
    assert (item.place, made.place) == (f"{server.schema}.own", f"{first}.new")
    assert server.rows("own") == MEMBERS


def test_the_number_of_statements_is_the_same_for_many_segments(
    shop: Shop, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = []
    for day, segments in enumerate((1, 2, 200), start=1):
        many = "".join(f"  s{number}: spend >= {number % 40}\n" for number in range(segments))
        shop.write(**{"segments/rules.yml": f"segments:\n{many}"})
        seen = _statements(monkeypatch)
        shop.delivered(server.url("many"), "delta", as_of=f"2026-02-0{day}")
        monkeypatch.undo()
        counts.append(len(seen))
    assert counts[1] == counts[2] < 20


def _statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What PostgreSQL is asked from now on."""
    seen: list[str] = []

    def noting(plain: Callable[..., Any]) -> Callable[..., Any]:
        def noted(self: Postgres, statement: str, *more: Any) -> Any:
            seen.append(statement)
            return plain(self, statement, *more)

        return noted

    for name in ("run", "execute", "copy_in"):
        monkeypatch.setattr(Postgres, name, noting(getattr(Postgres, name)))
    return seen


def test_another_layout_or_format_is_refused(shop: Shop, server: Server) -> None:
    assert "not the layout `wide`" in shop.refused(server.url("members"), layout="wide")
    assert "`--format` is of files" in shop.refused(server.url("members"), format="csv")
