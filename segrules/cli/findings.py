"""Findings in every format, for each command that has some. Lines and columns from 1, in code points."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, assert_never

from segrules.cli.terminal import paint_for, render, summary

if TYPE_CHECKING:
    from segrules.cli.formats.finding import Finding
    from segrules.diagnostics import Diagnostic, Fix
    from segrules.source import Edit, Span

Report = Literal["github", "gitlab", "sarif", "junit"]
"""What build servers read."""
Format = Literal["text", "json", "github", "gitlab", "sarif", "junit"]
Severest = Literal["error", "warning"]
"""What `--fail-on` may say."""


def written(
    findings: Sequence[Diagnostic], folder: Path, format: Format, *, command: str, fail_on: Severest = "error"
) -> str:
    """The findings of a command in one of the formats, for stdout."""
    match format:
        case "text":
            return render(findings, folder=folder, paint=paint_for(sys.stdout))
        case "json":
            return to_json({"findings": [place(finding) for finding in findings]})
        case _:
            from segrules.cli.formats.finding import of_rules

            told = of_rules(findings, folder)
            return report(told, folder, format, command=command, fail_on=fail_on, closing=summary(findings))


def report(
    findings: Sequence[Finding],
    folder: Path,
    format: Report,
    *,
    command: str,
    fail_on: Severest = "error",
    closing: str = "",
) -> str:
    """What a build server reads of findings. closing: its last line on GitHub, where it is a log."""
    match format:
        case "github":
            from segrules.cli.formats.github import github

            return "\n".join([*github(findings), *([closing] if closing else [])])
        case "gitlab":
            from segrules.cli.formats.gitlab import gitlab

            return to_json(gitlab(findings, folder))
        case "sarif":
            from segrules.cli.formats.sarif import sarif

            return to_json(sarif(findings, command))
        case "junit":
            from segrules.cli.formats.junit import junit, of_findings

            return junit(f"segrules {command}", of_findings(findings, fail_on=fail_on))
        case _:
            assert_never(format)


def fails(findings: Sequence[Diagnostic], fail_on: Severest) -> bool:
    """Whether findings make a command end with 1, by its `--fail-on`."""
    failing = ("error", "warning") if fail_on == "warning" else ("error",)
    return any(finding.severity.value in failing for finding in findings)


def to_json(value: Mapping[str, Any] | Sequence[Any]) -> str:
    """Indented JSON, in the user's script where the output can show it."""
    encoding = (getattr(sys.stdout, "encoding", None) or "ascii").lower().replace("-", "")
    text = json.dumps(value, indent=2, ensure_ascii=encoding not in ("utf8", "utf8sig"))
    return "".join(f"\\u{ord(character):04x}" if "\ud800" <= character <= "\udfff" else character for character in text)


def place(finding: Diagnostic) -> dict[str, Any]:
    """A finding as the JSON of `validate` has it; the file relative to the project, the end just behind the words."""
    nowhere = {"file": finding.path, "line": None, "column": None, "end_line": None, "end_column": None}
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "message": finding.message,
        "help": finding.help,
        **(nowhere if finding.span is None else _place(finding.span)),
        "related": [_place(span) for span in finding.related],
        "notes": list(finding.notes),
        "example": None if finding.example is None else _example(finding.example),
        "fix": None if finding.fix is None else _fix(finding.fix),
    }


def _example(example: Mapping[str, Mapping[str, object]]) -> Any:
    from segrules.workflows.counting import as_json  # whoever has an example has it loaded

    return as_json(example)


def _place(span: Span) -> dict[str, Any]:
    (line, column), (end_line, end_column) = span.file.position(span.start), span.file.position(span.end)
    return {"file": span.file.path, "line": line, "column": column, "end_line": end_line, "end_column": end_column}


def _fix(fix: Fix) -> dict[str, Any]:
    """A fix: each edit puts its text in place of what stands there."""
    return {"title": fix.title, "safe": fix.is_safe, "edits": [_edit(edit) for edit in fix.edits]}


def _edit(edit: Edit) -> dict[str, Any]:
    return {**_place(edit.span), "text": edit.text}
