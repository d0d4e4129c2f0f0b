"""`segrules test --mutate`: what it prints, and how it exits."""

from __future__ import annotations

import json
import re
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest

from segrules.cli.app import main

PROJECT = """\
segrules: 1
as_of: 2026-01-31
entities:
  khách: {source: k.csv, key: mã, columns: {mã: integer, tuổi: integer, nước: text}}
"""
RULES = """\
segments:
  trẻ:
    all:
      - tuổi < 30   # trẻ tuổi
      - nước in ['VN', 'TH']
  già: tuổi >= 60
"""
TESTS = """\
cases:
  - name: hai người
    given: {khách: [{mã: 1, tuổi: 29, nước: VN}, {mã: 2, tuổi: 30, nước: VN}, {mã: 3, tuổi: 28, nước: US}]}
    expect: {trẻ: [1]}
"""
Run = Callable[..., tuple[object, str, str]]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for path, text in (("segrules.yml", PROJECT), ("segments/a.yml", RULES), ("tests/a.yml", TESTS)):
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


def test_what_no_test_notices_is_shown_in_the_rules(shop: Path, segrules: Run) -> None:
    code, out, _ = segrules("test", "--mutate")
    assert code == 0
    assert (
        "segments/a.yml:5:24 unnoticed: `trẻ` without `'TH'`\n"
        "  5 |       - nước in ['VN', 'TH']\n"
        "    |                        ^^^^\n"
        "    among the `examples` of `trẻ` this would notice it:\n"
        "      in: [{tuổi: 29, nước: TH}]\n"
    ) in out
    assert "segments/a.yml:6:8 unnoticed: no test looks at `già` (3 changes)\n" in out
    assert out.endswith("12 changes tried: 8 noticed, 4 unnoticed; score 66%\n")


def test_a_row_that_several_changes_fail_is_shown_once(shop: Path, segrules: Run) -> None:
    (shop / "segments/a.yml").write_text("segments: {trẻ: tuổi <= 30 or nước == 'VN'}\n", "utf-8")
    case = "{name: một, given: {khách: [{mã: 1, tuổi: 50}, {mã: 2, nước: VN}]}, expect: {trẻ: [2]}}"
    (shop / "tests/a.yml").write_text(f"cases: [{case}]\n", "utf-8")
    _, out, _ = segrules("test", "--mutate")
    first, second, _ = out.split("\n\n")
    assert first == (
        "segments/a.yml:1:17 unnoticed: `trẻ` without `tuổi <= 30`\n"
        "segments/a.yml:1:17 unnoticed: `trẻ` with `tuổi < 30` for `tuổi <= 30`\n"
        "  1 | segments: {trẻ: tuổi <= 30 or nước == 'VN'}\n"
        "    |                 ^^^^^^^^^^\n"
        "    among the `examples` of `trẻ` this would notice both:\n"
        "      in: [{tuổi: 30}]"
    )
    assert "with `tuổi <= 31` for" in second


def test_too_low_a_score_ends_with_one(shop: Path, segrules: Run) -> None:
    assert segrules("test", "--mutate", "--score-min", "66")[0] == 0
    code, out, err = segrules("test", "--mutate", "--score-min", "67")
    assert (code, err) == (1, "tests noticed 66% of the changes, and --score-min asks for 67%\n")
    assert "score 66%" in out


def test_json(shop: Path, segrules: Run) -> None:
    code, out, _ = segrules("test", "--mutate", "--format", "json")
    found = json.loads(out)
    assert (code, found["killed"], found["survived"], found["score"]) == (0, 8, 4, 66)
    first, *_ = (entry for entry in found["mutants"] if entry["kind"] == "boundary")
    assert first == {
        "rule": "trẻ",
        "entity": "khách",
        "kind": "boundary",
        "before": "tuổi < 30",
        "after": "tuổi <= 30",
        "result": "killed",
        "killed_by": "hai người",
        "looked_at": True,
        "row": None,
        "file": "segments/a.yml",
        "line": 4,
        "column": 9,
        "end_line": 4,
        "end_column": 18,
    }


def test_a_row_that_would_notice_is_in_the_json(shop: Path, segrules: Run) -> None:
    _, out, _ = segrules("test", "--mutate", "--format", "json")
    rows = [entry["row"] for entry in json.loads(out)["mutants"] if entry["before"] == "'TH'"]
    assert rows == [{"form": "example", "yaml": "in: [{tuổi: 29, nước: TH}]"}]


def test_a_change_that_is_proven_to_change_nothing_does_not_count(shop: Path, segrules: Run) -> None:
    (shop / "segments/a.yml").write_text("segments: {trẻ: tuổi < 30 and (tuổi < 40 or nước == 'VN')}\n", "utf-8")
    (shop / "tests/a.yml").write_text(TESTS.replace("[1]", "[1, 3]"), "utf-8")
    _, out, _ = segrules("test", "--mutate")
    assert "`tuổi < 40`" not in out
    assert re.search(r"\d+ noticed, \d+ proven to change nothing; score 100%\n$", out)
    _, out, _ = segrules("test", "--mutate", "--format", "json")
    said = json.loads(out)
    same = [entry for entry in said["mutants"] if entry["result"] == "equivalent"]
    assert said["equivalent"] == len(same) > 0
    assert ("tuổi < 40", "tuổi <= 40") in [(entry["before"], entry["after"]) for entry in same]


def test_a_change_without_a_difference_does_not_count(shop: Path, segrules: Run) -> None:
    (shop / "segments/a.yml").write_text("segments: {trẻ: tuổi < 30 and today < 2027-01-01}\n", "utf-8")
    (shop / "tests/a.yml").write_text(TESTS.replace("[1]", "[1, 3]"), "utf-8")
    _, out, _ = segrules("test", "--mutate")
    assert (
        "no difference found: `trẻ` with `today <= 2027-01-01` for `today < 2027-01-01`\n"
        "  1 | segments: {trẻ: tuổi < 30 and today < 2027-01-01}\n"
        "    |                               ^^^^^^^^^^^^^^^^^^\n"
        "    "
    ) in out
    assert "rows tried, and each gives the same: perhaps this is the same rule in other words\n" in out
    assert re.search(r"\d+ without a difference; score 100%\n$", out)


def test_build_servers(shop: Path, segrules: Run) -> None:
    _, out, _ = segrules("test", "--mutate", "--format", "github")
    assert out.startswith("::warning file=segments/a.yml,line=5,")
    _, out, _ = segrules("test", "--mutate", "--format", "junit")
    assert ET.fromstring(out).get("failures") == "4"


def test_a_failing_test_is_refused(shop: Path, segrules: Run) -> None:
    (shop / "tests/a.yml").write_text(TESTS.replace("[1]}", "[2]}"), "utf-8")
    code, out, err = segrules("test", "--mutate")
    assert (code, out) == (1, "")
    assert err.startswith("tests/a.yml:2 failed: hai người\n")
    assert err.endswith("no change of the rules was tried, because a test fails as it is: mend that first\n")


def test_wrong_rules_are_said_as_ever(shop: Path, segrules: Run) -> None:
    (shop / "segments/a.yml").write_text("segments: {x: tuoi < 30}\n", "utf-8")
    code, out, err = segrules("test", "--mutate")
    assert (code, out) == (1, "")
    assert "unknown-name" in err


def test_without_tests_nothing_is_noticed(shop: Path, segrules: Run) -> None:
    (shop / "tests/a.yml").write_text("cases: []\n", "utf-8")
    code, out, _ = segrules("test", "--mutate", "--score-min", "1")
    assert code == 1
    assert out == (
        "segments/a.yml:3:5 unnoticed: no test looks at `trẻ` (9 changes)\n\n"
        "segments/a.yml:6:8 unnoticed: no test looks at `già` (3 changes)\n\n"
        "12 changes tried: 0 noticed, 12 unnoticed; score 0%\n"
    )


def test_a_project_without_rules_has_nothing_to_try(shop: Path, segrules: Run) -> None:
    (shop / "tests/a.yml").unlink()
    (shop / "segments/a.yml").unlink()
    code, out, _ = segrules("test", "--mutate", "--score-min", "100")
    assert (code, out) == (0, "there is nothing to change in the rules\n")


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=shop", "-c", "user.email=shop@example.com", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def test_only_rules_changed_since_a_revision(shop: Path, segrules: Run) -> None:
    git(shop, "init")
    git(shop, "add", ".")
    git(shop, "commit", "-m", "rules")
    rules = RULES.replace(">= 60", ">= 65").replace("- tuổi < 30 ", "-   30 > tuổi")
    (shop / "segments/a.yml").write_text(rules, "utf-8")
    code, out, _ = segrules("test", "--mutate", "--changed-since", "main")
    assert (code, out) == (
        0,
        "segments/a.yml:6:8 unnoticed: no test looks at `già` (3 changes)\n\n3 changes tried: 0 noticed, 3 unnoticed;"
        " score 0%\n",
    )
    code, out, err = segrules("test", "--mutate", "--changed-since", "mian")
    assert (code, out) == (2, "")
    assert "there is no revision `mian` [unknown-revision]" in err
    assert segrules("test", "--changed-since", "main")[0] == 2


def test_wrong_usage(shop: Path, segrules: Run) -> None:
    assert segrules("test", "--score-min", "80")[0] == 2
    assert segrules("test", "--mutate", "--score-min", "101")[0] == 2
    assert segrules("test", "--mutate", "-k", "nobody")[0] == 2
