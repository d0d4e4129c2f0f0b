"""PostgreSQL at its limits, on a real server: names, widths, depths, texts, types, rights and settings."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest

from segrules.engines import EngineError
from segrules.engines.postgres import connect
from segrules.workflows.apply import apply, count
from segrules.workflows.connecting import broken_off
from segrules.workflows.outcome import Outcome
from segrules.workflows.show_sql import show_plan, show_sql

LONG = "กขคงจฉชซฌญฎฏฐฑฒณดตถทธน"  # 22 letters, 66 bytes: the server keeps 21 letters


@pytest.fixture
def server(shop_schema: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    return shop_schema


def project(
    root: Path,
    columns: str,
    segments: Mapping[str, str] | str,
    *,
    table: str = "shop.people",
    more: str = "",
    rules: str = "",
    key: str = "id",
    people: str = "person",
) -> Path:
    """A project of one entity on a table."""
    (root / "segments").mkdir(parents=True, exist_ok=True)
    contract = f"    columns: {{{columns}}}\n" if columns else ""
    (root / "segrules.yml").write_text(
        "segrules: 1\nname: shop\nas_of: 2026-01-31\ntimezone: Europe/Berlin\n"
        f"entities:\n  {people}:\n    source: {{table: '{table}'}}\n    key: '{key}'\n{contract}{more}",
        encoding="utf-8",
    )
    given = {"all_of_them": segments} if isinstance(segments, str) else segments
    lines = "".join(f"  {name}: >-\n    {rule}\n" for name, rule in given.items())
    (root / "segments/rules.yml").write_text(f"{rules}segments:\n{lines}", encoding="utf-8")
    return root


def sales(columns: str, called: str = "sales", of: str = "person") -> str:
    """A relation on the table `sales`."""
    return (
        f"  {called}:\n    of: {of}\n    source: {{table: shop.sales}}\n    key: person\n    columns: {{{columns}}}\n"
    )


def sizes(outcome: Outcome) -> dict[str, int]:
    assert outcome.exit_code == 0, said(outcome)
    return {item.segment: item.members for item in outcome.counts}


def said(outcome: Outcome) -> list[str]:
    return [f"{finding.code}: {finding.message}" for finding in outcome.findings]


def refusal(outcome: Outcome) -> str:
    """The only error of a run that gave nothing."""
    assert outcome.exit_code == 2
    (finding,) = (finding for finding in outcome.findings if finding.code not in ("past-columns",))
    return f"{finding.code}: {finding.message}"


def people(server: psycopg.Connection[Any], columns: str, rows: Iterable[str] = (), table: str = "people") -> None:
    server.execute(f"CREATE TABLE {table} ({columns})".encode())
    if given := ", ".join(f"({row})" for row in rows):
        server.execute(f"INSERT INTO {table} VALUES {given}".encode())


# names


def test_names_that_share_the_bytes_that_the_server_keeps(server: Any, tmp_path: Path, postgres_url: str) -> None:
    """Entity, relation, traits, segments and columns, one of which has as many bytes as can be."""
    at_most = "x" * 63
    people(server, f'id int, "{at_most}" int, "{LONG[:21]}" int', ["1, 5, 1", "2, 6, 0"])
    people(server, "person int, amount int", ["1, 10", "1, 20", "2, 5"], "sales")
    entity = f"{LONG}หน่วย"
    relations = [sales("person: integer, amount: integer", f"{LONG}{end}", entity) for end in "กข"]
    more = "relations:\n" + "".join(relations)
    rules = f"traits:\n  {LONG}ค: sum({LONG}ก.amount)\n  {LONG}ฅ: count({LONG}ข)\n"
    segments = {f"{LONG}ฆ": f"{LONG}ค > 20 and {at_most} > 4", f"{LONG}ง": f"{LONG}ฅ < 2 or {LONG[:21]} == 1"}
    columns = f"id: integer, {at_most}: integer, {LONG[:21]}: integer"
    root = project(tmp_path, columns, segments, more=more, rules=rules, people=entity)
    found = count(root, engine=postgres_url)
    assert sizes(found) == {f"{LONG}ฆ": 1, f"{LONG}ง": 2}
    for layout in ("wide", "files"):
        assert sizes(apply(root, tmp_path / layout, layout=layout, engine=postgres_url)) == sizes(found)
    wide = duckdb.sql(f"SELECT * FROM '{tmp_path / 'wide'}/*.wide.parquet' ORDER BY id")
    assert wide.columns == ["id", f"{LONG}ฆ", f"{LONG}ง"]
    assert wide.fetchall() == [(1, True, True), (2, False, True)]


def test_columns_that_share_all_but_their_last_byte(server: Any, tmp_path: Path, postgres_url: str) -> None:
    """What is asked about their contract has longer names than they have."""
    one, two = (f"{'x' * 60}{end}" for end in "ab")
    people(server, f'id int, "{one}" float8, "{two}" float8', ["1, 5, 1", "2, 6, 0", "3, 1.5, NULL"])
    columns = f"id: integer, {one}: integer, {two}: {{type: integer, missing: never}}"
    outcome = count(project(tmp_path, columns, f"{one} > {two}"), engine=postgres_url)
    assert said(outcome) == [
        f"unfit-value: 1 value of `{one}` in `person` cannot be read as integer, such as `1.5`",
        f"unfit-value: 1 row has no `{two}` in `person`, where it is never missing",
    ]


def test_a_name_that_the_server_would_cut_is_no_name_there(server: Any, tmp_path: Path, postgres_url: str) -> None:
    server.execute(f'CREATE TABLE "{LONG}" (id int)'.encode())
    root = project(tmp_path, "id: integer", "id > 0", table=f"shop.{LONG}")
    outcome = count(root, engine=postgres_url)
    assert refusal(outcome) == f"data-missing: the database has no `{LONG}`"
    assert outcome.findings[0].help == f"a name has 63 bytes at most there: of this one, `{LONG[:21]}` was kept"


@pytest.mark.parametrize(
    ("table", "stored", "column"),
    [
        ("shop.Upper Case", '"Upper Case"', "Two Words"),
        ('shop."dotted.name"', '"dotted.name"', "a.b"),
        ("shop.select", '"select"', "order"),
        ("shop.100%", '"100%"', "50%s"),
        ("shop.🛒", '"🛒"', "🧡"),
        ('shop."quo""ted"', '"quo""ted"', "it''s"),
        ("people", "people", "group"),
    ],
)
def test_names_of_every_kind(
    server: Any, tmp_path: Path, postgres_url: str, table: str, stored: str, column: str
) -> None:
    plain = column.replace("''", "'")
    people(server, f'"ID" int, "{plain}" int', ["1, 5", "2, NULL"], stored)
    columns = f'ID: integer, "{plain}": integer'
    url = f"{postgres_url}&options=-csearch_path%3Dother,shop" if "." not in table else postgres_url
    root = project(
        tmp_path, columns, f'"{plain}" == 5', table=table.replace("'", "''"), key="ID", rules=f"carry: ['{column}']\n"
    )
    assert sizes(count(root, engine=url)) == {"all_of_them": 1}
    assert sizes(apply(root, tmp_path / "out", engine=url)) == {"all_of_them": 1}
    assert duckdb.sql(f"SELECT * FROM '{tmp_path}/out/person.parquet'").fetchall() == [(1, 5, "all_of_them")]


@pytest.mark.parametrize(
    "made",
    [
        "CREATE VIEW people AS SELECT id, text_id FROM stored",
        "CREATE MATERIALIZED VIEW people AS SELECT id, text_id FROM stored",
        "CREATE TABLE people (id int, text_id text) PARTITION BY RANGE (id);"
        "CREATE TABLE low PARTITION OF people FOR VALUES FROM (0) TO (2);"
        "CREATE TABLE high PARTITION OF people DEFAULT; INSERT INTO people SELECT * FROM stored",
        "CREATE TABLE people () INHERITS (stored); INSERT INTO people SELECT * FROM stored",
    ],
    ids=["view", "materialized view", "partitions", "inherited"],
)
def test_every_kind_of_table(server: Any, tmp_path: Path, postgres_url: str, made: str) -> None:
    people(server, "id int, text_id text", ["1, 'a'", "2, 'b'"], "stored")
    server.execute(made)
    root = project(tmp_path, "id: integer, text_id: text", "text_id == 'b'")
    assert sizes(count(root, engine=postgres_url)) == {"all_of_them": 1}


# widths, depths, lengths


def test_two_thousand_segments_over_as_many_predicates(server: Any, tmp_path: Path, postgres_url: str) -> None:
    people(server, "id int, a int, b int", ["1, 5, 1", "2, 1999, 2", "3, NULL, 3"])
    segments = {f"s{place}": f"a >= {place} and (b == 1 or a < {place + 1})" for place in range(2000)}
    root = project(tmp_path, "id: integer, a: integer, b: integer", segments)
    found = sizes(count(root, engine=postgres_url))
    assert (found["s0"], found["s5"], found["s6"], found["s1999"], sum(found.values())) == (1, 1, 0, 1, 7)
    assert sizes(apply(root, tmp_path / "out", layout="wide", engine=postgres_url)) == found
    (row,) = duckdb.sql(f"SELECT s5, s6, s1999 FROM '{tmp_path}/out/person.wide.parquet' WHERE id = 2").fetchall()
    assert row == (False, False, True)


def test_one_segment_of_more_predicates_than_columns(server: Any, tmp_path: Path, postgres_url: str) -> None:
    people(server, "id int, a int", ["1, 5", "2, 9000"])
    rule = " or ".join(f"a == {place * 2} or (a > {place * 3 + 7000} and not a == 7)" for place in range(900))
    other = " or ".join(f"a == {place * 2}" for place in reversed(range(900)))
    root = project(tmp_path, "id: integer, a: integer", {"one": rule, "other": f"({other}) and a > 1"})
    assert sizes(count(root, engine=postgres_url)) == {"one": 1, "other": 0}
    message = refusal(apply(root, tmp_path / "out", engine=postgres_url))
    assert message == "engine-failed: `one` takes 1,803 columns at once, and PostgreSQL has room for 1,600"


def test_more_aggregates_than_columns_are_refused_before_anything_runs(
    server: Any, tmp_path: Path, postgres_url: str
) -> None:
    people(server, "id int", ["1"])
    people(server, "person int, amount int", ["1, 10"], "sales")
    more = "relations:\n" + sales("person: integer, amount: integer")
    segments = {f"s{place}": f"count(sales where amount > {place}) > 1" for place in range(1700)}
    root = project(tmp_path, "id: integer", segments, more=more)
    outcome = count(root, engine=postgres_url)
    message = refusal(outcome)
    assert message.startswith("engine-failed: rows of `")
    assert "and PostgreSQL has room for 1,600" in message
    assert "--select" in (outcome.findings[-1].help or "")
    some = [f"s{place}" for place in range(3)]
    assert set(sizes(count(root, engine=postgres_url, select=some))) == set(some)


def test_a_table_as_wide_as_can_be_with_promises_for_every_column(
    server: Any, tmp_path: Path, postgres_url: str
) -> None:
    names = [f"c{place}" for place in range(1599)]
    server.execute(f"CREATE TABLE people (id int, {', '.join(f'{name} int2' for name in names)})".encode())
    server.execute("INSERT INTO people (id, c7) VALUES (1, 3), (2, 200)")
    columns = "id: integer, " + ", ".join(f"{name}: {{type: integer, min: 0, max: 100}}" for name in names)
    root = project(tmp_path, columns, "c7 > 2 and c1598 is missing")
    outcome = count(root, engine=postgres_url)
    assert said(outcome) == ["contract-breach: 1 value of `c7` in `person` above 100, such as `200`"]
    assert sizes(outcome) == {"all_of_them": 2}


def test_a_long_list_and_a_long_statement(server: Any, tmp_path: Path, postgres_url: str) -> None:
    people(server, "id int, email text", ["1, 'name99999@example.com'", "2, 'nobody@example.com'", "3, NULL"])
    (tmp_path / "lists").mkdir()
    texts = "".join(f"name{place}@example.com\n" for place in range(100_000))
    (tmp_path / "lists/known.txt").write_text(texts, encoding="utf-8")
    root = project(tmp_path, "id: integer, email: text", "in_list('known.txt', email)", rules="")
    assert sizes(count(root, engine=postgres_url)) == {"all_of_them": 1}


def nested(times: int) -> str:
    rule = "a == 5"
    for place in range(times):
        rule = f"not ({rule} and a > {-place})" if place % 2 else f"(a < {-place} or ({rule}))"
    return rule


def test_a_rule_nested_deep(server: Any, tmp_path: Path, postgres_url: str) -> None:
    people(server, "id int, a int", ["1, 5", "2, 1"])
    root = project(tmp_path, "id: integer, a: integer", nested(30))
    assert sizes(count(root, engine=postgres_url)) == {"all_of_them": 1}


@pytest.mark.parametrize("statement", ["SELECT " + "NOT " * 5_000 + "true", "SELECT " + ", ".join(["1"] * 1665)])
def test_what_is_too_deep_or_wide_for_the_server_is_a_limit(postgres_url: str, statement: str) -> None:
    engine = connect(f"{postgres_url}&options=-cmax_stack_depth%3D100kB")
    with pytest.raises(EngineError) as caught:
        engine.run(statement)
    engine.close()
    assert caught.value.kind == "limit"
    assert "--select" in (broken_off(caught.value).help or "")


# texts


def collations(server: Any) -> tuple[str, str]:
    """Two that are not alike: one for which letters are equal whose case or accent differs and one that orders as a
    dictionary does, where the server was built with ICU; else two that PostgreSQL refuses to compare with each other.
    """
    try:
        server.execute("CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level1', deterministic = false)")
        server.execute("CREATE COLLATION german (provider = icu, locale = 'de-u-co-phonebk')")
    except psycopg.errors.FeatureNotSupported:
        return '"POSIX"', '"C.utf8"'
    return "loose", "german"


def test_texts_compare_by_code_point_whatever_their_collation(server: Any, tmp_path: Path, postgres_url: str) -> None:
    """Equality, keys, groups, lists and order, where the columns' own collations say otherwise, and each another."""
    loose, german = collations(server)
    people(
        server,
        f"id text COLLATE {loose}, name text COLLATE {loose}, tags text[] COLLATE {loose}",
        ["'a', 'José', '{x}'", "'A', 'JOSE', '{X}'", "'b', 'jose', '{ä}'", "'Z', 'Ä', NULL"],
    )
    kinds = f"person text COLLATE {german}, kind text COLLATE {loose}"
    people(server, kinds, ["'a', 'x'", "'a', 'X'", "'A', 'x'"], "sales")
    more = "relations:\n" + sales("person: text, kind: text")
    segments = {
        "jose": "name == 'jose'", "joses": "name in ['José', 'JOSE']", "not_jose": "name != 'jose'",
        "small_x": "tags contains 'x'", "either": "tags contains any ['X', 'y']", "after": "name > 'a'",
        "two_kinds": "count_distinct(sales.kind) == 2", "last": "max(sales.kind) == 'x'",
        "starts": "name starts with 'J'", "has": "name contains 'ose'",
    }  # fmt: skip
    root = project(tmp_path, "id: text, name: text, tags: list of text", segments, more=more)
    assert sizes(count(root, engine=postgres_url)) == {
        "jose": 1, "joses": 2, "not_jose": 3, "small_x": 1, "either": 1, "after": 2,
        "two_kinds": 1, "last": 2, "starts": 2, "has": 1,
    }  # fmt: skip
    assert sizes(apply(root, tmp_path / "out", layout="wide", engine=postgres_url))["jose"] == 1


def test_keys_are_shown_by_code_point(server: Any, tmp_path: Path, postgres_url: str) -> None:
    _, german = collations(server)
    people(server, f"id text COLLATE {german}, a int", ["'ä', 1", "'b', 1", "'a', 1", "'Z', 1"])
    root = project(tmp_path, "id: text, a: integer", "a == 1")
    rules = "segmentations:\n  size:\n    hit: unique\n    stages: {one: a == 1, two: a >= 1}\n"
    (root / "segments/rules.yml").write_text(rules, encoding="utf-8")
    message = refusal(count(root, engine=postgres_url))
    assert message == "segmentation-overlap: 4 rows match more than one stage of `size`: `Z`, `a`, `b`, …"


def test_a_database_that_knows_ascii_alone(server: Any, tmp_path: Path, postgres_url: str) -> None:
    server.execute("DROP DATABASE IF EXISTS elsewhere")
    server.execute("CREATE DATABASE elsewhere TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
    url = postgres_url.replace("/postgres?", "/elsewhere?")
    assert url != postgres_url
    try:
        with psycopg.connect(url, autocommit=True) as other:
            other.execute("CREATE SCHEMA shop; CREATE TABLE shop.people (id int, name text)")
            other.execute("INSERT INTO shop.people VALUES (1, 'b'), (2, 'Ärger'), (3, 'Z')")
        segments = {"after": "name >= 'Z'", "small": "lower(name) == 'ärger'",
                    "word": "name matches '(?i)^ä'", "two": "length(name) == 5"}  # fmt: skip
        root = project(tmp_path, "id: integer, name: text", segments)
        assert sizes(count(root, engine=url)) == {"after": 3, "small": 1, "word": 1, "two": 1}
    finally:
        server.execute("DROP DATABASE elsewhere WITH (FORCE)")


def test_letters_on_a_server_of_before_version_17(
    server: Any, tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    people(server, "id int, name text", ["1, 'ÄRGER İ'", "2, 'straße'"])
    root = project(
        tmp_path, "id: integer, name: text", {"s": "lower(name) == 'ärger i'", "l": "upper(name) == 'STRAẞE'"}
    )
    (found, *_) = show_sql(root, engine=postgres_url)
    assert 'COLLATE "pg_c_utf8"' in found
    monkeypatch.setattr(psycopg.ConnectionInfo, "server_version", 150_004)
    (found, *_) = show_sql(root, engine=postgres_url)
    assert 'COLLATE "C.utf8"' in found
    assert sizes(apply(root, tmp_path / "out", engine=postgres_url)) == {"s": 1, "l": 1}
    record = json.loads((tmp_path / "out/run.json").read_text("utf-8"))
    assert record["engine"] == {"name": "postgres", "version": "15.4"}


def test_a_database_without_the_letters_of_unicode(server: Any, tmp_path: Path, postgres_url: str) -> None:
    server.execute("DROP DATABASE IF EXISTS old")
    server.execute("CREATE DATABASE old TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'")
    url = postgres_url.replace("/postgres?", "/old?")
    try:
        with psycopg.connect(url, autocommit=True) as other:
            other.execute("CREATE SCHEMA shop; CREATE TABLE shop.people AS SELECT 1 AS id, 'A' AS name")
        root = project(tmp_path, "id: integer, name: text", "lower(name) == 'a'")
        assert said(count(root, engine=url))[-1] == (
            "data-unreadable: `lower` and `upper` need the collation `pg_c_utf8`, which this database does not have"
        )
    finally:
        server.execute("DROP DATABASE old")


def test_nul_in_a_rule(server: Any, tmp_path: Path, postgres_url: str) -> None:
    people(server, "id int, name text", ["1, 'a'"])
    root = project(tmp_path, "id: integer, name: text", "id > 0")
    (root / "segments/rules.yml").write_text("segments:\n  nul: \"name == 'a\\0b'\"\n", encoding="utf-8")
    message = refusal(count(root, engine=postgres_url))
    assert message == "data-unreadable: a rule has a text with the character NUL, which no text of PostgreSQL has"


# types


@pytest.mark.parametrize(
    ("kind", "declared", "value", "column"),
    [
        ("date", "date", "'0044-03-15 BC'", "`0044-03-15 BC`"),
        ("date", "date", "'12026-01-01'", "`12026-01-01`"),
        ("timestamp", "timestamp", "'0044-03-15 12:00 BC'", "`0044-03-15 12:00:00 BC`"),
        ("timestamptz", "timestamp", "'12026-01-01'", "`12026-01-01 00:00:00+00`"),
        ("text[]", "list of text", "'{{a,b},{c,d}}'", "`{{a,b},{c,d}}`"),
        ("numeric[]", "list of decimal(10,2)", "'{{1,2},{3,4}}'", "`{{1,2},{3,4}}`"),
    ],
)
def test_values_beyond_what_rules_know(
    server: Any, tmp_path: Path, postgres_url: str, kind: str, declared: str, value: str, column: str
) -> None:
    people(server, f"id int, at {kind}", [f"1, {value}"])
    root = project(tmp_path, f'id: integer, at: "{declared}"', "at is known")
    for outcome in (count(root, engine=postgres_url), apply(root, tmp_path / "out", engine=postgres_url)):
        message = refusal(outcome)
        assert message.startswith("unfit-value: 1 value of `at` in `person` ")
        assert message.endswith(column)


def test_lists_with_missing_elements_and_without_any(server: Any, tmp_path: Path, postgres_url: str) -> None:
    people(server, "id int, tags text[]", ["1, '{a,NULL}'", "2, '{}'", "3, NULL", "4, ARRAY['NULL']"])
    segments = {
        "a": "tags contains 'a'", "none": "length(tags) == 0", "unknown": "tags is missing",
        "two": "length(tags) == 2", "word": "tags contains 'NULL'",
    }  # fmt: skip
    root = project(tmp_path, "id: integer, tags: list of text", segments, rules="carry: [tags]\n")
    assert sizes(count(root, engine=postgres_url)) == {"a": 1, "none": 1, "unknown": 1, "two": 1, "word": 1}
    assert apply(root, tmp_path / "out", engine=postgres_url).exit_code == 0
    carried = duckdb.sql(f"SELECT DISTINCT id, tags FROM '{tmp_path}/out/person.parquet' ORDER BY id").fetchall()
    assert carried == [(1, ["a", None]), (2, []), (3, None), (4, ["NULL"])]


@pytest.mark.parametrize("kind", ["money", "oid", "bytea", "interval", "int4range", "point", "time"])
def test_types_that_no_rule_reads(server: Any, tmp_path: Path, postgres_url: str, kind: str) -> None:
    people(server, f"id int, odd {kind}", ["1, NULL"])
    root = project(tmp_path, "id: integer, odd: integer", "odd > 1")
    assert refusal(count(root, engine=postgres_url)).startswith(
        "wrong-column-type: `odd` is declared integer, but stored"
    )
    root = project(tmp_path / "open", "", "id > 0")
    assert sizes(count(root, engine=postgres_url)) == {"all_of_them": 1}


def test_an_hour_that_is_left_out_or_comes_twice(server: Any, tmp_path: Path, postgres_url: str) -> None:
    """An instant is one, whatever zone the session or the role has; a wall clock is the project's."""
    people(
        server,
        "id int, at timestamptz, wall timestamp",
        ["1, '2025-03-30 01:30+00', '2025-03-30 02:30'", "2, '2025-10-26 01:30+00', '2025-10-26 02:30'"],
    )
    segments = {
        "three": "hour(at) == 3",
        "two": "hour(at) == 2",
        "same": "at == wall",
        "days": "date(at) == date(wall)",
    }
    root = project(tmp_path, "id: integer, at: timestamp, wall: timestamp", segments)
    found = sizes(count(root, engine=postgres_url))
    assert found == {"three": 1, "two": 1, "same": 2, "days": 2}


# rights and settings


@pytest.fixture
def guest(server: Any, postgres_url: str) -> Iterator[str]:
    """The address of a user who may read, and make no temporary tables."""
    people(server, "id int, a int", [f"{place}, {place % 7}" for place in range(20)])
    server.execute("CREATE ROLE guest LOGIN; GRANT USAGE ON SCHEMA shop TO guest; GRANT SELECT ON people TO guest")
    (database,) = server.execute("SELECT current_database()").fetchone()
    server.execute(f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC")
    yield postgres_url.replace("postgres:@", "guest@")
    server.execute(f"GRANT TEMPORARY ON DATABASE {database} TO PUBLIC; DROP OWNED BY guest; DROP ROLE guest")


def test_a_user_who_may_make_no_temporary_table(tmp_path: Path, guest: str) -> None:
    segments = {f"s{place}": f"a > {place % 6} and id > {place % 3}" for place in range(60)}
    root = project(tmp_path, "id: integer, a: integer", {**segments, "top": "in_top(2, a)"})
    assert sizes(count(root, engine=guest))["s0"] == 17
    outcome = apply(root, tmp_path / "out", engine=guest)
    assert refusal(outcome) == (
        "engine-failed: PostgreSQL lets this user make no temporary table, "
        "in which rows are kept while members are written"
    )
    assert outcome.findings[-1].help is not None
    assert "TEMPORARY" in outcome.findings[-1].help


SETTINGS = {
    "datestyle": "German, MDY", "timezone": "Asia/Kolkata", "intervalstyle": "sql_standard", "bytea_output": "escape",
    "extra_float_digits": "-10", "default_transaction_read_only": "on", "row_security": "on", "lc_numeric": "C",
    "search_path": "nowhere", "client_encoding": "latin1", "standard_conforming_strings": "off", "array_nulls": "off",
    "default_transaction_isolation": "serializable", "lc_monetary": "C", "lc_time": "C", "transform_null_equals": "on",
}  # fmt: skip


def test_settings_of_a_role_change_no_meaning(server: Any, tmp_path: Path, postgres_url: str) -> None:
    people(
        server,
        "id int, at timestamptz, day date, score float8, name text, tags text[]",
        [
            r"1, '2026-01-02 23:30+00', '2026-01-02', 0.1::float8 + 0.2, E'a\\b''ก', '{NULL,b}'",
            "2, NULL, NULL, NULL, NULL, NULL",
        ],
    )
    segments = {
        "hour": "hour(at) == 0",
        "day": "day == 2026-01-02",
        "score": "score > 0.3",
        "name": r"name == 'a\b''ก'",
    }
    columns = "id: integer, at: timestamp, day: date, score: number, name: text, tags: list of text"
    root = project(tmp_path, columns, segments, rules="carry: [at, day, score, name, tags]\n")
    for layout in ("before", "after"):
        if layout == "after":
            server.execute("CREATE ROLE odd LOGIN; GRANT USAGE ON SCHEMA shop TO odd; GRANT SELECT ON people TO odd")
            for setting, value in SETTINGS.items():
                server.execute(
                    f"ALTER ROLE odd SET {setting} = '{value}'"
                    if setting not in ("datestyle", "search_path")
                    else f"ALTER ROLE odd SET {setting} = {value}"
                )
        url = postgres_url if layout == "before" else postgres_url.replace("postgres:@", "odd@")
        try:
            assert sizes(apply(root, tmp_path / layout, engine=url)) == dict.fromkeys(segments, 1)
        finally:
            if layout == "after":
                server.execute("DROP OWNED BY odd; DROP ROLE odd")
    rows = [
        duckdb.sql(f"SELECT * FROM '{tmp_path / layout}/person.parquet' ORDER BY ALL").fetchall()
        for layout in ("before", "after")
    ]
    assert rows[0] == rows[1]
    assert rows[0][0][3] == 0.1 + 0.2


def test_two_runs_at_once(server: Any, tmp_path: Path, postgres_url: str) -> None:
    from concurrent.futures import ThreadPoolExecutor

    people(server, "id int, a int", [f"{place}, {place % 7}" for place in range(200)])
    roots = [
        project(
            tmp_path / str(place), "id: integer, a: integer", {"some": f"a >= {place}", "rest": f"not (a >= {place})"}
        )
        for place in range(4)
    ]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda root: apply(root, root / "out", engine=postgres_url), roots))
    assert [sizes(one)["some"] for one in found] == [200, 171, 142, 113]


def test_the_sql_that_is_printed_runs_as_it_is(server: Any, tmp_path: Path, postgres_url: str) -> None:
    """With the tables' own names, types and collations; in another dialect, the names of what they are for."""
    people(server, "id int, name char(5), joined timestamptz",
           ["1, 'Zoe', '2026-01-30 23:30+00'", "2, 'zoe', NULL"])  # fmt: skip
    people(server, "person int, amount numeric", ["1, 10.5", "1, 'NaN'", "2, 3"], "sales")
    more = "relations:\n" + sales('person: integer, amount: "decimal(10,2)"')
    segments = {LONG: "sum(sales.amount) > 10", "zoe": "name == 'zoe'", "late": "date(joined) == 2026-01-31"}
    root = project(tmp_path, "id: integer, name: text, joined: timestamp", segments, more=more)
    text, _, code = show_sql(root, engine=postgres_url)
    assert code == 0
    assert 'FROM "shop"."people"' in text
    rows = server.execute(text.encode()).fetchall()
    assert sorted(rows) == [(1, True, False, True), (2, False, True, False)]
    assert 'FROM "people"' not in show_sql(root, engine=postgres_url, dialect="duckdb")[0]
    assert show_plan(root, engine=postgres_url)[2] == 0
    few, _, _ = show_sql(root, engine=postgres_url, select=["zoe"], dialect="spark")
    assert "FROM `person`" in few
    assert "sales" not in few
