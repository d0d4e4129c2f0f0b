"""Where text comes from: files, spans in them, and fragments (values of YAML scalars) that map back to them.

Offsets count code points from 0; lines and columns, as users see them, count from 1.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

_YAML_SIGNS = frozenset("'\"!&*|>%@`#-?[]{},")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_LINE_BREAK = re.compile(r"\r\n|\n|\r")
_PASSWORD = re.compile(  # of `s3://key:secret@shop`, and of `https://token@shop`; `abfss://container@shop` has none
    r"(?<=://)[^\s'\"]*:[^\s'\"]*(?=@)|(?<=http://)[^/\s@'\"]+(?=@)|(?<=https://)[^/\s@'\"]+(?=@)"
    r"|(?<=postgres:)(?!//)[^\s'\"]*:[^\s'\"]*(?=@)|(?<=postgresql:)(?!//)[^\s'\"]*:[^\s'\"]*(?=@)"  # nearly a URL
    r"|(?<=password=)[^\s'\"&\]]+"
)
_PARAMETER = re.compile(
    r"(?<=[?&;])([^=&\s'\"]*(?:key|secret|token|signature|(?<![a-z])sig(?![a-z])|pass|pwd|cred|auth)[^=&\s'\"]*)"
    r"=([^&;\s'\"]+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, eq=False)
class SourceFile:
    """One file's text under the path that messages show. Compared by identity."""

    path: str
    text: str

    def __repr__(self) -> str:
        return f"SourceFile({self.path!r})"

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """The offset of the first character of each line; a line ends at LF, CRLF or CR."""
        return (0, *(match.end() for match in _LINE_BREAK.finditer(self.text)))

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1, of an offset."""
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of line `number` (from 1) without its line break."""
        start = self.line_starts[number - 1]
        end = self.line_starts[number] if number < len(self.line_starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")


def without_secrets(text: str) -> str:
    """A text of the same length in which nothing is left of passwords, keys and tokens in addresses.

    >>> without_secrets("source: s3://key:secret@shop/a.csv")
    'source: s3://**********@shop/a.csv'
    """
    text = _PASSWORD.sub(lambda found: "*" * len(found[0]), text)
    if "://" not in text:
        return text
    return _PARAMETER.sub(lambda found: f"{found[1]}={'*' * len(found[2])}", text)


def one_line(text: str) -> str:
    """The words of a text on one line."""
    return " ".join(text.split())


@dataclass(frozen=True, slots=True)
class Span:
    """The half-open range [start, end) of one file's text."""

    file: SourceFile
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.file.text[self.start : self.end]

    @property
    def words(self) -> str:
        """The text on one line, as messages quote it."""
        return one_line(self.text)

    def to(self, other: Span) -> Span:
        """The span from the start of this one to the end of the other."""
        return Span(self.file, self.start, other.end)


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of a file: `text` in place of what stands at `span`; of an empty span, put in there."""

    span: Span
    text: str


def edited(text: str, edits: Iterable[Edit]) -> str:
    """A file's text with edits made; of two that touch the same characters the one that starts first counts.

    Two that are put in at one place stand in the order given.

    >>> edited("a < 1", [Edit(Span(SourceFile("a.yml", "a < 1"), 2, 3), "<=")])
    'a <= 1'
    """
    parts, end = [], 0
    for edit in sorted(edits, key=lambda edit: (edit.span.start, edit.span.end)):
        if edit.span.start >= end:
            parts += [text[end : edit.span.start], edit.text]
            end = edit.span.end
    return "".join([*parts, text[end:]])


@dataclass(frozen=True, slots=True)
class Run:
    """`length` characters of a fragment from `offset`; the file holds them at [start, end).

    Where `end - start == length` the characters stand one to one. A run whose lengths differ is one
    character written as several (`''`, `\\u0e01`, a folded line break).
    """

    offset: int
    length: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Fragment:
    """The value of a scalar, and where in the file each of its characters stands.

    `runs` are in order and cover `text`; `span` is the whole scalar as written, with its quotes. quote: the sign that
    it stands in, `'` or `"`, if any.
    """

    text: str
    span: Span
    runs: tuple[Run, ...]
    quote: str = ""

    def span_of(self, start: int, end: int) -> Span:
        """The span in the file of `text[start:end]`; of an empty range, the place where it stands."""
        if not self.runs:
            return self.span
        if start >= len(self.text):
            place = self.runs[-1].end
            return Span(self.span.file, place, place)
        run = self._run(start)
        if start < end <= run.offset + run.length == run.offset + run.end - run.start:  # inside one, one to one
            return Span(self.span.file, run.start + start - run.offset, run.start + end - run.offset)
        first = self._start(start)
        return Span(self.span.file, first, self._end(end - 1) if end > start else first)

    def until(self, end: int) -> Fragment:
        """The fragment's beginning, `text[:end]`."""
        kept = [run for run in self.runs if run.offset < end]
        if kept and kept[-1].offset + kept[-1].length > end:  # a run of one character is never cut
            last = kept[-1]
            kept[-1] = Run(last.offset, end - last.offset, last.start, last.start + end - last.offset)
        return Fragment(self.text[:end], self.span_of(0, end), tuple(kept), self.quote)

    def edit(self, start: int, end: int, text: str) -> Edit | None:
        """The change of the file that puts another text in place of `text[start:end]`.

        None where it is not known which characters those are, and where the text would mean something else to YAML: one
        with a line break or the like, or with a sign of YAML's own at the start.
        """
        is_plain = not self.quote and self.span.text[:1] not in ("|", ">")
        if not self.runs or _CONTROL.search(text) or (is_plain and start == 0 and text[:1] in _YAML_SIGNS):
            return None
        match self.quote:
            case "'":
                text = text.replace("'", "''")
            case '"':
                text = text.replace("\\", "\\\\").replace('"', '\\"')
        return Edit(self.span_of(start, end), text)

    def _run(self, offset: int) -> Run:
        if len(self.runs) == 1:
            return self.runs[0]
        return self.runs[bisect_right(self.runs, offset, key=lambda run: run.offset) - 1]

    def _start(self, offset: int) -> int:
        run = self._run(offset)
        return run.start + (offset - run.offset)

    def _end(self, offset: int) -> int:
        run = self._run(offset)
        place = offset - run.offset
        return run.end if place == run.length - 1 else run.start + place + 1


def whole_file(path: str, text: str) -> Fragment:
    """A fragment whose text is a whole file: for tests and for expressions from the command line."""
    file = SourceFile(path, text)
    return Fragment(text, Span(file, 0, len(text)), (Run(0, len(text), 0, len(text)),) if text else ())
