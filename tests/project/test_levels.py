"""How seriously a project takes findings, and comments that ignore them."""

from __future__ import annotations

from datetime import date

import pytest
from memory_reader import SHOP, reader, shown

from segrules.diagnostics import CODES, Severity, is_adjustable
from segrules.workflows.fixing import fix
from segrules.workflows.validate import validate

DAY = date(2026, 1, 31)
ADJUSTABLE = [code.name for code in CODES.values() if is_adjustable(code)]


def found(segments: str, levels: str = "") -> list[str]:
    """Each finding of a project as its level and the line and words that it is about."""
    checked = validate(reader(segments, project=SHOP + (f"findings: {levels}\n" if levels else "")), lint_on=DAY)
    lines = []
    for finding in checked.findings:
        assert finding.span is not None
        line = finding.span.file.position(finding.span.start)[0]
        lines.append(f"{finding.severity.value} {finding.code} {line} {finding.span.text}")
    return lines


NEGATIVE = "segments:\n  a: country != 'TH'\n"


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ("", ["warning negative-on-missing 2 country != 'TH'"]),
        ("{negative-on-missing: error}", ["error negative-on-missing 2 country != 'TH'"]),
        ("{negative-on-missing: info, mixed-and-or: off}", ["info negative-on-missing 2 country != 'TH'"]),
        ("{negative-on-missing: off}", []),
        ("{negative-on-missing: NO}", ["error wrong-value 33 NO"]),
    ],
)
def test_a_level_is_the_projects_own(levels: str, expected: list[str]) -> None:
    assert found(NEGATIVE, levels) == expected


@pytest.mark.parametrize("code", [code for code in CODES if code not in ADJUSTABLE])
def test_what_is_wrong_is_wrong_everywhere(code: str) -> None:
    (line,) = found("", f"{{{code}: warning}}")
    assert line.startswith("error wrong-value ")
    assert line.endswith(f" {code}")


@pytest.mark.parametrize("code", ADJUSTABLE)
@pytest.mark.parametrize("level", ["off", "info", "warning", "error"])
def test_every_warning_and_note_has_a_level(code: str, level: str) -> None:
    assert found("", f"{{{code}: {level}}}") == []


def test_an_unknown_code_is_a_finding_with_a_guess() -> None:
    checked = validate(reader("", project=SHOP + "findings: {mixed-and-ors: off}\n"))
    (only,) = checked.findings
    assert (only.code, only.help) == ("unknown-key", "did you mean `mixed-and-or`?")
    assert only.severity is Severity.ERROR


REASON = "they are wanted"


@pytest.mark.parametrize(
    "segments",
    [
        f"segments:\n  a: country != 'TH'  # segrules: ignore[negative-on-missing] {REASON}\n",
        f"segments:\n  # segrules: ignore[negative-on-missing] {REASON}\n  a: country != 'TH'\n",
        f"segments:\n  #segrules:ignore [ negative-on-missing ] - {REASON}\n\n  # more\n  a: country != 'TH'\n",
        f"segments:\n  a: >-  # segrules: ignore[negative-on-missing] {REASON}\n    age > 1 or\n    country != 'TH'\n",
        f"segments:\n  # segrules: ignore[negative-on-missing] {REASON}\n  a: |\n    age > 1 or\n    country != 'TH'\n",
        f"segments:\n  a: country != 'TH'\n    or age > 3 # segrules: ignore[negative-on-missing] {REASON}\n",
        f"segments:\n  a:\n    any:\n    - age > 3\n    # segrules: ignore[negative-on-missing] {REASON}\n"
        "    - country != 'TH'\n",
        "segments:\n  a: country != 'TH' or age > 1 and age < 3  "
        f"# segrules: ignore[negative-on-missing, mixed-and-or] {REASON}\n",
        "segments:\r\n  a: country != 'TH'  # segrules: ignore[negative-on-missing] ทำไม\r\n",
        f"# segrules: ignore[negative-on-missing] {REASON}\nsegments: {{a: country != 'TH'}}",
    ],
)
@pytest.mark.parametrize("levels", ["", "{negative-on-missing: error}"])
def test_an_ignored_finding_is_not_there(segments: str, levels: str) -> None:
    assert found(segments, levels) == []


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("# segrules: ignore[negative-on-missing]", "this comment does not say why a finding is ignored"),
        ("# segrules: ignore[negative-on-missing]:  ", "this comment does not say why a finding is ignored"),
        ("# segrules: ignore negative-on-missing because", "this comment cannot be understood"),
        ("# segrules: ignore[] because", "this comment cannot be understood"),
        ("# segrules: off", "this comment cannot be understood"),
    ],
)
def test_a_comment_that_cannot_be_understood_ignores_nothing(comment: str, message: str) -> None:
    checked = validate(reader(f"segments:\n  a: country != 'TH' {comment}\n"))
    assert [finding.code for finding in checked.findings] == ["negative-on-missing", "invalid-ignore"]
    invalid = checked.findings[1]
    assert (invalid.message, invalid.span and invalid.span.text) == (message, comment.strip())


def test_only_codes_that_may_be_ignored_are() -> None:
    lines = found("segments:\n  a: ages > 3  # segrules: ignore[unknown-name, nothing] because\n")
    assert lines == ["error unknown-name 2 ages", "error wrong-value 2 unknown-name", "error unknown-key 2 nothing"]


def test_what_looks_like_a_comment_inside_a_text_is_none() -> None:
    text = "segments:\n  a:\n    when: age > 3\n    description: >-\n      we\n      # segrules: ignore[x]\n"
    assert found(text) == []
    assert found("segments:\n  a: \"email == 'a # segrules: off'\"\n") == []
    assert found("segments:\n  a: age > 3 # see segrules: ignore[x]\n  b: age > 3 # my-segrules: off\n") == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("segments:\n  a: age > 3   # segrules: ignore[mixed-and-or] old\n", "segments:\n  a: age > 3\n"),
        ("segments:\r\n  # segrules: ignore[mixed-and-or] old \r\n  a: age > 3\r\n", "segments:\r\n  a: age > 3\r\n"),
        ("segments: {a: age > 3}\n# segrules: ignore[mixed-and-or] old", "segments: {a: age > 3}\n"),
    ],
)
def test_an_ignore_of_nothing_is_a_finding_and_goes(before: str, after: str) -> None:
    assert [line.split()[:2] for line in found(before)] == [["warning", "unused-ignore"]]
    (change,) = fix(reader(before), lint_on=DAY).changes
    assert change.after == after


def test_an_ignore_of_what_only_data_shows_is_never_in_vain() -> None:
    text = "segments:\n  a: country == 'TH'  # segrules: ignore[constant-never-occurs] soon\n"
    assert found(text) == []


def test_errors_may_hide_what_is_ignored() -> None:
    text = "segments:\n  a: nobody != 'TH'  # segrules: ignore[negative-on-missing] because\n"
    assert [line.split()[1] for line in found(text)] == ["unknown-name"]


def test_findings_keep_the_form_of_their_project_in_all_files() -> None:
    project = SHOP.replace("name: shop", "name: shop  # segrules: ignore[mixed-and-or] nothing")
    assert shown(validate(reader("", project=project), lint_on=DAY).findings) == [
        "unused-ignore at 2:32 on 'mixed-and-or': nothing here has the finding `mixed-and-or`"
    ]
