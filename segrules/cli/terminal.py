"""Findings as a person reads them in a terminal, and the only places that write to stdout and stderr."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from segrules.cli.text import safe, shown, width
from segrules.source import without_secrets

if TYPE_CHECKING:
    from segrules.diagnostics import Diagnostic
    from segrules.source import Span

LINE_WIDTH = 110
FIXABLE = "[*]"
"""What stands behind a finding that `segrules validate --fix` mends."""
_COLOURS = {"error": "1;31", "warning": "1;33", "info": "1;36", "bold": "1", "dim": "2", "passed": "32", "failed": "31"}
_BROKEN_PIPE = 141

Paint = Callable[[str, str], str]


def plain(text: str, style: str) -> str:
    """The text as it is: the paint of files and pipes."""
    return text


def coloured(text: str, style: str) -> str:
    """The text in the colour of a style."""
    return f"\x1b[{_COLOURS[style]}m{text}\x1b[0m"


def paint_for(stream: TextIO) -> Paint:
    """`coloured` where the stream is a terminal whose user wants colours, else `plain`."""
    wanted = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return coloured if wanted else plain


def out(text: str) -> None:
    """Writes a result: a line, or several, to stdout. A reader who has gone away ends the command silently."""
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        silence(sys.stdout)
        raise SystemExit(_BROKEN_PIPE) from None


def note(text: str) -> None:
    """Writes a remark to stderr."""
    try:
        sys.stderr.write(text + "\n")
        sys.stderr.flush()
    except OSError:
        silence(sys.stderr)


def silence(stream: TextIO) -> None:
    """Points a closed stream at nothing, so that the flush at exit does not fail."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except (OSError, ValueError):
        return


def note_findings(findings: Sequence[Diagnostic], project: Path) -> None:
    """Writes findings and their summary to stderr, if there are any."""
    if findings:
        note(render(findings, folder=project, paint=paint_for(sys.stderr)))


def render(findings: Sequence[Diagnostic], *, folder: Path = Path(), paint: Paint = plain) -> str:
    """Every finding with its line and carets, then `2 errors, 1 warning`. Paths are shown under `folder`."""
    blocks = [render_finding(finding, folder=folder, paint=paint) for finding in findings]
    fixable = sum(map(_is_fixable, findings))
    legend = f"{paint(FIXABLE, 'bold')} `segrules validate --fix` mends {fixable:,} of them"
    return "\n\n".join([*blocks, summary(findings) + (f"\n{legend}" if fixable else "")])


def render_finding(finding: Diagnostic, *, folder: Path = Path(), paint: Paint = plain) -> str:
    """One finding: where, what, its code, and the words it is about with carets under them."""
    severity = paint(finding.severity.value, finding.severity.value)
    place = location(finding, folder)
    head = f"{place} {severity}: " if place else f"{severity}: "
    mark = f" {paint(FIXABLE, 'bold')}" if _is_fixable(finding) else ""
    lines = [head + safe(finding.message) + paint(f" [{finding.code}]", "dim") + mark]
    rest = safe(finding.help) if finding.help else ""
    if finding.span is not None:
        beside = tuple(span for span in finding.related if _is_beside(span, finding.span))
        source, carets, rest = excerpt(finding.span, rest, finding.severity.value, paint, beside)
        lines += [source, carets]
    lines += _related(finding, folder, paint)
    lines += [f"    {safe(note)}" for note in finding.notes]
    if rest:
        lines.append(f"    help: {rest}")
    return "\n".join(lines)


def _is_beside(span: Span, other: Span) -> bool:
    """Whether two spans are words of one line."""
    line = span.file.position(span.start)[0]
    return span.file is other.file and line == other.file.position(other.start)[0]


def _related(finding: Diagnostic, folder: Path, paint: Paint) -> Iterator[str]:
    """The lines of other words that a finding is about, those of each line together."""
    shown = finding.span
    left = [span for span in finding.related if shown is None or not _is_beside(span, shown)]
    while left:
        first, *rest = left
        beside = tuple(span for span in rest if _is_beside(span, first))
        left = [span for span in rest if span not in beside]
        if finding.span is None or first.file is not finding.span.file:
            yield f"  {shown_path(first.file.path, folder)}:"
        yield from excerpt(first, "", finding.severity.value, paint, beside)[:2]


def _is_fixable(finding: Diagnostic) -> bool:
    return finding.fix is not None and finding.fix.is_safe


def location(finding: Diagnostic, folder: Path) -> str:
    """`file:line:column` as far as known, the file as the user can open it from here."""
    if finding.span is not None:
        line, column = finding.span.file.position(finding.span.start)
        return f"{shown_path(finding.span.file.path, folder)}:{line}:{column}"
    return shown_path(finding.path, folder) if finding.path else ""


def shown_path(path: str, folder: Path) -> str:
    """A project's file as a message names it."""
    return safe(path_from_here(path, folder).as_posix())


def path_from_here(path: str, folder: Path) -> Path:
    """A project's file, seen from the working directory; absolute only where it lies outside and was named so."""
    joined = folder / path
    if not joined.is_absolute():
        return joined
    try:
        return joined.resolve().relative_to(Path.cwd().resolve())
    except ValueError:
        return joined


def summary(findings: Iterable[Diagnostic]) -> str:
    """`2 errors, 1 warning`; kinds that do not occur are left out."""
    counts = Counter(finding.severity.value for finding in findings)
    words = (("error", "errors"), ("warning", "warnings"), ("info", "notes"))
    parts = [
        f"{counts[one]:,} {'note' if one == 'info' else one}" if counts[one] == 1 else f"{counts[one]:,} {many}"
        for one, many in words
        if counts[one]
    ]
    return ", ".join(parts) or "no findings"


def excerpt(span: Span, help: str, style: str, paint: Paint, beside: Sequence[Span] = ()) -> tuple[str, str, str]:
    """The source line, the line of carets with the help behind them where it fits, and the help that did not fit.

    beside: other words of the line that have carets, too, where the line is not cut before them.
    """
    number = span.file.position(span.start)[0]
    line = span.file.line(number)
    text, places = _window(shown(without_secrets(line)), [_columns(each, line) for each in (span, *beside)])
    gutter = f"  {number} | "
    marks, end = " " * (len(gutter) - 2) + "| ", 0
    for before, carets in places:
        marks += " " * (before - end) + paint("^" * carets, style)
        end = before + carets
    if end + 2 + width(help) <= LINE_WIDTH:
        marks, help = f"{marks}  {help}" if help else marks, ""
    return paint(gutter if text else gutter.rstrip(), "dim") + text, marks, help


def _columns(span: Span, line: str) -> tuple[int, int]:
    """The characters of a line that a span begins in which it is about."""
    start = min(span.file.position(span.start)[1] - 1, len(line))
    return start, max(start + 1, min(start + span.end - span.start, len(line)))


def _window(pieces: tuple[str, ...], places: Sequence[tuple[int, int]]) -> tuple[str, list[tuple[int, int]]]:
    """A line cut to what fits around the first place; and of each that is there its columns before and its carets."""
    start = places[0][0]
    first, last = 0, len(pieces)
    if sum(map(width, pieces)) > LINE_WIDTH:
        first = _reach(pieces[:start][::-1], LINE_WIDTH // 3)
        first = start - first
        last = first + _reach(pieces[first:], LINE_WIDTH)
    head, tail = "…" if first else "", "…" if last < len(pieces) else ""
    marks: list[tuple[int, int]] = []
    for start, end in _apart(places):
        if first <= start < last or len(places) == 1:
            before = len(head) + sum(map(width, pieces[first:start]))
            marks.append((before, max(1, sum(map(width, pieces[start : min(end, last)])))))
    return (head + "".join(pieces[first:last]) + tail).rstrip(), marks


def _apart(places: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The places in their order, those that overlap as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _reach(pieces: Sequence[str], columns: int) -> int:
    """How many of the pieces fit into so many columns."""
    used = 0
    for count, piece in enumerate(pieces):
        used += width(piece)
        if used > columns:
            return count
    return len(pieces)


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[[float], None] | None]:
    """A bar on stderr, fed with shares from 0 to 1; None where nobody watches. It appears after a second."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield None
        return
    from segrules.cli.progress import bar

    with bar(title) as advance:
        yield advance
