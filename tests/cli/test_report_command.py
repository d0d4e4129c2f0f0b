"""`segrules report`: the file it writes, and what stays of the old one where it cannot."""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from segrules.cli.app import main
from segrules.report.dashboard import charts
from segrules.workflows.apply import apply

SHOP = Path(__file__).resolve().parents[1] / "docs_shop"
RULES = """\
traits: {orders: count(orders)}
segments:
  regular: {when: orders >= 2, label: {en: Regulars, th: ลูกค้าประจำ}, expect: {size: '>= 100'}}
  thai: country == 'TH'
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    shutil.copytree(SHOP, tmp_path / "shop")
    (tmp_path / "shop" / "segments").mkdir()
    (tmp_path / "shop" / "segments" / "rules.yml").write_text(RULES, "utf-8")
    return tmp_path / "shop"


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(["report", *words])
    assert isinstance(end.value.code, int)
    return end.value.code


def test_it_writes_one_file_and_says_where(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(shop)) == 0
    printed = capsys.readouterr()
    target = shop / "out" / "report.html"
    assert printed.out == f"wrote {target} ({target.stat().st_size / 1e6:.1f} MB)\n"  # the library of pictures is in it
    assert "is expected to be `>= 100`" in printed.err
    assert [path.name for path in target.parent.iterdir()] == ["report.html"]
    text = target.read_text("utf-8")
    assert text.startswith("<!doctype html>")
    assert "6 <bdi>customers</bdi>" in text


def test_it_is_opened_where_that_is_asked_for(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    assert run(str(shop), "--no-data") == 0
    assert opened == []
    assert run(str(shop), "--no-data", "--open") == 0
    assert opened == [(shop / "out" / "report.html").resolve().as_uri()]


def test_labels_are_in_the_language_that_is_asked_for(shop: Path) -> None:
    assert run(str(shop), "--no-data", "--language", "th") == 0
    text = (shop / "out" / "report.html").read_text("utf-8")
    assert '<bdi lang="th">ลูกค้าประจำ</bdi><bdi lang="en" hidden>Regulars</bdi>' in text


def test_without_data_there_is_a_report_of_the_rules(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(shop / "data")
    assert run(str(shop)) == 0
    assert "Numbers are left out" in (shop / "out" / "report.html").read_text("utf-8")


def test_without_plotly_it_says_what_to_install(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(charts, "is_available", lambda: False)
    assert run(str(shop)) == 2
    assert "pip install 'segrules[report]'" in capsys.readouterr().err
    assert not (shop / "out").exists()


def test_a_full_disk_leaves_the_old_report(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    target = shop / "out" / "report.html"
    target.parent.mkdir()
    target.write_text("old", "utf-8")

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "replace", full)
    assert run(str(shop), "--no-data") == 2
    assert "no space left on device" in capsys.readouterr().err
    assert target.read_text("utf-8") == "old"
    assert [path.name for path in target.parent.iterdir()] == ["report.html"]


def test_a_folder_that_is_a_file_is_a_finding(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "page").write_text("", "utf-8")
    assert run(str(shop), "--no-data", "--out", str(shop / "page")) == 2
    assert "[output-refused]" in capsys.readouterr().err


def test_rules_that_cannot_be_read_are_findings(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "segrules.yml").write_text("segrules: 1\n", "utf-8")
    assert run(str(shop)) in (1, 2)
    assert "no `entities`" in capsys.readouterr().err
    assert not (shop / "out").exists()


def recorded(shop: Path) -> None:
    for day in ("2026-01-01", "2026-01-31"):
        assert apply(shop, shop / "out", as_of=day, record=True, allow_breach=True).exit_code == 0


def test_what_changed_is_printed_and_written(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recorded(shop)
    capsys.readouterr()
    assert run(str(shop), "--no-data", "--since", "last-week") == 0
    printed = capsys.readouterr()
    out = shop / "out"
    assert printed.out == (out / "digest.md").read_text("utf-8")
    assert printed.out.startswith("# shop: what changed from 1 January 2026 to 31 January 2026\n")
    assert "<b><bdi>Regulars</bdi></b>" in (out / "digest.html").read_text("utf-8")
    assert printed.err.count("wrote ") == 3
    assert (out / "report.html").is_file()


def test_what_changed_as_json(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recorded(shop)
    capsys.readouterr()
    assert run(str(shop), "--no-data", "--since", "2026-01-15", "--format", "json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["from"], found["to"]) == ("2026-01-01", "2026-01-31")
    regular = found["segments"][0]
    assert (regular["segment"], regular["members"], regular["before"]) == ("regular", 2, 2)
    assert regular["unmet"] == [{"measure": "size", "expected": ">= 100"}]


def test_what_changed_needs_no_plotly(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded(shop)
    monkeypatch.setattr(charts, "is_available", lambda: False)
    assert run(str(shop), "--no-data", "--since", "last-week") == 0
    assert "pip install 'segrules[report]'" in capsys.readouterr().err
    assert (shop / "out" / "digest.html").is_file()
    assert not (shop / "out" / "report.html").exists()


def test_without_an_earlier_run_nothing_is_written(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(shop), "--no-data", "--since", "last-week") == 2
    assert "[no-history]" in capsys.readouterr().err
    assert not (shop / "out").exists()
