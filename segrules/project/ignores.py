"""Comments that take a finding out: `# segrules: ignore[negative-on-missing] the missing ones are wanted`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from segrules.diagnostics import Diagnostic
from segrules.project.levels import wrong_code
from segrules.project.upkeep import Ignore
from segrules.project.yaml_source import Mapping, Node, Scalar, Sequence
from segrules.source import SourceFile, Span

_COMMENT = re.compile(r"(?:^|(?<=\s))#[ \t]*segrules[ \t]*:[ \t]*([^\r\n]*)", re.MULTILINE)
_IGNORE = re.compile(r"ignore[ \t]*\[([^\]]*)\][ \t]*(?:[-–—:,][ \t]*)?(.*)")
_CODE = re.compile(r"[^\s,]+")
_FORM = "write `# segrules: ignore[code] reason`"


def ignores_of(node: Node, findings: list[Diagnostic]) -> tuple[Ignore, ...]:
    """The comments of a file that ignore findings. One that stands behind something is about its line, another one
    about the next line; about all lines of a rule that begins, or goes on, there."""
    file = node.span.file
    comments = list(_COMMENT.finditer(file.text))
    if not comments:
        return ()
    scalars = [scalar.span for scalar in _scalars(node)]
    found: list[Ignore] = []
    for comment in comments:
        if not any(_is_text(span, comment.start()) for span in scalars):
            found += _read(comment, file, scalars, findings)
    return tuple(found)


def _scalars(node: Node) -> Iterator[Scalar]:
    waiting: list[Node] = [node]
    while waiting:
        match waiting.pop():
            case Scalar() as scalar:
                yield scalar
            case Mapping(entries=entries):
                waiting += (part for entry in entries for part in entry)
            case Sequence(items=items):
                waiting += items


def _is_text(span: Span, place: int) -> bool:
    """Whether a place is inside a value; what follows the `>-` of one in its line is not."""
    if not span.start <= place < span.end:
        return False
    return span.text[:1] not in ("|", ">") or "\n" in span.file.text[span.start : place]


def _read(
    comment: re.Match[str], file: SourceFile, scalars: list[Span], findings: list[Diagnostic]
) -> Iterator[Ignore]:
    span = Span(file, comment.start(), comment.start() + len(comment[0].rstrip()))
    ignore = _IGNORE.fullmatch(comment[1].rstrip())
    if ignore is None or not ignore[1].strip():
        findings.append(Diagnostic("invalid-ignore", "this comment cannot be understood", span, _FORM))
        return
    if not ignore[2].strip():
        message = "this comment does not say why a finding is ignored"
        findings.append(Diagnostic("invalid-ignore", message, span, "write the reason behind the bracket"))
        return
    lines = _lines(comment, file, scalars)
    codes = list(_CODE.finditer(ignore[1]))
    start = comment.start(1) + ignore.start(1)
    for code in codes:
        place = Span(file, start + code.start(), start + code.end())
        if wrong := wrong_code(code[0], place):
            findings.append(wrong)
        else:
            yield Ignore(code[0], ignore[2].strip(), lines, place, _removable(span) if len(codes) == 1 else None)


def _lines(comment: re.Match[str], file: SourceFile, scalars: list[Span]) -> range:
    """The lines that a comment is about."""
    line = file.position(comment.start())[0]
    if not _before(file, comment.start()).strip():
        line = _next_line(file, line)
    first, last = line, line
    for span in scalars:
        start, end = file.position(span.start)[0], file.position(max(span.start, span.end - 1))[0]
        if start <= line <= end:
            first, last = min(first, start), max(last, end)
    return range(first, last + 1)


def _next_line(file: SourceFile, line: int) -> int:
    """The next line that says something."""
    for number in range(line + 1, len(file.line_starts) + 1):
        text = file.line(number).strip()
        if text and not text.startswith("#"):
            return number
    return line


def _before(file: SourceFile, place: int) -> str:
    line, column = file.position(place)
    return file.line(line)[: column - 1]


def _removable(span: Span) -> Span:
    """What goes with a comment: the blanks before it, and its line where it stands alone."""
    text, before = span.file.text, _before(span.file, span.start)
    if before.strip():
        return Span(span.file, span.start - (len(before) - len(before.rstrip())), span.end)
    end = re.compile(r"[ \t]*(?:\r\n|\n|\r)?").match(text, span.end)
    return Span(span.file, span.start - len(before), end.end() if end else span.end)
