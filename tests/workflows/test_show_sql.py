"""The printed SQL runs in DuckDB as it is, from the folder it was printed in."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from segrules.workflows.show_sql import show_sql

PROJECT = """\
segrules: 1
as_of: 2026-01-31
entities:
  customer:
    source: "*.csv"
    key: id
    format: {encoding: %s, delimiter: ';'}
    columns: {id: integer, city: text}
"""


def shop(root: Path, encoding: str) -> Path:
    (root / "segments").mkdir(parents=True)
    (root / "segrules.yml").write_text(PROJECT % encoding)
    (root / "segments" / "a.yml").write_text("segments: {thai: city == 'กรุงเทพ', any: id > 0}\n", encoding="utf-8")
    (root / "c.csv").write_bytes("id;city\n1;กรุงเทพ\n2;\n".encode("cp874" if encoding != "utf-8" else encoding))
    return root


def test_it_runs_as_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop(tmp_path / "shop", "utf-8")
    monkeypatch.chdir(tmp_path)
    text, findings, code = show_sql(Path("shop"))
    assert (code, findings) == (0, ())
    assert "'shop/c.csv'" in text
    assert sorted(duckdb.execute(text).fetchall()) == [(1, True, True), (2, False, True)]


def test_a_file_in_another_encoding_is_named_and_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop(tmp_path / "shop", "windows-874")
    monkeypatch.chdir(tmp_path)
    text, _, _ = show_sql(Path("shop"))
    assert text.startswith("-- shop/c.csv is windows-874: write it as UTF-8 before you run this\n")
    assert "'shop/c.csv'" in text


def test_one_segment_and_the_dialect_of_another_engine(tmp_path: Path) -> None:
    root = shop(tmp_path / "shop", "utf-8")
    text, _, _ = show_sql(root, select=["any"], dialect="postgres")
    assert '"thai"' not in text
    assert 'FROM "customer"' in text
    assert show_sql(root, dialect="oracle")[2] == 2
    assert show_sql(root, select=["thia"])[1][-1].help == "did you mean `thai`?"


@pytest.mark.parametrize(("dialect", "contains"), [("bigquery", "INSTR(`city`, 'x') > 0"), ("snowflake", "CONTAINS(")])
def test_a_dialect_that_is_only_read_refuses_by_name_what_it_cannot_write(
    tmp_path: Path, dialect: str, contains: str
) -> None:
    root = shop(tmp_path / "shop", "utf-8")
    rules = "segments:\n  some: city contains 'x'\n  blank: trim(city) == ''\n"
    (root / "segments/a.yml").write_text(rules, encoding="utf-8")
    text, _, code = show_sql(root, select=["some"], dialect=dialect)
    assert (code, contains in text) == (0, True)
    text, findings, code = show_sql(root, dialect=dialect)
    assert (text, code) == ("", 2)
    assert findings[-1].code == "not-supported-yet"
    assert findings[-1].message == f"`trim` cannot be written for {dialect} yet"
