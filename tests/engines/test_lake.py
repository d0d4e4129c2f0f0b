"""Files of an object store: found, read in ranges, these and no others; what is said when the store fails."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from object_server import KEY, SECRET, ObjectServer, Trouble

from segrules.engines import EngineError, lake
from segrules.engines.duckdb import connect
from segrules.engines.remote import RemoteFile

WIDE = "SELECT sum(c7) FROM read_parquet(['s3://lake/wide.parquet'])"


@pytest.fixture
def store(object_server: ObjectServer) -> fsspec.AbstractFileSystem:
    system = fsspec.filesystem("s3", use_listings_cache=False)
    if not system.exists("lake"):
        system.mkdir("lake")
    return system


@pytest.fixture
def wide(store: fsspec.AbstractFileSystem) -> RemoteFile:
    """Forty columns of five megabytes in all."""
    if not store.exists("lake/wide.parquet"):
        columns = {f"c{number}": pa.array(range(number, 40_000 + number), pa.int64()) for number in range(40)}
        with store.open("lake/wide.parquet", "wb") as out:
            pq.write_table(pa.table(columns), out, row_group_size=10_000, compression="none", use_dictionary=False)
    (file,) = lake.found("s3://lake/wide.parquet")
    return file


@pytest.fixture
def another_environment(store: fsspec.AbstractFileSystem) -> Iterator[None]:
    """Clients are made anew, which takes a second, and so are those after the test."""
    type(store).clear_instance_cache()
    yield
    type(store).clear_instance_cache()


def said(address: str) -> EngineError:
    with pytest.raises(EngineError) as caught:
        lake.found(address)
    return caught.value


def failure(file: RemoteFile) -> EngineError:
    with pytest.raises(EngineError) as caught:
        connect(readable=[file]).run(WIDE)
    for secret in (SECRET, KEY):
        assert secret not in caught.value.message
    assert caught.value.path == file.address
    return caught.value


def test_files_are_found_by_name_and_by_pattern(store: fsspec.AbstractFileSystem) -> None:
    for name in ("b.csv", "a.csv", "deep/er/c.csv", "deep/d.csv.bak", "[x].csv"):
        store.pipe(f"lake/found/{name}", name.encode())
    addresses = [file.address for file in lake.found("s3://lake/found/**/*.csv")]
    assert addresses == [f"s3://lake/found/{name}" for name in ("[x].csv", "a.csv", "b.csv", "deep/er/c.csv")]
    assert [file.name for file in lake.found("s3://lake/found/[x].csv")] == ["[x].csv"], "a name before a pattern"
    assert [file.name for file in lake.found("s3://lake/found/[ab].csv")] == ["a.csv", "b.csv"]
    (file,) = lake.found("s3://lake/found/a.csv")
    assert (file.name, file.size, file.is_dir()) == ("a.csv", 5, False)
    assert file.open().read() == b"a.csv"
    assert lake.found("s3://lake/found/z.csv") == lake.found("s3://lake/found/z*.csv") == ()
    assert lake.found("s3://nolake/z.csv") == lake.found("s3://nolake/*.csv") == ()
    (folder,) = lake.found("s3://lake/found/deep")
    assert folder.is_dir()
    assert lake.names_in("s3://lake/found/deep/") == ["d.csv.bak", "er"]
    assert "lake" in (lake.names_in("s3://") or [])
    assert lake.names_in("s3://nolake") is None


def test_the_state_changes_with_the_content(store: fsspec.AbstractFileSystem) -> None:
    store.pipe("lake/state.csv", b"a\n1\n")
    first = lake.found("s3://lake/state.csv")
    assert lake.found("s3://lake/state.csv") == first
    store.pipe("lake/state.csv", b"a\n2\n")
    assert lake.found("s3://lake/state.csv") != first


def test_of_a_wide_file_only_what_is_asked_for_is_fetched(object_server: ObjectServer, wide: RemoteFile) -> None:
    object_server.recover()
    engine = connect(readable=[wide])
    assert engine.run(WIDE) == [(sum(range(7, 40_007)),)]
    assert wide.size is not None
    assert wide.size > 12_000_000
    assert object_server.fetched < wide.size / 20, "one column of forty, and the footer"


def test_only_the_named_files_are_read(store: fsspec.AbstractFileSystem, wide: RemoteFile, tmp_path: Path) -> None:
    store.pipe("lake/other.csv", b"a\n1\n")
    (tmp_path / "x.csv").write_text("a\n1\n")
    engine = connect(readable=[wide])
    for address in ("s3://lake/other.csv", "s3://lake/*", "https://example.com/x.csv", str(tmp_path / "x.csv")):
        with pytest.raises(EngineError) as caught:
            engine.run(f"SELECT * FROM read_csv(['{address}'])")
        assert caught.value.kind == "permission"
    with pytest.raises(EngineError):
        engine.execute("COPY (SELECT 1 AS a) TO 's3://lake/wide.parquet' (FORMAT parquet)")
    assert lake.found(wide.address) == (wide,), "nothing was written"
    with pytest.raises(EngineError, match="locked"):
        engine.execute("SET allowed_paths = []")


@pytest.mark.parametrize("name", ["it's.csv", "ราคา.csv", "a b+c&d.csv", "a[1].csv", "100%.csv"])
def test_a_file_may_have_any_name(store: fsspec.AbstractFileSystem, name: str) -> None:
    store.pipe(f"lake/names/{name}", b"a\n42\n")
    (file,) = (file for file in lake.found("s3://lake/names/*") if file.name == name)
    literally = file.address.replace("'", "''").replace("[", "[[]")
    assert connect(readable=[file]).run(f"SELECT a FROM read_csv(['{literally}'], header = true)") == [(42,)]


@pytest.mark.parametrize("calm", [0, 1, 3])
def test_access_that_is_denied(object_server: ObjectServer, wide: RemoteFile, calm: int) -> None:
    object_server.trouble, object_server.calm = "denied", calm
    found = failure(wide)
    assert found.kind == "permission"
    assert found.message.startswith(f"`{wide.address}` cannot be read: access denied")
    assert said(wide.address).kind == "permission"


@pytest.mark.parametrize("trouble", ["broken off", "gone"])
def test_a_server_that_dies_in_the_middle(
    object_server: ObjectServer, wide: RemoteFile, trouble: Trouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("s3fs.S3FileSystem.retries", 1)
    object_server.trouble, object_server.calm = trouble, 2
    found = failure(wide)
    assert found.kind == "connection"
    assert found.message.startswith(f"`{wide.address}` cannot be read")
    object_server.recover()
    assert connect(readable=[wide]).run(WIDE) == [(sum(range(7, 40_007)),)], "a rerun succeeds"


def test_a_file_that_is_replaced_or_removed(store: fsspec.AbstractFileSystem) -> None:
    store.pipe("lake/moving.csv", b"a\n1\n")
    (file,) = lake.found("s3://lake/moving.csv")
    query = "SELECT a FROM read_csv(['s3://lake/moving.csv'], header = true)"
    engine = connect(readable=[file])
    assert engine.run(query) == [(1,)]
    for content in (b"a\n1\n2\n", b"a\n9\n"):
        store.pipe("lake/moving.csv", content)
        with pytest.raises(EngineError, match="replaced since the run began"):
            connect(readable=[file]).run(query)
    store.rm("lake/moving.csv")
    with pytest.raises(EngineError) as caught:
        connect(readable=[file]).run(query)
    assert caught.value.kind == "missing"
    assert caught.value.message.startswith("`s3://lake/moving.csv` is not there")
    assert engine.run(query) == [(1,)], "a run that has read it goes on with what it has"


def test_a_file_that_is_replaced_while_it_is_read(store: fsspec.AbstractFileSystem) -> None:
    """Of the same size, so that only the store can tell."""
    for place, start in enumerate((0, 7)):
        with store.open("lake/turning.parquet", "wb") as out:
            columns = {name: pa.array(range(start, 50_000 + start), pa.int32()) for name in ("a", "b")}
            pq.write_table(pa.table(columns), out, compression="none", use_dictionary=False)
        if not place:
            (file,) = lake.found("s3://lake/turning.parquet")
            engine = connect(readable=[file])
            assert engine.run("SELECT min(a) FROM read_parquet(['s3://lake/turning.parquet'])") == [(0,)]
    with pytest.raises(EngineError, match="replaced since the run began"):
        engine.run("SELECT sum(b) FROM read_parquet(['s3://lake/turning.parquet'])")


@pytest.mark.usefixtures("another_environment")
def test_a_server_that_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    found = said("s3://lake/x.csv")
    assert found.kind == "connection"
    assert found.message.startswith("`s3://lake/x.csv` cannot be read: the server cannot be reached (Could not connect")


@pytest.mark.usefixtures("another_environment")
def test_nobody_says_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    found = said("s3://lake/x.csv")
    assert found.kind == "permission"
    assert found.message.startswith("`s3://lake/x.csv` cannot be read without credentials")


def test_words_of_a_driver_tell_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_TOKEN", "abcdef123")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError("abcdef123 may not read https://x/y?sig=geheim now\nand more")

    monkeypatch.setattr("fsspec.core.url_to_fs", refuse)
    assert said("s3://lake/x.csv").message == (
        "`s3://lake/x.csv` cannot be read: access denied (*** may not read https://x/y?*** now)"
    )


def test_other_stores_are_read_alike(tmp_path: Path) -> None:
    memory = fsspec.filesystem("memory")
    memory.pipe("/shop/a.csv", b"a\n1\n")
    memory.pipe("/shop/b.csv", b"a\n2\n")
    files = lake.found("memory://shop/*.csv")
    assert [file.address for file in files] == ["memory://shop/a.csv", "memory://shop/b.csv"]
    paths = ", ".join(f"'{file.address}'" for file in files)
    assert connect(readable=files).run(f"SELECT sum(a) FROM read_csv([{paths}], header = true)") == [(3,)]
    memory.rm("/shop", recursive=True)


def test_a_store_that_does_not_answer_can_be_left(monkeypatch: pytest.MonkeyPatch) -> None:
    memory, answers = fsspec.filesystem("memory"), threading.Event()
    memory.pipe("/hanging.csv", b"a\n1\n")
    fetch = lake.Ranges.fetch
    monkeypatch.setattr(lake.Ranges, "fetch", lambda *given: answers.wait(60) and fetch(*given))
    engine = connect(readable=lake.found("memory://hanging.csv"))
    threading.Timer(0.2, engine.interrupt).start()
    begun = time.monotonic()
    with pytest.raises(EngineError) as caught:
        engine.run("SELECT a FROM read_csv('memory://hanging.csv', header = true)")
    assert caught.value.kind == "interrupted"
    assert time.monotonic() - begun < 20
    answers.set()
    assert engine.run("SELECT a FROM read_csv('memory://hanging.csv', header = true)") == [(1,)]
    memory.rm("/hanging.csv")


@pytest.mark.parametrize(
    ("pattern", "path", "name", "address"),
    [
        ("s3://shop/o/*.csv", "shop/o/*.csv", "shop/o/1.csv", "s3://shop/o/1.csv"),
        ("memory://shop/*.csv", "/shop/*.csv", "/shop/1.csv", "memory://shop/1.csv"),
        ("sftp://bob@host:22/data/*", "/data/*", "/data/1.csv", "sftp://bob@host:22/data/1.csv"),
        ("abfss://c@a.dfs.core.windows.net/o/*", "c/o/*", "c/o/1.csv", "abfss://c@a.dfs.core.windows.net/o/1.csv"),
        ("http://h/o/*", "http://h/o/*", "http://h/o/1.csv", "http://h/o/1.csv"),
    ],
)
def test_a_file_keeps_the_address_that_it_was_found_by(pattern: str, path: str, name: str, address: str) -> None:
    assert lake.address_of(name, pattern, path) == address


def test_files_of_a_web_server(object_server: ObjectServer, store: fsspec.AbstractFileSystem) -> None:
    store.pipe("lake/web.csv", b"a\n5\n", ACL="public-read")
    address = f"{object_server.address}/lake/web.csv?version=1"
    (file,) = lake.found(address)
    assert (file.name, file.size, file.is_ranged) == ("web.csv", 4, True)
    literally = address.replace("?", "[?]")
    assert connect(readable=[file]).run(f"SELECT a FROM read_csv(['{literally}'], header = true)") == [(5,)]
    object_server.trouble = "denied"
    assert said(address).kind == "permission"
    assert said("http://127.0.0.1:9/web.csv").kind == "connection"


def test_what_was_fetched_is_kept_for_the_next_statement(object_server: ObjectServer, wide: RemoteFile) -> None:
    engine = connect(readable=[wide])
    engine.run(WIDE)
    object_server.recover()
    assert engine.run(WIDE) == [(sum(range(7, 40_007)),)]
    assert object_server.asked == []


def test_threads_that_read_one_file_do_not_mix_places(
    store: fsspec.AbstractFileSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between a seek and its read another thread seeks."""
    memory, rows, fetch = fsspec.filesystem("memory"), range(60_000), lake.Ranges.fetch

    def slow(self: lake.Ranges, start: int, end: int) -> bytes:
        time.sleep(0.001)
        return fetch(self, start, end)

    monkeypatch.setattr(lake.Ranges, "fetch", slow)
    with memory.open("/threads.parquet", "wb") as out:
        table = pa.table({f"c{number}": pa.array(rows, pa.int64()) for number in range(4)})
        pq.write_table(table, out, row_group_size=2048, compression="none", use_dictionary=False)
    memory.pipe("/threads.json", "".join(f'{{"c0": {row}, "pad": "{"x" * 400}"}}\n' for row in rows).encode())
    memory.pipe("/threads.csv", b"c0,pad\n" + b"".join(b"%d,%s\n" % (row, b"x" * 400) for row in rows))
    engine = connect(readable=lake.found("memory://threads.*"), threads=8)
    for reader in ("read_parquet('memory://threads.parquet')", "read_json('memory://threads.json')"):
        assert engine.run(f"SELECT sum(c0) FROM {reader}") == [(sum(rows),)]
    assert engine.run("SELECT sum(c0) FROM read_csv('memory://threads.csv')") == [(sum(rows),)]
    memory.rm("/", recursive=True)
