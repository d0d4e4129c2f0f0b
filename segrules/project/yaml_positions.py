"""Where each character of a scalar stands in the file, worked out again from the scalar as written.

The five styles fold and unescape in their own ways; here they are followed character by character. What comes out is
compared with what the YAML reader made of it; where the two differ, the fragment points at the scalar as a whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from segrules.source import Fragment, Run, Span

MAX_FOLLOWED = 200_000  # no rule is longer; what is, points at the scalar as a whole

_BREAK = re.compile(r"\r\n|\n|\r")
_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)", re.DOTALL)
_ESCAPED = dict(zip("0abtnvfreNLP_", "\0\a\b\t\n\v\f\r\x1b\x85\u2028\u2029\xa0", strict=True))  # others: themselves


def fragment_of(span: Span, style: str, value: str) -> Fragment:
    """The scalar that the file holds at `span` in `style` ('', "'", '"', '|' or '>'), and that has `value`."""
    start, end, text = span.start, span.end, span.file.text
    quote = style if style in ("'", '"') else ""
    if quote:
        start, end = start + 1, end - 1
    if text[start:end] == value:
        return Fragment(value, span, (Run(0, len(value), start, end),) if value else (), quote)
    if end - start > MAX_FOLLOWED:
        return Fragment(value, span, (), quote)
    writing = _Writing(text)
    if style in ("|", ">"):
        span = Span(span.file, start, start + len(span.text.rstrip(" \r\n")))
        _write_block(writing, start, end, style == ">", value)
    else:
        _write_flow(writing, start, end, style)
    return Fragment(value, span, tuple(writing.runs) if "".join(writing.parts) == value else (), quote)


@dataclass(slots=True)
class _Writing:
    """A value as it grows, with its runs."""

    text: str
    parts: list[str] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    length: int = 0

    def copy(self, start: int, end: int) -> None:
        """Add the characters that the file holds at [start, end), as they stand."""
        if start < end:
            self._add(self.text[start:end], start, end)

    def put(self, character: str, start: int, end: int) -> None:
        """Add one character that the file writes as [start, end)."""
        self._add(character, start, end)

    def _add(self, part: str, start: int, end: int) -> None:
        length = len(part)
        last = self.runs[-1] if self.runs else None
        if last and last.end == start and end - start == length and last.end - last.start == last.length:
            self.runs[-1] = Run(last.offset, last.length + length, last.start, end)
        else:
            self.runs.append(Run(self.length, length, start, end))
        self.parts.append(part)
        self.length += length


class _Line(NamedTuple):
    """A line of a scalar at [start, end), with its break up to `after`; without one, `after` is `end`."""

    start: int
    end: int
    after: int


def _lines(text: str, start: int, end: int) -> list[_Line]:
    breaks = list(_BREAK.finditer(text, start, end))
    starts = [start, *(match.end() for match in breaks)]
    lines = [_Line(begin, match.start(), match.end()) for begin, match in zip(starts, breaks, strict=False)]
    return [*lines, _Line(starts[-1], end, end)]


def _write_flow(writing: _Writing, start: int, end: int, style: str) -> None:
    """Plain and quoted scalars: blanks around a line break vanish; one break is a blank, each further one a break."""
    lines = _lines(writing.text, start, end)
    last = len(lines) - 1
    breaks: list[_Line] = []  # a place for each break since the last character; the first one folds
    for number, line in enumerate(lines):
        begin = line.start if number == 0 else _skip_blanks(writing.text, line)
        stop, escaped = (line.end, False) if number == last else _visible_end(writing.text, begin, line.end, style)
        if begin < stop or escaped or number in (0, last):
            _write_breaks(writing, breaks)
            _write_content(writing, begin, stop, style)
            breaks = [_JOINED if escaped else _Line(stop, line.end, line.after)]
        else:
            breaks.append(line)


_JOINED = _Line(0, 0, 0)  # an escaped line break, which writes nothing


def _write_breaks(writing: _Writing, breaks: list[_Line]) -> None:
    if len(breaks) == 1 and breaks[0] is not _JOINED:
        writing.put(" ", breaks[0].start, breaks[0].after)
    for line in breaks[1:]:
        writing.put("\n", line.start, line.after)


def _skip_blanks(text: str, line: _Line) -> int:
    return line.end - len(text[line.start : line.end].lstrip(" \t"))


def _visible_end(text: str, start: int, end: int, style: str) -> tuple[int, bool]:
    """Where a line's content ends before its break, and whether a backslash escapes that break."""
    content = text[start:end].rstrip(" \t")
    if style != '"' or (len(content) - len(content.rstrip("\\"))) % 2 == 0:
        return start + len(content), False
    is_break_escaped = len(content) == end - start
    return (end - 1, True) if is_break_escaped else (start + len(content) + 1, False)


def _write_content(writing: _Writing, start: int, end: int, style: str) -> None:
    text = writing.text
    if style == "'":
        while (quote := text.find("''", start, end)) >= 0:
            writing.copy(start, quote)
            writing.put("'", quote, quote + 2)
            start = quote + 2
    elif style == '"':
        for escape in _ESCAPE.finditer(text, start, end):
            writing.copy(start, escape.start())
            writing.put(_unescape(escape.group()), escape.start(), escape.end())
            start = escape.end()
    writing.copy(start, end)


def _unescape(escape: str) -> str:
    code = escape[2:]
    return chr(int(code, 16)) if code else _ESCAPED.get(escape[1:], escape[1:])


def _write_block(writing: _Writing, start: int, end: int, folded: bool, value: str) -> None:
    """Scalars after `|` and `>`: the indentation goes; `>` folds a break between two lines that start with a word."""
    header, *lines = _lines(writing.text, start, end)
    signs = writing.text[header.start : header.end].split("#")[0]
    indent = _block_indent(writing.text, lines, value)
    pending: _Line | None = None  # the break after the line last written
    is_word_before = False
    breaks: list[_Line] = []
    for line in lines:
        text = writing.text[line.start : line.end]
        if len(text) <= indent and not text.strip(" "):
            if line.after > line.end:
                breaks.append(line)
            continue
        is_word = text[indent : indent + 1] not in (" ", "\t")
        if pending and folded and is_word_before and is_word:
            if not breaks:
                writing.put(" ", pending.end, pending.after)
        elif pending:
            writing.put("\n", pending.end, pending.after)
        for blank in breaks:
            writing.put("\n", blank.start, blank.after)
        writing.copy(line.start + indent, line.end)
        pending, is_word_before, breaks = (line if line.after > line.end else None), is_word, []
    if pending and "-" not in signs:
        writing.put("\n", pending.end, pending.after)
    if "+" in signs:
        for blank in breaks:
            writing.put("\n", blank.start, blank.after)


def _block_indent(text: str, lines: list[_Line], value: str) -> int:
    """How many blanks each line loses: those of the first line with a word, less those it keeps in the value."""
    for line in lines:
        content = text[line.start : line.end]
        words = content.lstrip(" ")
        if words:
            before = value[: len(value) - len(value.lstrip(" \n"))]
            return len(content) - len(words) - len(before[before.rfind("\n") + 1 :])
    widest = max((line.end - line.start for line in lines), default=0)
    return widest - max(map(len, value.split("\n")))
