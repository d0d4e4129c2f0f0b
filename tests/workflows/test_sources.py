"""Sources found, decoded, inspected; contracts filled from the data or held against it."""

import gzip
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from segrules.diagnostics import Diagnostic
from segrules.engines.duckdb import connect
from segrules.language.types import BOOLEAN, DATE, DECIMAL, INTEGER, NUMBER, TEXT, TIMESTAMP, Type, decimal, list_of
from segrules.project.model import Column, Entity, Format, Lookup, Project, Relation, Source
from segrules.source import SourceFile, Span
from segrules.sql.scans import Table
from segrules.workflows.sources import Sources, concretize, inspect, open_sources

YML = SourceFile("segrules.yml", "x" * 200)


def source(path: str, **format: Any) -> Source:
    return Source(path, None, Format(**format), Span(YML, 10, 20))


def project(entity: Source | None, *relations: Relation, columns: Sequence[Column] = (), **more: Any) -> Project:
    customer = Entity("customer", "id", entity, columns=tuple(columns), **more)
    return Project("shop", None, "UTC", (customer,), relations, {}, (), (), (), ())


def opened(root: Path, of: Project) -> tuple[Sources, tuple[Diagnostic, ...]]:
    return open_sources(of, root, root / "work")


def tables(root: Path, of: Project) -> dict[str, Table]:
    sources, findings = opened(root, of)
    assert findings == ()
    found, findings = inspect(connect(readable=sources.readable), sources)
    assert findings == ()
    return found


def only(findings: Sequence[Diagnostic]) -> tuple[str, str, str | None]:
    (finding,) = findings
    return finding.code, finding.message, finding.help


def columns_of(root: Path, of: Project) -> list[tuple[str, Type]]:
    sources, _ = opened(root, of)
    engine = connect(readable=sources.readable)
    filled, findings = concretize(engine, of, inspect(engine, sources)[0])
    assert findings == ()
    return [(column.name, column.type) for column in filled.entities[0].columns]


def test_globs_are_sorted_and_go_into_folders(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", "deep/er/c.csv", "deep/d.txt.bak"):
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("id\n1\n")
    sources, findings = opened(tmp_path, project(source("data/**/*.csv")))
    assert findings == ()
    assert [path.relative_to(tmp_path).as_posix() for path in sources.readable] == [
        "data/a.csv",
        "data/b.csv",
        "data/deep/er/c.csv",
    ]


def test_a_file_whose_name_looks_like_a_glob(tmp_path: Path) -> None:
    (tmp_path / "a[1].csv").write_text("id\n7\n")
    (tmp_path / "a1.csv").write_text("id\n8\n")
    assert columns_of(tmp_path, project(source("a[1].csv"))) == [("id", INTEGER)]
    assert [path.name for path in opened(tmp_path, project(source("a[1].csv")))[0].readable] == ["a[1].csv"]


@pytest.mark.parametrize(
    ("path", "message", "help"),
    [
        ("data/custmers.csv", "there is no file `data/custmers.csv`", "did you mean `customers.csv`?"),
        ("dta/customers.csv", "there is no folder `dta`", "did you mean `data`?"),
        ("data/*.parquet", "no file matches `data/*.parquet`", None),
    ],
)
def test_nothing_there(tmp_path: Path, path: str, message: str, help: str | None) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/customers.csv").write_text("id\n1\n")
    _, findings = opened(tmp_path, project(source(path)))
    assert only(findings) == ("data-missing", message, help)
    assert findings[0].span == Span(YML, 10, 20)


def test_an_empty_file_a_folder_and_an_unknown_ending(tmp_path: Path) -> None:
    (tmp_path / "empty.parquet").touch()
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "book.xlsx").write_text("x")
    (tmp_path / "mixed.csv").write_text("id\n1\n")
    assert only(opened(tmp_path, project(source("empty.parquet")))[1])[:2] == (
        "data-missing",
        "`empty.parquet` is empty",
    )
    assert only(opened(tmp_path, project(source("folder.csv")))[1])[:2] == (
        "data-unreadable",
        "`folder.csv` is a folder",
    )
    code, message, _ = only(opened(tmp_path, project(source("book.xlsx")))[1])
    assert (code, message) == ("invalid-source", "what kind of file is `book.xlsx`?")
    assert only(opened(tmp_path, project(source("m*")))[1] + opened(tmp_path, project(source("[be]*")))[1])[0] == (
        "invalid-source"
    )


def test_formats_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("id\n1\n")
    assert only(opened(tmp_path, project(source("x.csv", encoding="windows-9999")))[1])[:2] == (
        "invalid-source",
        "there is no encoding `windows-9999`",
    )
    assert only(opened(tmp_path, project(source("x.csv", encoding="base64")))[1])[0] == "invalid-source"
    assert only(opened(tmp_path, project(source("x.csv", dates="%d.%m.%Q")))[1])[1] == (
        "`%Q` cannot be used in a pattern of dates"
    )


@pytest.mark.parametrize(
    ("encoding", "name", "value"),
    [
        ("windows-1251", "имя", "Анна"),
        ("windows-1255", "שם", "דנה"),
        ("windows-874", "ชื่อ", "สมชาย"),
        ("big5", "姓名", "王小明"),
        ("utf-16", "名", "王"),
        ("utf-8-sig", "name", "é"),
    ],
)
def test_any_encoding(tmp_path: Path, encoding: str, name: str, value: str) -> None:
    from segrules.sql.scans import scan

    text = f"{name},id\n" + f"{value},1\n" * 200_000
    codec = encoding.replace("windows-", "cp")
    (tmp_path / "x.csv").write_bytes(text.encode(codec))
    (tmp_path / "x2.csv.gz").write_bytes(gzip.compress(text.encode(codec)))
    for path in ("x.csv", "x2.csv.gz"):
        of = project(source(path, encoding=encoding))
        sources, _ = opened(tmp_path, of)
        engine = connect(readable=sources.readable)
        table = inspect(engine, sources)[0]["customer"]
        query = scan(table, [Column(name, TEXT)], "UTC").sql("duckdb")
        assert engine.run(f"SELECT count(*), min(x), max(x) FROM ({query}) AS t(x)") == [(200_000, value, value)]


def test_a_byte_that_the_encoding_has_not(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(b"id\n" + b"1\n" * 700_000 + b"\x98\n")
    assert only(opened(tmp_path, project(source("x.csv", encoding="windows-1251")))[1])[:2] == (
        "data-unreadable",
        "`x.csv`: line 700002 is not windows-1251 text",
    )
    (tmp_path / "x.csv.gz").write_bytes(b"no gzip")
    assert only(opened(tmp_path, project(source("x.csv.gz", encoding="big5")))[1])[:2] == (
        "data-unreadable",
        "`x.csv.gz` is damaged or not a gzip file",
    )


def problem(root: Path, of: Project) -> tuple[str, str]:
    sources, findings = opened(root, of)
    assert findings == ()
    return only(inspect(connect(readable=sources.readable), sources)[1])[:2]


def test_files_that_are_not_what_they_seem(tmp_path: Path) -> None:
    (tmp_path / "x.parquet").write_bytes(b"PAR1 no parquet at all")
    (tmp_path / "x.csv").write_bytes(b"\xff\xfe\n1\n")
    (tmp_path / "x.json").write_text("{")
    (tmp_path / "blank.csv").write_text("\n1\n")
    assert problem(tmp_path, project(source("x.parquet"))) == (
        "data-unreadable",
        "`x.parquet` is damaged or not a Parquet file",
    )
    assert problem(tmp_path, project(source("x.csv"))) == ("data-unreadable", "`x.csv`: line 1 is not utf-8 text")
    assert problem(tmp_path, project(source("x.json")))[0] == "data-unreadable"
    assert problem(tmp_path, project(source("blank.csv"))) == (
        "data-unreadable",
        "`blank.csv` begins with an empty line where its header should be",
    )


def test_csv_files_with_other_columns(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,name\n1,x\n")
    (tmp_path / "b.csv").write_text("id,nam\n1,x\n")
    assert problem(tmp_path, project(source("*.csv"))) == (
        "data-unreadable",
        "the header of `b.csv` has a column `nam`, unlike that of `a.csv`",
    )


def test_parquet_files_with_other_columns(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": pa.array([1], pa.int32()), "x": [1]}), tmp_path / "a.parquet")
    pq.write_table(pa.table({"y": [1], "id": pa.array([2**40], pa.int64())}), tmp_path / "b.parquet")
    of = project(source("*.parquet"), columns=[Column("id", INTEGER), Column("x", INTEGER)])
    found = tables(tmp_path, of)
    assert found["customer"].physical == (("id", "BIGINT"),)
    _, findings = concretize(connect(), of, found)
    assert only(findings) == (
        "missing-column",
        "the data of `customer` has no column `x`",
        "each of the files must have it",
    )


def test_lookups_have_tables_of_their_own(tmp_path: Path) -> None:
    for name in ("c", "o", "p", "b"):
        (tmp_path / f"{name}.csv").write_text("id,brand\n1,x\n")
    brand = Lookup("brand", source("b.csv"), (("brand", "id"),))
    product = Lookup("product", source("p.csv"), (("id", "id"),), lookups=(brand,))
    of = project(source("c.csv"), Relation("orders", "customer", "id", source("o.csv"), lookups=(product,)))
    assert list(tables(tmp_path, of)) == ["customer", "orders", "orders.product", "orders.product.brand"]


def test_types_are_inferred_from_all_of_the_text(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(
        "id,code,amount,rate,day,at,ok,mixed,none,long,list\n"
        "1,007,1.5,1e-3,2026-01-31,2026-01-31 10:00,yes,1,,12345678901234567890123,[]\n"
        "-2,12,.255,2,2026-02-01,2026-01-31,NO,2026-01-01,,1,x\n"
    )
    assert columns_of(tmp_path, project(source("x.csv"))) == [
        ("id", INTEGER),
        ("code", TEXT),
        ("amount", decimal(18, 3)),
        ("rate", NUMBER),
        ("day", DATE),
        ("at", TIMESTAMP),
        ("ok", BOOLEAN),
        ("mixed", TEXT),
        ("none", TEXT),
        ("long", TEXT),
        ("list", TEXT),
    ]


def test_types_are_inferred_in_the_files_own_format(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a;b;c;d\n1,50;31.01.2026;NULL;2026-01-31\n")
    format = {"delimiter": ";", "decimal": ",", "dates": "%d.%m.%Y", "missing": ("NULL",)}
    assert columns_of(tmp_path, project(source("x.csv", **format))) == [
        ("a", decimal(18, 2)),
        ("b", DATE),
        ("c", TEXT),
        ("d", TEXT),
    ]


def test_types_of_json_tell_numbers_from_digits(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text(
        '{"id": 1, "code": "12", "tags": ["a"], "amount": 1.5, "on": "2026-01-01", "o": {}, "ok": true}\n{"late": 3}\n'
    )
    assert columns_of(tmp_path, project(source("x.jsonl"))) == [
        ("id", INTEGER),
        ("code", TEXT),
        ("tags", list_of(TEXT)),
        ("amount", decimal(18, 1)),
        ("on", DATE),
        ("ok", BOOLEAN),
        ("late", INTEGER),
    ]


def test_types_of_parquet_are_its_own(tmp_path: Path) -> None:
    data = {
        "id": pa.array([1], pa.uint16()),
        "paid": pa.array([None], pa.decimal128(12, 2)),
        "score": [0.5],
        "blob": pa.array([b"x"]),
        "at": pa.array([0], pa.timestamp("ns", "UTC")),
    }
    pq.write_table(pa.table(data), tmp_path / "x.parquet")
    assert columns_of(tmp_path, project(source("x.parquet"))) == [
        ("id", INTEGER),
        ("paid", decimal(12, 2)),
        ("score", NUMBER),
        ("at", TIMESTAMP),
    ]


def test_a_plain_decimal_takes_the_files_scale(tmp_path: Path) -> None:
    pq.write_table(
        pa.table({"a": pa.array([None], pa.decimal128(12, 2)), "b": [0.5], "c": [1]}), tmp_path / "x.parquet"
    )
    (tmp_path / "x.csv").write_text("a,b\n1.25,10000000000000000000000.125\n1,2\n")
    names = ("a", "b", "c")
    plain = [Column(name, DECIMAL) for name in names]
    assert columns_of(tmp_path, project(source("x.parquet"), columns=plain)) == [
        ("a", decimal(12, 2)),
        ("b", decimal(18, 4)),
        ("c", decimal(18, 4)),
    ]
    assert columns_of(tmp_path, project(source("x.csv"), columns=plain[:2])) == [
        ("a", decimal(18, 2)),
        ("b", decimal(26, 3)),
    ]


def test_columns_that_the_data_has_not_or_otherwise(tmp_path: Path) -> None:
    data = pa.table({"id": [1], "Country": ["TH"], "age": ["5"], "at": pa.array([0], pa.timestamp("us"))})
    pq.write_table(data, tmp_path / "x.parquet")
    span = Span(YML, 30, 40)
    columns = [Column("id", INTEGER, span=span), Column("country", TEXT, span=span), Column("age", INTEGER, span=span)]
    of = project(source("x.parquet"), columns=[*columns, Column("at", DATE, span=span)])
    _, findings = concretize(connect(), of, tables(tmp_path, of))
    assert [(finding.code, finding.message, finding.help) for finding in findings] == [
        ("missing-column", "the data of `customer` has no column `country`", "did you mean `Country`?"),
        ("wrong-column-type", "`age` is declared integer, but stored as VARCHAR", "declare it text"),
        ("wrong-column-type", "`at` is declared date, but stored as TIMESTAMP", "declare it timestamp"),
    ]
    assert {finding.span for finding in findings} == {span}


def test_a_column_that_stands_twice(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("id,a,a\n1,2,3\n")
    of = project(source("x.csv"), columns=[Column("id", INTEGER)])
    assert concretize(connect(), of, tables(tmp_path, of))[1] == ()
    of = project(source("x.csv"), columns=[Column("a", INTEGER)])
    assert only(concretize(connect(), of, tables(tmp_path, of))[1])[:2] == (
        "missing-column",
        "the data of `customer` has the column `a` more than once",
    )


def test_another_delimiter_is_seen(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("id;name\n1;x\n")
    of = project(source("x.csv"), columns=[Column("id", INTEGER), Column("name", TEXT)])
    assert only(concretize(connect(), of, tables(tmp_path, of))[1]) == (
        "invalid-source",
        "the columns of `x.csv` seem to be separated by `;`",
        "say so: `format: {delimiter: ';'}`",
    )


def test_files_are_named_as_the_project_names_them(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / "data" / name).mkdir(parents=True)
        pq.write_table(pa.table({"id": [1]}), tmp_path / "data" / name / "x.parquet")
    (tmp_path / "data/b/x.parquet").write_bytes(b"x" * 99)
    assert problem(tmp_path, project(source("data/**/*.parquet")))[1] == (
        "`data/b/x.parquet` is damaged or not a Parquet file"
    )
    assert problem(tmp_path, project(source("data/b/x.parquet")))[1] == (
        "`data/b/x.parquet` is damaged or not a Parquet file"
    )


def test_fingerprints_tell_content_apart_and_nothing_else(tmp_path: Path) -> None:
    def fingerprint() -> object:
        return opened(tmp_path, project(source("x.csv")))[0].fingerprint()["customer"]

    path = tmp_path / "x.csv"
    path.write_bytes(b"id\n1\n")
    first = fingerprint()
    path.touch()
    assert fingerprint() == first
    path.write_bytes(b"id\n2\n")
    assert fingerprint() != first
    path.write_bytes(b"id\n" + b"1\n" * 50_000_000)
    large = fingerprint()
    with path.open("r+b") as file:
        file.seek(-2, 2)
        file.write(b"2")
    assert fingerprint() != large
