"""`segrules test --coverage`: what it prints, in each format, and how it exits."""

from __future__ import annotations

import json
import re
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from segrules.cli.app import main

FILES = {
    "segrules.yml": """\
segrules: 1
as_of: 2026-01-31
entities:
  ลูกค้า:
    source: c.csv
    key: รหัส
    columns: {รหัส: integer, อายุ: integer, ประเทศ: {type: text, missing: never}}
""",
    "segments/a.yml": """\
segments:
  ผู้ใหญ่: อายุ >= 18 and ประเทศ == 'TH'   # "<ไทย>"
  เด็ก: อายุ < 18
""",
    "tests/a.yml": """\
cases:
  - name: one
    given: {ลูกค้า: [{รหัส: 1, อายุ: 20, ประเทศ: TH}, {รหัส: 2, อายุ: 2, ประเทศ: RU}]}
    expect: {ผู้ใหญ่: [1]}
""",
}


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[object, str, str]:
    with pytest.raises(SystemExit) as end:
        main(["test", "--coverage", *words])
    said = capsys.readouterr()
    return end.value.code, re.sub(r"in \d+\.\d\d s", "in … s", said.out), said.err


def test_results_come_first_and_then_what_is_not_seen(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys) == (
        0,
        """\
1 passed in … s

segments/a.yml:2:12 unseen: no test sees `อายุ >= 18` missing
  2 |   ผู้ใหญ่: อายุ >= 18 and ประเทศ == 'TH'   # "<ไทย>"
    |         ^^^^^^^^^

segments/a.yml:3:3 unseen: no test looks at the segment `เด็ก`
  3 |   เด็ก: อายุ < 18
    |   ^^^

rule             seen   of   share
segments/a.yml      6   12     50%
  ผู้ใหญ่              6    7     85%
  เด็ก               0    5      0%

coverage 50%: tests see 6 of 12 outcomes
""",
        "",
    )


def test_too_little_coverage_and_failed_tests_both_exit_with_1(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--fail-under", "50")[::2] == (0, "")
    assert run(capsys, "--fail-under", "50.1")[::2] == (1, "coverage is 50%, and --fail-under asks for 50.1%\n")
    tests = shop / "tests/a.yml"
    tests.write_text(tests.read_text("utf-8").replace("[1]}", "[2]}"), "utf-8")
    code, out, _ = run(capsys, "--fail-under", "0")
    assert code == 1
    assert "1 failed" in out
    assert "coverage 50%" in out


def test_json_has_every_rule_with_what_was_seen_of_it(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "--format", "json")
    said = json.loads(out)
    assert said["passed"] == 1
    grown, child = said["coverage"].pop("rules")
    assert said["coverage"].pop("changed_since") is None
    assert said["coverage"] == {"seen": 6, "possible": 12, "percent": 50, "impossible": 0}
    assert [grown[key] for key in ("rule", "kind", "entity", "seen", "possible", "percent", "line", "column")] == [
        *("ผู้ใหญ่", "segment", "ลูกค้า"),
        *(6, 7, 85, 2, 3),
    ]
    assert grown["members"] == {"seen": ["matched", "not matched"], "unseen": [], "impossible": []}
    assert grown["tests"][0] == {
        "text": "อายุ >= 18",
        "seen": ["true", "false"],
        "unseen": ["missing"],
        "impossible": [],
        "file": "segments/a.yml",
        "line": 2,
        "column": 12,
        "end_line": 2,
        "end_column": 22,
    }
    assert child["members"] == {"seen": [], "unseen": ["matched", "not matched"], "impossible": []}


def test_build_servers_are_told_each_place(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--format", "github")
    assert code == 0
    assert len([line for line in out.splitlines() if line.startswith("::notice file=segments/a.yml,line=")]) == 2
    code, out, _ = run(capsys, "--format", "junit", "--fail-under", "60")
    cases = ET.fromstring(out).iter("testcase")
    failed = {case.get("name"): case.findtext("failure") for case in cases}
    assert code == 1
    assert failed["one"] is None
    assert (failed["coverage"] or "").startswith("coverage is 50%, and --fail-under asks for 60%\n")


def test_the_page_shows_the_rules_with_marks_and_their_text_as_text(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, "--coverage-report", "page.html")[2] == "wrote page.html\n"
    page = (shop / "page.html").read_text("utf-8")
    assert "<h1>Coverage 50%</h1>" in page
    assert '<mark class="warn" title="seen true, false; never seen missing">อายุ &gt;= 18</mark>' in page
    assert (
        '<mark class="good" title="seen true, false">ประเทศ == &#x27;TH&#x27;</mark>   # &quot;&lt;ไทย&gt;&quot;'
        in page
    )
    assert '<mark class="bad" title="never seen true, false, missing">อายุ &lt; 18</mark>' in page
    text = re.sub(r"<[^>]*>", "", page[page.index("<pre>") : page.index("</pre>")])
    assert (
        text.replace("&gt;", ">").replace("&lt;", "<").replace("&#x27;", "'").replace("&quot;", '"')
        == (FILES["segments/a.yml"])
    )
    assert not re.search(r"https?://|<script|<link|url\(", page)


def test_a_page_that_cannot_be_written_is_told(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "--coverage-report", "nowhere/page.html")
    assert code == 2
    assert "1 passed" in out
    assert "nowhere/page.html: No such file or directory" in err


@pytest.mark.parametrize("words", [["--fail-under", "3"], ["--coverage-report", "a.html"]])
def test_its_options_go_with_it(shop: Path, capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["test", *words])
    assert end.value.code == 2
    assert "it goes with `--coverage`" in " ".join(capsys.readouterr().err.split())
    assert run(capsys, "--mutate")[0] == 2


def test_rules_with_errors_are_told_and_nothing_is_covered(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "segments/b.yml").write_text("segments: {x: ages > 3}\n", "utf-8")
    code, out, err = run(capsys, "--fail-under", "1")
    assert code == 1
    assert out == "no tests were run\n"
    assert "`ages` is not a column or trait" in err


def test_a_project_without_rules_has_nothing_to_see(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for file in ("segments/a.yml", "tests/a.yml"):
        (shop / file).unlink()
    code, out, _ = run(capsys, "--fail-under", "100")
    assert (code, out) == (0, "no tests were run\n\nthere is nothing in the rules that tests could see\n")


def test_a_name_that_no_test_has_is_refused(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "-k", "nobody")[0] == 2


def test_a_pull_request_is_asked_about_its_own_rules(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def git(*words: str) -> None:
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.com")
        subprocess.run(["git", *identity, *words], check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    assert run(capsys, "--changed-since", "main", "--fail-under", "100")[:2] == (
        0,
        "1 passed in … s\n\nthere is nothing in the rules that changed since `main` that tests could see\n",
    )
    rules = shop / "segments/a.yml"
    text = rules.read_text("utf-8").replace("อายุ >= 18 and ประเทศ == 'TH'", "ประเทศ == 'TH' and อายุ >= 18")
    rules.write_text(text.replace("อายุ < 18", "อายุ < 17"), "utf-8")
    code, out, err = run(capsys, "--changed-since", "main", "--fail-under", "1")
    assert (code, err) == (1, "coverage is 0%, and --fail-under asks for 1%\n")
    assert "coverage 0% of the rules that changed since `main`: tests see 0 of 5 outcomes" in out
    assert "ผู้ใหญ่" not in out
    code, out, err = run(capsys, "--changed-since", "nowhere")
    assert (code, out) == (2, "")
    assert "`nowhere`" in err


def test_outcomes_that_are_proven_impossible_are_left_out_and_counted(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = shop / "segments/a.yml"
    rules.write_text("segments: {ผู้ใหญ่: 'อายุ >= 18 and case(อายุ >= 10 -> อายุ >= 9, else false)'}\n", "utf-8")
    _, out, _ = run(capsys)
    assert re.search(r"coverage \d+%: tests see \d+ of \d+ outcomes; 2 more are proven impossible\n$", out)
    _, out, _ = run(capsys, "--format", "json")
    (rule,) = json.loads(out)["coverage"]["rules"]
    assert json.loads(out)["coverage"]["impossible"] == 2
    assert [one["impossible"] for one in rule["tests"] if one["text"] == "อายุ >= 9"] == [["false", "missing"]]
    run(capsys, "--coverage-report", "page.html")
    page = (shop / "page.html").read_text("utf-8")
    assert "; 2 more are proven impossible.</p>" in page
    assert "proven impossible false, missing" in page
