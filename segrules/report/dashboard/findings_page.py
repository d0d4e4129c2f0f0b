"""The page of findings: what `validate` and the run have to say, worst first, each where it stands in the files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from segrules.diagnostics import CODES, Diagnostic, Severity
from segrules.report.html import escape
from segrules.source import without_secrets
from segrules.workflows.reporting.data import Report

_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
_WORDS = {
    Severity.ERROR: ("error", "errors", "bad"),
    Severity.WARNING: ("warning", "warnings", "warn"),
    Severity.INFO: ("note", "notes", "soft"),
}
_MOST = 300


def findings_page(report: Report) -> str:
    lines = ["<h1>Findings</h1>"]
    if not report.findings:
        return "\n".join((*lines, "<p>None: the rules, and what the data says of them, raise no question.</p>"))
    lines.append(f"<p>{_summary(report.findings)} about rules and data. An error keeps members from being written.</p>")
    lines.append('<ol class="findings">')
    for finding in sorted(report.findings, key=lambda finding: _ORDER[finding.severity])[:_MOST]:
        lines += _finding(finding)
    lines.append("</ol>")
    if len(report.findings) > _MOST:
        rest = len(report.findings) - _MOST
        lines.append(f"<p>And {rest:,} more, which <code>segrules validate</code> lists.</p>")
    return "\n".join(lines)


def sentence(message: str) -> str:
    """A message with what stands between backticks as code."""
    parts = escape(message).split("`")
    return "".join(f"<code>{part}</code>" if place % 2 else part for place, part in enumerate(parts))


def _summary(findings: Sequence[Diagnostic]) -> str:
    counts = Counter(finding.severity for finding in findings)
    return ", ".join(f"{counts[each]:,} {_WORDS[each][counts[each] != 1]}" for each in _ORDER if counts[each])


def _finding(finding: Diagnostic) -> Iterator[str]:
    one, _, colour = _WORDS[finding.severity]
    yield f'<li><p><strong class="{colour}">{one}</strong> {sentence(finding.message)}</p>'
    yield f'<p class="soft">{_place(finding)}{escape(CODES[finding.code].title)} (<code>{finding.code}</code>)</p>'
    if finding.span is not None:
        yield _excerpt(finding)
    for note in finding.notes:
        yield f"<p>{sentence(note)}</p>"
    if finding.help:
        yield f"<p><b>What to do:</b> {sentence(finding.help)}</p>"


def _place(finding: Diagnostic) -> str:
    if finding.span is not None:
        line, _ = finding.span.file.position(finding.span.start)
        return f'<bdi class="name">{escape(finding.span.file.path)}</bdi>, line {line:,}. '
    return f'<bdi class="name">{escape(finding.path)}</bdi>. ' if finding.path else ""


def _excerpt(finding: Diagnostic) -> str:
    """The line of the file, with the words that the finding is about marked."""
    assert finding.span is not None
    file, start, end = finding.span.file, finding.span.start, finding.span.end
    text = without_secrets(file.line(file.position(start)[0]))
    column = file.position(start)[1] - 1
    last = min(len(text), column + end - start)
    return (
        f'<pre class="wrapped" dir="ltr">{escape(text[:column])}<mark>{escape(text[column:last])}</mark>'
        f"{escape(text[last:])}</pre>"
    )
