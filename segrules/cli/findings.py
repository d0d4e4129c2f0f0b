"""Findings for machines: JSON, GitHub annotations, SARIF and JUnit. Lines and columns from 1, in code points."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from segrules import __version__
from segrules.cli.junit import Case, junit
from segrules.cli.terminal import location, path_from_here, summary

if TYPE_CHECKING:
    from segrules.diagnostics import Diagnostic

_GITHUB = {"error": "error", "warning": "warning", "info": "notice"}
_SARIF = {"error": "error", "warning": "warning", "info": "note"}


def to_json(value: Mapping[str, Any]) -> str:
    """Indented JSON, in the user's script where the output can show it."""
    encoding = (getattr(sys.stdout, "encoding", None) or "ascii").lower().replace("-", "")
    text = json.dumps(value, indent=2, ensure_ascii=encoding not in ("utf8", "utf8sig"))
    return "".join(f"\\u{ord(character):04x}" if "\ud800" <= character <= "\udfff" else character for character in text)


def place(finding: Diagnostic) -> dict[str, Any]:
    """A finding as the JSON of `validate` has it; the file relative to the project, the end just behind the words."""
    start: tuple[int | None, int | None] = (None, None)
    end = start
    if finding.span is not None:
        start = finding.span.file.position(finding.span.start)
        end = finding.span.file.position(finding.span.end)
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "message": finding.message,
        "help": finding.help,
        "file": finding.span.file.path if finding.span is not None else finding.path,
        "line": start[0],
        "column": start[1],
        "end_line": end[0],
        "end_column": end[1],
    }


def as_json(findings: Sequence[Diagnostic]) -> str:
    """`{"findings": […]}`, as the command line reference gives it."""
    return to_json({"findings": [place(finding) for finding in findings]})


def as_github(findings: Sequence[Diagnostic], folder: Path) -> str:
    """Workflow commands, one a line, that GitHub shows beside the changed lines."""
    lines = []
    for finding in findings:
        at = place(finding)
        properties = {"file": path_from_here(at["file"], folder).as_posix() if at["file"] else None, "line": at["line"]}
        if at["line"] is not None:
            properties |= {"endLine": at["end_line"], "col": at["column"]}
            properties |= {"endColumn": at["end_column"]} if at["line"] == at["end_line"] else {}
        properties["title"] = finding.code
        written = ",".join(f"{name}={_property(value)}" for name, value in properties.items() if value is not None)
        message = finding.message if finding.help is None else f"{finding.message}\n{finding.help}"
        lines.append(f"::{_GITHUB[finding.severity.value]} {written}::{_data(message)}")
    return "\n".join([*lines, summary(findings)])


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: object) -> str:
    return _data(str(value)).replace(":", "%3A").replace(",", "%2C")


def as_sarif(findings: Sequence[Diagnostic], folder: Path) -> str:
    """A SARIF 2.1.0 log with one run; its rules are the codes that occur."""
    from segrules.diagnostics import CODES

    codes = list(dict.fromkeys(finding.code for finding in findings))
    rules = [
        {
            "id": code,
            "shortDescription": {"text": CODES[code].title},
            "defaultConfiguration": {"level": _SARIF[CODES[code].severity.value]},
        }
        for code in codes
    ]
    run = {
        "tool": {"driver": {"name": "segrules", "semanticVersion": __version__, "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "results": [_sarif_result(finding, codes.index(finding.code), folder) for finding in findings],
    }
    schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
    return to_json({"$schema": schema, "version": "2.1.0", "runs": [run]})


def _sarif_result(finding: Diagnostic, rule: int, folder: Path) -> dict[str, Any]:
    at = place(finding)
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": _SARIF[finding.severity.value],
        "message": {"text": finding.message if finding.help is None else f"{finding.message} ({finding.help})"},
    }
    if at["file"] is None:
        return result
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(path_from_here(at["file"], folder))}}
    if at["line"] is not None:
        names = {"startLine": "line", "startColumn": "column", "endLine": "end_line", "endColumn": "end_column"}
        physical["region"] = {sarif: at[own] for sarif, own in names.items()}
    return result | {"locations": [{"physicalLocation": physical}]}


def _uri(path: Path) -> str:
    return path.as_uri() if path.is_absolute() else quote(path.as_posix(), safe="/", errors="replace")


def as_junit(findings: Sequence[Diagnostic], folder: Path, *, fail_on_warning: bool) -> str:
    """A test suite in which each finding that fails the run is a failed test, each other one a test with a note."""
    failing = ("error", "warning") if fail_on_warning else ("error",)
    cases = []
    for finding in findings:
        name = " ".join(part for part in (location(finding, folder), finding.code) if part)
        message = finding.message if finding.help is None else f"{finding.message}\n{finding.help}"
        file = place(finding)["file"] or "segrules.yml"
        fails = finding.severity.value in failing
        cases.append(Case(name, file, failure=message if fails else None, remark=None if fails else message))
    return junit("segrules validate", cases or [Case("no findings", "segrules.yml")])
