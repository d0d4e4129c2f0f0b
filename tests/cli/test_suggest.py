"""`segrules test --suggest`: what it prints and writes, and how it exits."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from segrules.cli.app import main

PROJECT = """\
segrules: 1
as_of: 2026-01-31
entities:
  покупатель: {source: p.csv, key: номер, columns: {номер: integer, возраст: integer}}
relations:
  заказы: {source: z.csv, key: номер, columns: {номер: integer}}
"""
RULES = """\
segments:
  молодые: возраст < 30   # до тридцати
  купившие: any(заказы)
"""
Run = Callable[..., tuple[object, str, str]]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for path, text in (("segrules.yml", PROJECT), ("segments/a.yml", RULES)):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def segrules(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str) -> tuple[object, str, str]:
        with pytest.raises(SystemExit) as end:
            main(arguments)
        written = capsys.readouterr()
        return end.value.code, written.out, written.err

    return run


OTHERS = "`купившие` asks for rows of relations, stages or ranks, which an example cannot give: name these as traits\n"


def test_examples_are_printed_to_be_pasted(shop: Path, segrules: Run) -> None:
    out = """\
segments/a.yml:2:3 молодые
    examples:
      in:
        - {возраст: 29}
      out:
        - {возраст: null}
        - {возраст: 30}
"""
    assert segrules("test", "--suggest") == (0, out, OTHERS)
    assert (shop / "segments/a.yml").read_text("utf-8") == RULES


def test_examples_are_written(shop: Path, segrules: Run) -> None:
    assert segrules("test", "--suggest", "--write") == (0, "", f"segments/a.yml: examples put in\n{OTHERS}")
    assert (
        (shop / "segments/a.yml").read_text("utf-8")
        == """\
segments:
  молодые:
    when: возраст < 30   # до тридцати
    examples:
      in:
        - {возраст: 29}
      out:
        - {возраст: null}
        - {возраст: 30}
  купившие: any(заказы)
"""
    )
    assert segrules("test")[0] == 0
    assert segrules("test", "--suggest") == (0, "no example is missing\n", OTHERS)


def test_what_has_no_place_is_printed(shop: Path, segrules: Run) -> None:
    rules = "segments: {молодые: возраст < 30}\n"
    (shop / "segments/a.yml").write_text(rules, "utf-8")
    code, out, err = segrules("test", "--suggest", "--write")
    assert code == 0
    assert out.startswith("segments/a.yml:1:12 молодые\n    examples:\n")
    assert (
        err
        == "these find no place of their own in their files; write each rule in lines, with `when:`, or paste them\n"
    )
    assert (shop / "segments/a.yml").read_text("utf-8") == rules


def test_json(shop: Path, segrules: Run) -> None:
    _, out, _ = segrules("test", "--suggest", "--format", "json")
    assert json.loads(out) == {
        "suggestions": [
            {
                "segment": "молодые",
                "entity": "покупатель",
                "file": "segments/a.yml",
                "line": 2,
                "yaml": "examples:\n  in:\n    - {возраст: 29}\n  out:\n    - {возраст: null}\n    - {возраст: 30}",
            }
        ],
        "others": ["купившие"],
    }


def test_only_some_segments(shop: Path, segrules: Run) -> None:
    assert segrules("test", "--suggest", "-k", "купившие") == (0, "no example is missing\n", OTHERS)
    assert segrules("test", "--suggest", "-k", "nobody")[0] == 2


def test_nothing_is_suggested_while_a_test_fails(shop: Path, segrules: Run) -> None:
    (shop / "tests").mkdir()
    case = "cases:\n  - name: один\n    given: {покупатель: [{номер: 1}]}\n    expect: {молодые: [1]}\n"
    (shop / "tests/a.yml").write_text(case, "utf-8")
    code, out, err = segrules("test", "--suggest", "--write")
    assert (code, out) == (1, "")
    assert err.endswith("no example was suggested, because a test fails as it is: mend that first\n")
    assert (shop / "segments/a.yml").read_text("utf-8") == RULES


def test_wrong_usage(shop: Path, segrules: Run) -> None:
    assert segrules("test", "--write")[0] == 2
    assert segrules("test", "--suggest", "--mutate")[0] == 2
    assert segrules("test", "--suggest", "--format", "junit")[0] == 2
