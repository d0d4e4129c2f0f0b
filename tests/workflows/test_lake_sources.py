"""A project whose sources are in an object store gives what it gives from files, and says what fails at its place."""

import gzip
import json
import re
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from object_server import KEY, SECRET, ObjectServer
from shell import segrules

PROJECT = """\
segrules: 1
name: shop
as_of: 2026-01-31
entities:
  customer:
    source: {0}customers.parquet
    key: id
    columns: {{id: integer, country: text}}
    lookups:
      home: {{source: '{0}homes.json', on: id, columns: {{id: integer, city: text}}}}
relations:
  orders:
    source: {0}orders/*.csv.gz
    format: {{delimiter: ';', encoding: windows-1251}}
    key: id
    time: at
    columns: {{id: integer, at: date, place: text}}
"""
RULES = """\
segments:
  thai: country == 'TH'
  at_home: home.city == 'Москва'
  buyers: any(orders where place == 'сайт')
"""
FILES = ("customers.parquet", "homes.json", "orders/1.csv.gz", "orders/2.csv.gz")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A project over files of its own."""
    data = tmp_path / "files" / "data"
    (data / "orders").mkdir(parents=True)
    pq.write_table(pa.table({"id": [1, 2, 3], "country": ["TH", "RU", None]}), data / "customers.parquet")
    (data / "homes.json").write_text('{"id": 2, "city": "Москва"}\n', encoding="utf-8")
    for number, row in enumerate(("1;2026-01-05;сайт\n", "3;2026-01-06;магазин\n"), start=1):
        (data / f"orders/{number}.csv.gz").write_bytes(gzip.compress(f"id;at;place\n{row}".encode("cp1251"), mtime=0))
    return _project(tmp_path / "files", "data/")


@pytest.fixture
def lake(shop: Path, object_server: ObjectServer) -> Path:
    """The same project over the same files in an object store."""
    store = fsspec.filesystem("s3", use_listings_cache=False)
    if not store.exists("shop"):
        store.mkdir("shop")
    for name in FILES:
        store.pipe(f"shop/data/{name}", (shop / "data" / name).read_bytes())
    object_server.recover()
    return _project(shop.parent / "lake", "s3://shop/data/")


def _project(folder: Path, data: str) -> Path:
    (folder / "segments").mkdir(parents=True)
    (folder / "segrules.yml").write_text(PROJECT.format(data))
    (folder / "segments/rules.yml").write_text(RULES, encoding="utf-8")
    return folder


def changed(folder: Path, old: str, new: str) -> None:
    path = folder / "segrules.yml"
    assert old in path.read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


def refused(folder: Path, command: str = "count") -> str:
    """What a command says that ends with 2, without the place and the excerpt, which point at the source."""
    printed, code = segrules([command], folder)
    assert code == 2, printed
    assert SECRET not in printed
    assert KEY not in printed
    first = printed.splitlines()[0]
    assert first.startswith("segrules.yml:"), printed
    return first.partition(" error: ")[2]


def written(folder: Path) -> dict[str, bytes]:
    """The files of the output folder but for its lock."""
    files = (path for path in (folder / "out").rglob("*") if path.is_file() and not path.name.startswith("."))
    return {path.name: path.read_bytes() for path in files}


@pytest.mark.parametrize(
    "command",
    ["count", "validate --data", "why 1", "sql --select thai", "apply --format csv", "report --out r.html", "test"],
)
def test_every_command_gives_what_it_gives_from_files(shop: Path, lake: Path, command: str) -> None:
    printed, code = segrules(command.split(), shop)
    assert code == 0, printed
    found = segrules(command.split(), lake)
    assert found == (re.sub(r"(?<=[' ])data/", "s3://shop/data/", printed), 0)


def test_members_and_their_record_are_the_same(shop: Path, lake: Path) -> None:
    records = []
    for folder in (shop, lake):
        assert segrules(["apply", "--format", "csv", "--sort", "--record"], folder)[1] == 0
        text = (folder / "out/run.json").read_text("utf-8")
        assert SECRET not in text
        assert KEY not in text
        records.append(json.loads(text))
    assert (shop / "out/customer.csv").read_bytes() == (lake / "out/customer.csv").read_bytes()
    of_files, of_lake = (record["sources"]["orders"] for record in records)
    assert {key: of_lake[key] for key in ("files", "bytes")} == {key: of_files[key] for key in ("files", "bytes")}
    assert of_lake["sha256"] != of_files["sha256"]
    segrules(["apply", "--format", "csv", "--sort"], lake)
    assert json.loads((lake / "out/run.json").read_text("utf-8"))["sources"] == records[1]["sources"]
    fsspec.filesystem("s3", use_listings_cache=False).pipe("shop/data/homes.json", b'{"id": 2, "city": "X"}\n')
    segrules(["apply", "--format", "csv", "--sort"], lake)
    later = json.loads((lake / "out/run.json").read_text("utf-8"))["sources"]
    assert later["customer.home"] != records[1]["sources"]["customer.home"]
    assert later["orders"] == of_lake


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("customers.parquet", "customer.parquet", "there is no file `s3://shop/data/customer.parquet` [data-missing]"),
        ("data/customers", "date/customers", "there is no folder `s3://shop/date` [data-missing]"),
        ("shop/data/customers", "shopp/data/customers", "there is no bucket `s3://shopp` [data-missing]"),
        ("orders/*.csv.gz", "orders/*.csv", "no file matches `s3://shop/data/orders/*.csv` [data-missing]"),
        ("orders/*.csv.gz", "orders", "`s3://shop/data/orders` is a folder [data-unreadable]"),
        ("s3://shop/data/homes", "s33://shop/data/homes", "`s33://shop/data/homes.json`: there is no kind of address"),
        (
            "s3://shop/data/homes",
            "gs://shop/data/homes",
            "`gs://shop/data/homes.json` cannot be read: the driver of `gs",
        ),
    ],
)
def test_what_is_not_there(lake: Path, old: str, new: str, said: str) -> None:
    changed(lake, old, new)
    assert refused(lake).startswith(said)


def test_help_names_what_is_there(lake: Path) -> None:
    changed(lake, "customers.parquet", "custmers.parquet")
    assert "did you mean `customers.parquet`?" in segrules(["count"], lake)[0]
    changed(lake, "shop/data/custmers", "shpo/data/custmers")
    assert "did you mean `shop`?" in segrules(["count"], lake)[0]
    changed(lake, "s3://shpo/data/custmers", "gs://shop/data/customers")
    assert "pip install gcsfs" in segrules(["count"], lake)[0]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "customers.parquet",
            b"PAR1 not at all",
            "`s3://shop/data/customers.parquet` is damaged or not a Parquet file",
        ),
        ("homes.json", b'{"id": 2\n{', "`s3://shop/data/homes.json`: line 2 is not JSON"),
        ("homes.json", b"", "`homes.json` is empty"),
        ("orders/2.csv.gz", b"id;at\n", "`2.csv.gz` is damaged or not a gzip file"),
        (
            "orders/2.csv.gz",
            gzip.compress(b"id;at;plaice\n", mtime=0),
            "the header of `2.csv.gz` has a column `plaice`",
        ),
        (
            "orders/2.csv.gz",
            gzip.compress("id;at;place\n1;2026-01-01;\x98".encode("latin-1"), mtime=0),
            "`2.csv.gz`: line 2 is not",
        ),
    ],
)
def test_a_file_that_is_not_what_it_should_be(lake: Path, name: str, content: bytes, said: str) -> None:
    fsspec.filesystem("s3", use_listings_cache=False).pipe(f"shop/data/{name}", content)
    assert refused(lake).startswith(said)


@pytest.mark.parametrize("command", ["apply", "validate --data"])
def test_a_store_that_refuses(lake: Path, object_server: ObjectServer, command: str) -> None:
    object_server.trouble = "denied"
    printed, code = segrules(command.split(), lake)
    assert code == 2
    assert "error: `s3://shop/data/customers.parquet` cannot be read: access denied" in printed
    assert "segrules.yml:6:13" in printed
    assert written(lake) == {}
    object_server.recover()
    assert segrules(command.split(), lake)[1] == 0, "a rerun succeeds"


def test_a_store_that_dies_at_any_moment(
    lake: Path, object_server: ObjectServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("s3fs.S3FileSystem.retries", 1)
    assert segrules(["apply"], lake)[1] == 0
    before = written(lake)
    assert before
    gets = sum(asked.startswith("GET") and "?" not in asked for asked in object_server.asked)
    assert gets > 4
    for calm in (0, gets // 3, gets // 2, gets - 1):
        object_server.recover()
        object_server.trouble, object_server.calm = "gone", calm
        printed, code = segrules(["apply"], lake)
        assert code == 2, f"after {calm} of {gets}: {printed}"
        assert printed.startswith("segrules.yml:"), printed
        assert "cannot be read" in printed
        assert written(lake) == before
    object_server.recover()
    assert segrules(["apply"], lake)[1] == 0


@pytest.mark.parametrize(
    "address",
    [
        f"s3://{KEY}:{SECRET}@shop/data/customers.parquet",
        f"https://shop.example/customers.parquet?X-Amz-Signature={SECRET}&X-Amz-Expires=60",
        f"https://shop.blob.core.windows.net/data/customers.parquet?sv=2024&sig={SECRET}",
        f"https://{SECRET}@example.com/customers.parquet",
        f"sftp://bob:{SECRET}@example.com/customers.parquet",
    ],
)
def test_an_address_with_a_secret_is_refused_untold(lake: Path, object_server: ObjectServer, address: str) -> None:
    changed(lake, "s3://shop/data/customers.parquet", address)
    for command in ("validate", "count", "validate --format json", "apply --record", "diff HEAD --project ."):
        printed, code = segrules(command.split(), lake)
        assert code in (1, 2)
        assert SECRET not in printed
        assert "no password, key or token in it" in printed or command.startswith("diff")
    assert object_server.asked == []
    assert written(lake) == {}


def test_an_address_of_a_file_here_or_in_an_archive(lake: Path) -> None:
    changed(lake, "s3://shop/data/customers.parquet", "file:///data/customers.parquet")
    assert refused(lake).startswith("`file:///data/customers.parquet` is a file of this machine")
    changed(lake, "file:///data/customers.parquet", "zip://customers.parquet::s3://shop/data.zip")
    assert refused(lake).startswith("an address is of one file or pattern")


def test_a_sample_has_folders_for_buckets(lake: Path) -> None:
    printed, code = segrules(["sample", "--out", "small"], lake)
    assert code == 0, printed
    assert sorted(path.relative_to(lake / "small").as_posix() for path in (lake / "small").rglob("*.*")) == [
        ".segrules-sample",
        "shop/data/customers.parquet",
        "shop/data/homes.json",
        "shop/data/orders/1.csv.gz",
    ]


def test_without_fsspec(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "segrules.engines.lake", raising=False)
    monkeypatch.delattr("segrules.engines.lake", raising=False)
    monkeypatch.setitem(sys.modules, "fsspec", None)
    printed, code = segrules(["count"], lake)
    assert code == 2
    assert "`s3://shop/data/customers.parquet` cannot be read: fsspec is not installed" in printed
    assert "pip install 'segrules[lake]'" in printed


def test_a_web_server_that_gives_files_as_a_whole(shop: Path, tmp_path: Path) -> None:
    """Python's own server knows no ranges."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(shop / "data"))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        folder = _project(tmp_path / "web", f"http://127.0.0.1:{server.server_port}/")
        assert segrules(["count"], folder) == segrules(["count"], shop)
        assert "read_parquet" in segrules(["sql", "--select", "thai"], folder)[0].lower()
        server.shutdown()
