"""What a server refuses or breaks off: said in plain words, without a password, with the old members left in place."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from delivering_shop import CUSTOMERS, MEMBERS, PROJECT, RULES, Server, Shop

from segrules.workflows import apply as applying
from segrules.workflows.delivering import tables
from segrules.workflows.output import OutputRefused

SECRET = "hunter2/@?#"


@pytest.fixture
def marketing(server: Server) -> Iterator[str]:
    """A user without any right."""
    name = f"marketing_{server.schema[-8:]}"
    server.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{SECRET}'")
    yield name
    server.execute(f"DROP OWNED BY {name}")
    server.execute(f"DROP ROLE {name}")


@pytest.mark.usefixtures("nothing_is_counted")
@pytest.mark.parametrize(
    ("made", "said"),
    [
        ("CREATE VIEW $members AS SELECT 1 AS customer_id", "is there and is no table"),
        ("CREATE TABLE $members (customer_id integer)", "no column `country` (text), `segment` (text), `as_of` (date)"),
        (
            "CREATE TABLE $members (customer_id text, country text, segment text, as_of date)",
            "the column `customer_id` of the table `{place}` is text, and bigint is written into it",
        ),
        (
            "CREATE TABLE $members (customer_id integer, country text, segment character(9), as_of date)",
            "the column `segment` of the table `{place}` is character(9), and text is written into it",
        ),
        (
            "CREATE TABLE $members (customer_id numeric(9,-2), country text, segment text, as_of date)",
            "is numeric(9,-2), and bigint is written into it",
        ),
        (
            "CREATE TABLE $members (customer_id integer, country text, segment text, change text, as_of date)",
            "has a column `change`: it is a log of changes",
        ),
        (
            "CREATE TABLE $members (customer_id integer, country text, segment text, as_of date,"
            " PRIMARY KEY (customer_id, segment, as_of))",
            "has a primary key with `as_of`: it is for several as-ofs, of which --mode replace would keep one",
        ),
    ],
)
def test_a_table_that_does_not_fit_is_refused_before_anything_is_computed(
    shop: Shop, server: Server, made: str, said: str
) -> None:
    server.execute(made)
    assert said.format(place=f"{server.schema}.members") in shop.refused(server.url("members"))


def test_a_table_without_a_key_does_not_lose_its_days(shop: Shop, server: Server) -> None:
    server.execute("CREATE TABLE $members (customer_id integer, country text, segment text, as_of date)")
    shop.delivered(server.url("members"), "append", as_of="2026-01-30")
    shop.delivered(server.url("members"))
    shop.delivered(server.url("members"), "append", as_of="2026-01-30")
    shop.delivered(server.url("members"), "append")
    before = server.rows("members", "as_of", "segment", "customer_id")
    assert len(before) == 2 * len(MEMBERS)
    assert "has rows of several as-ofs, of which --mode replace would keep one" in shop.refused(server.url("members"))
    assert server.rows("members", "as_of", "segment", "customer_id") == before


@pytest.mark.usefixtures("nothing_is_counted")
def test_a_log_is_not_begun_in_a_table_of_members(shop: Shop, server: Server) -> None:
    server.execute(
        "CREATE TABLE $members (customer_id integer, country text, segment text, as_of date,"
        " PRIMARY KEY (customer_id, segment))"
    )
    assert "write with --mode replace, or name another table" in shop.refused(server.url("members"), "delta")


@pytest.mark.usefixtures("nothing_is_counted")
def test_a_table_of_one_as_of_takes_no_others(shop: Shop, server: Server) -> None:
    server.execute(
        "CREATE TABLE $members (customer_id integer, country text, segment text, as_of date,"
        " PRIMARY KEY (customer_id, segment))"
    )
    assert "a primary key without `as_of`" in shop.refused(server.url("members"), "append")


@pytest.mark.usefixtures("nothing_is_counted")
@pytest.mark.parametrize(
    ("source", "made", "said"),
    [
        ("members", "SELECT 1", "is a source of the project | name another table with --to"),
        ("known", "CREATE VIEW $known AS SELECT * FROM (SELECT * FROM $members) AS m", "is read by the project, as"),
        ("above", "CREATE VIEW $known AS SELECT * FROM $members; CREATE VIEW $above AS TABLE $known", "is read by"),
        ("every", "CREATE TABLE $every (LIKE $members); ALTER TABLE $members INHERIT $every", "is read by the project"),
        ("part", "CREATE TABLE $part () INHERITS ($members)", "is read by the project"),
    ],
)
def test_a_source_of_the_project_is_not_written_over(
    shop: Shop, server: Server, source: str, made: str, said: str
) -> None:
    server.execute("CREATE TABLE $members (customer_id bigint, country text, spend integer, segment text, as_of date)")
    for statement in made.split("; "):
        server.execute(statement)
    shop.write(**{"segrules.yml": PROJECT.replace("customers.csv", f"{{table: {server.schema}.{source}}}")})
    assert said in shop.refused(server.url("members"), engine=server.url("").replace(f"/{server.schema}.", ""))


@pytest.mark.usefixtures("nothing_is_counted")
def test_servers_databases_and_schemas_that_are_not_there(shop: Shop, server: Server) -> None:
    assert "no server answers at 127.0.0.1, port 1" in shop.refused("postgres://bob@127.0.0.1:1/crm/members")
    assert "the server has no database `crm`" in shop.refused(server.url("members").replace("/postgres/", "/crm/"))
    missing = server.url("members").replace(f"/{server.schema}.", "/nowhere.")
    assert "there is no schema `nowhere`" in shop.refused(missing)
    assert "invalid sslmode value" in shop.refused(server.url("members", sslmode="perhaps"))
    assert "server cannot be reached" in shop.refused("postgres:///members?service=none-such")


@pytest.mark.usefixtures("nothing_is_counted")
def test_names_that_the_server_would_cut(shop: Shop, server: Server) -> None:
    assert "`" + "ü" * 32 + "` is longer than the 63 bytes" in shop.refused(server.url("ü" * 32))
    name = "c" * 64
    shop.write(
        **{
            "segrules.yml": PROJECT.replace("country", name),
            "customers.csv": CUSTOMERS.replace("country", name),
            "segments/rules.yml": RULES.replace("country", name),
        }
    )
    assert f"`{name}` is longer than the 63 bytes" in shop.refused(server.url("members"))


def test_rights_that_are_missing_are_named(shop: Shop, server: Server, marketing: str) -> None:
    url = server.url_as(marketing, SECRET, "members")
    assert f"permission denied for schema {server.schema}" in shop.refused(url)
    server.execute(f"GRANT USAGE ON SCHEMA {server.schema} TO {marketing}")
    assert f"may not make a table in the schema `{server.schema}`" in shop.refused(url)
    server.execute("CREATE TABLE $members (customer_id integer, country text, segment text, as_of date)")
    rights = ("SELECT", "INSERT", "DELETE")
    for right in rights:
        assert f"the user has no right to {right} in the table" in shop.refused(url)
        server.execute(f"GRANT {right} ON $members TO {marketing}")
    shop.delivered(url)
    assert server.rows("members") == MEMBERS


def test_a_password_is_asked_for_refused_and_never_told(
    shop: Shop, server: Server, marketing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ((rules,),) = server.session.run("SHOW hba_file")
    before = Path(rules).read_text("utf-8")
    Path(rules).write_text(f"local all {marketing} scram-sha-256\n{before}", "utf-8")
    server.execute("SELECT pg_reload_conf()")
    try:
        server.execute(f"GRANT ALL ON SCHEMA {server.schema} TO {marketing}")
        time.sleep(0.3)
        monkeypatch.delenv("PGPASSWORD", raising=False)
        without = server.url("members").replace("//postgres:@", f"//{marketing}@")
        assert "the server asks for a password: set PGPASSWORD" in shop.refused(without)
        wrong = server.url_as(marketing, "Wrong-one", "members")
        assert "the server refuses the user or the password" in shop.refused(wrong)
        monkeypatch.setenv("PGPASSWORD", SECRET)
        shop.delivered(without)
        monkeypatch.delenv("PGPASSWORD")
        printed = _command(shop, server.url_as(marketing, SECRET, "members"))
        assert "wrote 4 rows" in printed
        nowhere = server.url_as(marketing, SECRET, "members").replace(f"{server.schema}.", "nowhere.")
        printed += _command(shop, nowhere, exit=2)
        printed += _command(shop, server.url_as(marketing, "Wrong-one", "members"), exit=2)
        everything = printed + "".join(path.read_text("utf-8") for path in shop.out.rglob("*") if path.is_file())
    finally:
        Path(rules).write_text(before, "utf-8")
        server.execute("SELECT pg_reload_conf()")
    for secret in ("hunter2", "Wrong-one", marketing, "sslmode", "postgresql://"):
        assert secret not in everything
    assert '"database": "postgres"' in everything


@pytest.mark.parametrize(
    "url",
    [
        f"postgres://bob:{SECRET}@127.0.0.1:1/crm/members",
        "postgres://bob:hunter2@x@127.0.0.1:1/crm/members",
        "postgres://bob:1/hunter2@127.0.0.1/crm/members",
        "postgres://bob:#hunter2@127.0.0.1:1/crm/members",
        "postgres://bob:[hunter2@127.0.0.1:1/crm/members",
        "postgres://bob:hunter2℅@127.0.0.1:1/crm/members",
        "postgres://bob:hunter2@127.0.0.1:1/crm",
        "postgres://bob:hunter2@127.0.0.1:1/crm/a/b",
        "postgres://bob:hunter2@127.0.0.1:port/crm/members",
        "postgres://bob:hunter2@127.0.0.1:1/crm/.members",
        "postgres://bob:hunter2@127.0.0.1:1/crm/a.b.members",
        "postgres://bob:hunter2@127.0.0.1:1/crm/{day}",
        "postgres://127.0.0.1:1/crm/members?password=hunter2&sslmode=hunter2",
        "mysql://bob:hunter2@127.0.0.1:1/crm/members",
        "postgresql:/bob:hunter2@127.0.0.1/crm/members",
        "jdbc:postgresql:bob:hunter2@127.0.0.1/crm/members",
        "bob:hunter2@127.0.0.1/crm/members",
        "b:hunter2@127.0.0.1/crm/members",
        "host=127.0.0.1 user=bob password=hunter2",
        "host=127.0.0.1 user=bob PASSWORD = hunter2",
    ],
)
@pytest.mark.usefixtures("nothing_is_counted")
def test_a_url_that_cannot_be_used_is_refused_without_a_part_of_it(shop: Shop, url: str) -> None:
    assert "hunter2" not in shop.refused(url)


def test_a_text_with_a_nul_is_told_with_its_key(shop: Shop, server: Server) -> None:
    project = PROJECT.replace("customers.csv", "customers.parquet")
    shop.write(**{"segrules.yml": project})
    rows = "SELECT 7 AS customer_id, 'T' || chr(0) AS country, 30 AS spend"
    duckdb.execute(f"COPY ({rows}) TO '{shop.root / 'customers.parquet'}'")
    assert "`country` of `7` has a NUL character" in shop.refused(server.url("members"))
    shop.write(**{"segments/rules.yml": RULES.replace("carry: [country]", "")})
    shop.delivered(server.url("members"))


def test_values_that_do_not_fit_leave_the_old_members(shop: Shop, server: Server) -> None:
    server.execute("CREATE TABLE $members (customer_id smallint, country varchar(2), segment text, as_of date)")
    shop.delivered(server.url("members"))
    shop.write(**{"customers.csv": CUSTOMERS + "70000,TH,1\n"})
    assert "out of range" in shop.refused(server.url("members"))
    shop.write(**{"customers.csv": CUSTOMERS + "5,THA,99\n"})
    assert "value too long" in shop.refused(server.url("members"))
    server.execute("ALTER TABLE $members ADD COLUMN owner text NOT NULL DEFAULT 'us'")
    server.execute("ALTER TABLE $members ALTER COLUMN owner DROP DEFAULT")
    assert '"owner"' in shop.refused(server.url("members"))
    assert server.rows("members") == MEMBERS


def test_a_limit_of_the_server_breaks_off(shop: Shop, server: Server) -> None:
    shop.delivered(server.url("members"))
    server.execute(
        "CREATE FUNCTION $slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(2); RETURN NEW; END'"
    )
    server.execute("CREATE TRIGGER slow BEFORE INSERT ON $members FOR EACH ROW EXECUTE FUNCTION $slow()")
    shop.write(**{"customers.csv": CUSTOMERS + "5,TH,99\n"})
    said = shop.refused(server.url("members", options="-c statement_timeout=200ms"))
    assert "statement timeout" in said
    assert server.rows("members") == MEMBERS
    server.execute("DROP TRIGGER slow ON $members")
    shop.delivered(server.url("members"))
    assert len(server.rows("members")) == 6


def test_two_runs_do_not_mix(shop: Shop, server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    other = Shop(tmp_path / "other")
    plain = tables._csv

    def meanwhile(*given: Any) -> Any:
        monkeypatch.setattr(tables, "_csv", plain)
        assert "another run is writing to" in other.refused(server.url("members"))
        return plain(*given)

    monkeypatch.setattr(tables, "_csv", meanwhile)
    shop.delivered(server.url("members"))
    other.delivered(server.url("members"))


@pytest.mark.parametrize("mode", ["replace", "append", "delta"])
def test_a_session_that_is_ended_within_a_copy_leaves_the_old_members(
    shop: Shop, server: Server, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.delivered(server.url("members"), mode)
    plain = tables._csv

    def ended(*given: Any) -> Iterator[bytes]:
        for place, chunk in enumerate(plain(*given)):
            yield chunk
            if place == 0:
                end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'COPY \"segrules%'"
                assert server.session.run(end) == [(True,)]

    monkeypatch.setattr(tables, "_csv", ended)
    many = "".join(f"{key},TH,50\n" for key in range(10, 60_000))
    shop.write(**{"customers.csv": CUSTOMERS + many})
    assert "the connection to the server was lost" in shop.refused(server.url("members"), mode)
    assert server.rows("members") == MEMBERS
    monkeypatch.undo()
    shop.delivered(server.url("members"), mode)
    assert len(server.rows("members")) == 4 + 2 * (60_000 - 10)


@pytest.mark.skipif(sys.platform == "win32", reason="signals as POSIX has them")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_a_run_that_is_stopped_leaves_the_old_members(
    shop: Shop, server: Server, number: signal.Signals, code: int
) -> None:
    shop.delivered(server.url("members"))
    rows = "SELECT i AS customer_id, 'TH' AS country, 50 AS spend FROM range(3_000_000) t(i)"
    duckdb.execute(f"COPY ({rows}) TO '{shop.root / 'customers.parquet'}'")
    shop.write(**{"segrules.yml": PROJECT.replace(".csv", ".parquet")})
    command = [sys.executable, "-m", "segrules", "apply", str(shop.root), "--to", server.url("members")]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    asked = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY \"segrules%' AND state = 'active'"
    until = time.monotonic() + 120
    while server.session.run(asked) == [(0,)] and time.monotonic() < until:
        time.sleep(0.02)
    os.kill(process.pid, number)
    printed = "".join(process.communicate(timeout=60))
    assert process.returncode == code, printed
    assert "Traceback" not in printed
    assert server.rows("members") == MEMBERS
    while server.session.run(asked) != [(0,)] and time.monotonic() < until:  # the server ends what nobody waits for
        time.sleep(0.02)
    shop.write(**{"segrules.yml": PROJECT})
    shop.delivered(server.url("members"))
    assert not list(shop.out.glob(".segrules*"))


@pytest.mark.skipif(sys.platform == "win32", reason="pipes as POSIX has them")
def test_rows_that_begin_when_a_run_is_stopped_find_a_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, found, read = tmp_path / "members.csv", [], os.read

    class Late:
        def execute(self, _: str) -> None:
            time.sleep(0.2)
            os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))  # without a reader an error, where DuckDB would wait
            found.append("a reader")

        def interrupt(self) -> None:
            pass

    def stopped(*_: int) -> bytes:
        monkeypatch.setattr(os, "read", read)
        raise SystemExit(143)

    monkeypatch.setattr(os, "read", stopped)
    with pytest.raises(SystemExit):
        next(tables._csv(Late(), "", path))  # type: ignore[arg-type]
    assert found == ["a reader"]
    assert not path.exists()


def test_what_a_server_refuses_is_said_in_its_words(shop: Shop, server: Server) -> None:
    own = "customer_id bigint GENERATED ALWAYS AS IDENTITY, country text, segment text, as_of date"
    server.execute(f"CREATE TABLE $members ({own})")
    said = shop.refused(server.url("members"))
    assert 'cannot insert a non-DEFAULT value into column "customer_id" | nothing of it was changed' in said
    server.execute("DROP TABLE $members")
    shop.delivered(server.url("members"))
    refusing = "BEGIN RAISE EXCEPTION ''not on Sundays'' USING ERRCODE = ''SH001''; END"
    server.execute(f"CREATE FUNCTION $refuse() RETURNS trigger LANGUAGE plpgsql AS '{refusing}'")
    server.execute("CREATE TRIGGER refuse BEFORE INSERT ON $members FOR EACH ROW EXECUTE FUNCTION $refuse()")
    assert "cannot be written: not on Sundays | nothing of it was changed" in shop.refused(server.url("members"))


def test_a_server_that_is_not_there_has_changed_nothing(shop: Shop) -> None:
    assert "| nothing of it was changed" in shop.refused("postgres://bob@127.0.0.1:1/crm/members")


def test_a_table_that_changed_is_told_where_the_record_cannot_be_written(
    shop: Shop, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OutputRefused("`out` cannot be written: no space left on device")

    monkeypatch.setattr(applying, "publish", full)
    said = shop.refused(server.url("members"))
    place = f"{server.schema}.members"
    assert f"the members are in `{place}`, but run.json is not in place: `out` cannot be written: no space" in said
    assert server.rows("members") == MEMBERS


def test_a_run_sees_what_another_did_while_it_began(
    shop: Shop, server: Server, marketing: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shop.delivered(server.url("members"))
    server.execute(f"ALTER ROLE {marketing} SET default_transaction_isolation = 'repeatable read'")
    server.execute(f"GRANT ALL ON SCHEMA {server.schema} TO {marketing}")
    server.execute(f"GRANT ALL ON $members TO {marketing}")
    other, plain = Shop(tmp_path / "other"), tables._prepared
    other.write(**{"customers.csv": CUSTOMERS + "5,TH,99\n"})

    def meanwhile(session: Any, *given: Any) -> Any:
        monkeypatch.setattr(tables, "_prepared", plain)
        session.run("SELECT count(*) FROM pg_class")
        other.delivered(server.url("members"))
        return plain(session, *given)

    monkeypatch.setattr(tables, "_prepared", meanwhile)
    (item,) = shop.delivered(server.url_as(marketing, SECRET, "members")).delivered
    assert (item.entered, item.left) == (0, 2)
    assert server.rows("members") == MEMBERS


def test_without_the_driver_the_extra_is_named(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "segrules.engines.postgres", None)
    assert "pip install 'segrules[postgres]'" in shop.refused("postgres://bob@127.0.0.1:1/crm/members")


def _command(shop: Shop, url: str, exit: int = 0) -> str:
    """What the command line prints, also what it would tell those who look for a fault."""
    command = [sys.executable, "-m", "segrules", "apply", str(shop.root), "--to", url]
    result = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "SEGRULES_DEBUG": "1"}
    )
    assert result.returncode == exit, result.stdout + result.stderr
    return result.stdout + result.stderr
