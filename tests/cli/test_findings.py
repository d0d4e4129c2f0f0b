"""Findings for machines, held against what the readers of each format require."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segrules.cli.findings import Severest, report, written
from segrules.cli.formats.finding import fingerprints, of_rules, of_test
from segrules.cli.formats.junit import Case, junit
from segrules.diagnostics import CODES, Diagnostic, Fix
from segrules.source import Edit, SourceFile, Span

TEXT = "segments:\n  😀: ไทย < 30\n"
FILE = SourceFile("segments/a b.yml", TEXT)
START = TEXT.index("ไทย")
ERROR = Diagnostic("unknown-name", "`ไทย` is not a column", Span(FILE, START, START + 3), "100% sure: a, b\nc")
WARNING = Diagnostic("mixed-and-or", "mixed", Span(FILE, 0, START))
NOWHERE = Diagnostic("data-missing", "no data")
NO_FILE = Diagnostic("file-missing", "no file", path="segrules.yml")
MENDED = replace(ERROR, fix=Fix("write `age`", (Edit(Span(FILE, START, START + 3), "age"),), is_safe=False))
ALL = (ERROR, WARNING, NOWHERE, NO_FILE)


def as_json(findings: tuple[Diagnostic, ...]) -> str:
    return written(findings, Path(), "json", command="validate")


def as_github(findings: tuple[Diagnostic, ...], folder: Path) -> str:
    return written(findings, folder, "github", command="validate")


def as_gitlab(findings: tuple[Diagnostic, ...], folder: Path = Path()) -> Any:
    return json.loads(written(findings, folder, "gitlab", command="validate"))


def as_junit(findings: tuple[Diagnostic, ...], folder: Path, fail_on: Severest = "error") -> str:
    return written(findings, folder, "junit", command="validate", fail_on=fail_on)


def test_json_gives_lines_and_columns_in_code_points() -> None:
    assert json.loads(as_json(ALL))["findings"][0] == {
        "code": "unknown-name",
        "severity": "error",
        "message": "`ไทย` is not a column",
        "help": "100% sure: a, b\nc",
        "file": "segments/a b.yml",
        "line": 2,
        "column": 6,
        "end_line": 2,
        "end_column": 9,
        "related": [],
        "notes": [],
        "example": None,
        "fix": None,
    }


def test_json_tells_what_would_mend_a_finding() -> None:
    (only,) = json.loads(as_json((MENDED,)))["findings"]
    edit = {"file": "segments/a b.yml", "line": 2, "column": 6, "end_line": 2, "end_column": 9, "text": "age"}
    assert only["fix"] == {"title": "write `age`", "safe": False, "edits": [edit]}


def test_json_of_a_finding_without_a_place() -> None:
    last = json.loads(as_json(ALL))["findings"][3]
    assert (last["file"], last["line"], last["end_column"], last["help"]) == ("segrules.yml", None, None, None)


def test_json_of_nothing() -> None:
    assert json.loads(as_json(())) == {"findings": []}


def test_json_survives_lone_surrogates() -> None:
    as_json((Diagnostic("syntax", "\udcff"),)).encode("utf-8")


def test_github_escapes_what_it_reads_as_its_own() -> None:
    lines = as_github(ALL, Path("examples/shop")).split("\n")
    assert lines[0] == (
        "::error file=examples/shop/segments/a b.yml,line=2,endLine=2,col=6,endColumn=9,title=unknown-name"
        "::`ไทย` is not a column%0A100%25 sure: a, b%0Ac"
    )
    assert lines[1] == "::warning file=examples/shop/segments/a b.yml,line=1,endLine=2,col=1,title=mixed-and-or::mixed"
    assert lines[2] == "::error title=data-missing::no data"
    assert lines[3] == "::error file=examples/shop/segrules.yml,title=file-missing::no file"
    assert lines[4:] == ["3 errors, 1 warning"]


def test_github_properties_cannot_be_forged() -> None:
    file = SourceFile("a,line=1::b\n::error::x.yml", "x")
    (line, _) = as_github((Diagnostic("syntax", "m\r\n::set-output::", Span(file, 0, 1)),), Path()).split("\n")
    assert line.startswith("::error file=a%2Cline=1%3A%3Ab%0A%3A%3Aerror%3A%3Ax.yml,line=1,")
    assert line.endswith("::m%0D%0A::set-output::")


def sarif(findings: tuple[Diagnostic, ...], folder: Path = Path()) -> Any:
    return json.loads(written(findings, folder, "sarif", command="validate"))


def test_sarif_has_the_shape_that_code_scanning_takes() -> None:
    log = sarif((*ALL, ERROR), Path("shop"))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["unknown-name", "mixed-and-or", "data-missing", "file-missing"]
    assert rules[1] == {
        "id": "mixed-and-or",
        "shortDescription": {"text": CODES["mixed-and-or"].title},
        "help": {"text": rules[1]["help"]["text"]},
        "defaultConfiguration": {"level": "warning"},
    }
    assert "docs/errors/mixed-and-or.md" in rules[1]["help"]["text"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]
    assert run["results"][0]["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "shop/segments/a%20b.yml"},
                "region": {"startLine": 2, "startColumn": 6, "endLine": 2, "endColumn": 9},
            }
        }
    ]
    assert "locations" not in run["results"][2]
    assert "region" not in run["results"][3]["locations"][0]["physicalLocation"]


def test_sarif_tells_what_would_mend_a_finding() -> None:
    (result,) = sarif((MENDED,), Path("shop"))["runs"][0]["results"]
    region = {"startLine": 2, "startColumn": 6, "endLine": 2, "endColumn": 9}
    (fix,) = result["fixes"]
    assert fix["description"] == {"text": "write `age`"}
    assert fix["artifactChanges"] == [
        {
            "artifactLocation": {"uri": "shop/segments/a%20b.yml"},
            "replacements": [{"deletedRegion": region, "insertedContent": {"text": "age"}}],
        }
    ]


SARIF_SCHEMA = json.loads((Path(__file__).parents[1] / "schemas/sarif-2.1.0-rtm.5.json").read_text("utf-8"))


@pytest.mark.parametrize(
    "findings", [ALL, (ERROR, ERROR), (MENDED,), ()], ids=["all", "the same twice", "with a fix", "none"]
)
@pytest.mark.parametrize("folder", [Path(), Path("ไทย/my shop"), Path("/elsewhere")], ids=str)
def test_sarif_is_valid_by_its_schema(findings: tuple[Diagnostic, ...], folder: Path) -> None:
    jsonschema.Draft4Validator(SARIF_SCHEMA).validate(sarif(findings, folder))


def test_the_schema_of_sarif_refuses_what_is_none() -> None:
    log = sarif(ALL)
    log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft4Validator(SARIF_SCHEMA).validate(log)


def test_a_failed_test_is_valid_sarif_and_names_its_line() -> None:
    failed = of_test("สอง", Path("tests/a.yml"), 7, "vip: 1 is missing\n  orders = 4")
    log = json.loads(report([failed], Path(), "sarif", command="test"))
    jsonschema.Draft4Validator(SARIF_SCHEMA).validate(log)
    (result,) = log["runs"][0]["results"]
    assert result["message"]["text"] == "the test `สอง` failed\nvip: 1 is missing\n  orders = 4"
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 7, "startColumn": 1}
    assert log["runs"][0]["automationDetails"]["id"] == "segrules test/"
    (rule,) = log["runs"][0]["tool"]["driver"]["rules"]
    assert "docs/command-line.md" in rule["help"]["text"]


def test_sarif_carries_the_fingerprints() -> None:
    prints = list(fingerprints(of_rules(ALL, Path())))
    own = [result["partialFingerprints"]["primaryLocationLineHash"] for result in sarif(ALL)["runs"][0]["results"]]
    assert own == prints
    assert own == [entry["fingerprint"] for entry in as_gitlab(ALL)]


def test_gitlab_has_what_its_widget_needs() -> None:
    entries = as_gitlab(ALL, Path("shop"))
    assert [(entry["check_name"], entry["severity"], entry["location"]) for entry in entries] == [
        ("unknown-name", "critical", {"path": "shop/segments/a b.yml", "lines": {"begin": 2}}),
        ("mixed-and-or", "minor", {"path": "shop/segments/a b.yml", "lines": {"begin": 1}}),
        ("data-missing", "critical", {"path": "shop/segrules.yml", "lines": {"begin": 1}}),
        ("file-missing", "critical", {"path": "shop/segrules.yml", "lines": {"begin": 1}}),
    ]
    assert entries[1]["description"] == "mixed"
    assert as_gitlab(()) == []


# fingerprints: what a finding is known by from one version of a file to the next


def found(text: str, word: str, message: str = "m") -> Diagnostic:
    start = text.index(word)
    return Diagnostic("unknown-name", message, Span(SourceFile("a.yml", text), start, start + len(word)))


def known_by(*findings: Diagnostic, folder: Path = Path()) -> list[str]:
    return list(fingerprints(of_rules(findings, folder)))


def test_a_fingerprint_stays_when_lines_above_or_blanks_change() -> None:
    before = known_by(found("segments:\n  vip: agee < 3\n", "agee"))
    assert known_by(found("# new\nsegments:\n  a: x\n\n    vip:  agee < 3\n", "agee", "said in other words")) == before


def test_a_fingerprint_changes_with_the_rule_the_file_and_the_code() -> None:
    one = found("vip: agee < 3", "agee")
    others = [found("vip: agee < 4", "agee"), found("vip: age < 3", "age"), Diagnostic("syntax", "m", one.span)]
    prints = [known_by(one), known_by(one, folder=Path("other")), *(known_by(other) for other in others)]
    assert len({known for (known,) in prints}) == 5


@given(st.lists(st.sampled_from(ALL), max_size=8))
def test_no_two_findings_of_a_run_share_a_fingerprint(findings: list[Diagnostic]) -> None:
    prints = known_by(*findings)
    assert len(set(prints)) == len(findings)


@given(st.text(), st.text(), st.text())
def test_any_text_has_a_fingerprint(name: str, file: str, message: str) -> None:
    (known,) = fingerprints([of_test(name, Path("x") / f"_{file}", 1, message)])
    assert len(known) == 32


def test_sarif_of_nothing_has_a_run() -> None:
    assert sarif(())["runs"][0]["results"] == []


def test_sarif_names_files_elsewhere_by_uri(tmp_path: Path) -> None:
    (result,) = sarif((ERROR,), tmp_path)["runs"][0]["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == (tmp_path / "segments/a b.yml").as_uri()


def test_junit_fails_on_what_fails_the_run() -> None:
    suite = ET.fromstring(as_junit(ALL, Path("shop"), fail_on="error"))[0]
    assert (suite.get("tests"), suite.get("failures")) == ("4", "3")
    cases = suite.findall("testcase")
    assert cases[0].get("name") == "shop/segments/a b.yml:2:6 unknown-name"
    failure = cases[0].find("failure")
    assert failure is not None
    assert failure.get("message") == "`ไทย` is not a column"
    assert failure.text == "`ไทย` is not a column\n100% sure: a, b\nc"
    assert cases[1].find("failure") is None
    assert cases[1].findtext("system-out") == "mixed"
    strict = ET.fromstring(as_junit(ALL, Path("shop"), fail_on="warning"))[0]
    assert strict.get("failures") == "4"


def test_junit_of_nothing_is_one_passed_test() -> None:
    suite = ET.fromstring(as_junit((), Path(), fail_on="error"))[0]
    assert (suite.get("tests"), suite.get("failures")) == ("1", "0")


@settings(max_examples=200)
@given(st.text(), st.text(), st.text())
def test_junit_is_xml_whatever_users_write(name: str, file: str, message: str) -> None:
    text = junit("suite", [Case(name, file, failure=message), Case(name, file, remark=message)])
    assert text.isascii()
    assert len(ET.fromstring(text)[0]) == 2


@settings(max_examples=100)
@given(st.text(max_size=30), st.text(max_size=30))
def test_github_writes_one_line_a_finding(message: str, path: str) -> None:
    text = as_github((Diagnostic("syntax", message, Span(SourceFile(path, "x"), 0, 1)),), Path())
    assert text.count("\n") == 1
