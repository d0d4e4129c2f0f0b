"""Reading one YAML file of a project: its text, or a finding; findings about the same words only once."""

from __future__ import annotations

from collections.abc import Iterable

from segrules.diagnostics import Diagnostic
from segrules.project.reader import Reader


def read_file(read: Reader, path: str, findings: list[Diagnostic]) -> str | None:
    """The text of a rule, test or environment file, or None with a finding."""
    shown = path.encode("utf-8", "replace").decode()
    if shown != path:
        message = f"the name of the file `{shown}` is not UTF-8 text"
        findings.append(Diagnostic("file-unreadable", message, path=shown, help="rename the file"))
        return None
    text = read.text(path)
    if isinstance(text, Diagnostic):
        findings.append(text)
        return None
    return text


def elsewhere(findings: Iterable[Diagnostic], first: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The findings that are not about the same words as the first ones."""
    places = {finding.span for finding in first}
    return [finding for finding in findings if finding.span is None or finding.span not in places]
