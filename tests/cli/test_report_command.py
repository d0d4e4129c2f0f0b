"""`segrules report`: the file it writes, and what stays of the old one where it cannot."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from segrules.cli.app import main
from segrules.report.dashboard import charts

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
