"""Workflow commands of GitHub Actions, which it shows as annotations beside the changed lines."""

from __future__ import annotations

from collections.abc import Iterable

from segrules.cli.formats.finding import Finding

_LEVELS = {"error": "error", "warning": "warning", "info": "notice"}


def github(findings: Iterable[Finding]) -> list[str]:
    """A line for each finding."""
    return [_line(finding) for finding in findings]


def _line(finding: Finding) -> str:
    properties: dict[str, object] = {"file": finding.file.as_posix() if finding.file is not None else None}
    if finding.start is not None:
        last = finding.end or finding.start
        properties |= {"line": finding.start[0], "endLine": last[0], "col": finding.start[1]}
        if finding.end is not None and last[0] == finding.start[0]:  # columns of one line only are shown
            properties["endColumn"] = last[1]
    properties["title"] = finding.code
    written = ",".join(f"{name}={_property(value)}" for name, value in properties.items() if value is not None)
    return f"::{_LEVELS[finding.severity.value]} {written}::{_data(finding.text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: object) -> str:
    return _data(str(value)).replace(":", "%3A").replace(",", "%2C")
