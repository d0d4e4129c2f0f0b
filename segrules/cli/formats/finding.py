"""A finding as build servers are told of it: of the rules, of a test that failed, of whatever a command found."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from segrules.cli.terminal import path_from_here
from segrules.diagnostics import CODES, Diagnostic, Severity
from segrules.source import Edit, Span

PROJECT_FILE = "segrules.yml"


@dataclass(frozen=True, slots=True)
class Replacement:
    """Another text for a place in a file, from line and column to line and column."""

    file: Path
    start: tuple[int, int]
    end: tuple[int, int]
    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """Words of a file, from line and column to line and column."""

    file: Path
    start: tuple[int, int]
    end: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. kind: its code, what that code says in general, and how severe it usually is.

    file: as the user can open it from here, None where no file is known. start, end: line and column from 1, in code
    points, the end behind the last character. about: the words by which it is known again. fix: what would mend
    it, in words and in the files. notes: lines of what else is known; related: other places that it is about.
    """

    code: str
    title: str
    usual: Severity
    severity: Severity
    message: str
    help: str | None = None
    file: Path | None = None
    start: tuple[int, int] | None = None
    end: tuple[int, int] | None = None
    about: str = ""
    fix: tuple[str, tuple[Replacement, ...]] | None = None
    notes: tuple[str, ...] = ()
    related: tuple[Place, ...] = ()

    @property
    def text(self) -> str:
        """The message, and what else is known and the help on lines of their own."""
        return "\n".join((self.message, *self._more))

    @property
    def sentence(self) -> str:
        """The same on one line, where the help is one."""
        return self.text if any("\n" in part for part in self._more) else " ".join((self.message, *self._bracketed))

    @property
    def _more(self) -> tuple[str, ...]:
        return (*self.notes, *(() if self.help is None else (self.help,)))

    @property
    def _bracketed(self) -> tuple[str, ...]:
        return tuple(f"({part})" for part in self._more)


def of_rules(findings: Iterable[Diagnostic], folder: Path) -> tuple[Finding, ...]:
    """The findings of a project's files as build servers are told of them."""
    return tuple(_of_rules(finding, folder) for finding in findings)


def _of_rules(finding: Diagnostic, folder: Path) -> Finding:
    code, span = CODES[finding.code], finding.span
    path = span.file.path if span is not None else finding.path
    start = end = None
    about = finding.message
    if span is not None:
        start, end = span.file.position(span.start), span.file.position(span.end)
        about = f"{span.text}\n{span.file.line(start[0])}"
    return Finding(
        code.name,
        code.title,
        code.severity,
        finding.severity,
        finding.message,
        finding.help,
        path_from_here(path, folder) if path else None,
        start,
        end,
        about,
        None if finding.fix is None else (finding.fix.title, tuple(_edit(edit, folder) for edit in finding.fix.edits)),
        finding.notes,
        tuple(_place(span, folder) for span in finding.related),
    )


def _place(span: Span, folder: Path) -> Place:
    file = span.file
    return Place(path_from_here(file.path, folder), file.position(span.start), file.position(span.end))


def _edit(edit: Edit, folder: Path) -> Replacement:
    file = edit.span.file
    places = (file.position(edit.span.start), file.position(edit.span.end))
    return Replacement(path_from_here(file.path, folder), *places, edit.text)


def of_test(name: str, file: Path, line: int, message: str) -> Finding:
    """A test that failed; `message` tells in lines what came out."""
    title = "A test of the project failed"
    said = f"the test `{name}` failed"
    error = Severity.ERROR
    return Finding("failed-test", title, error, error, said, message, file, (line, 1), None, name)


def fingerprints(findings: Sequence[Finding]) -> Iterator[str]:
    """For each finding a hash that stays when lines above it come and go, and that no other one has.

    It is made of the code, the file, and the words with their line, without blanks; of equal ones, the number counts.
    """
    seen: Counter[str] = Counter()
    for finding in findings:
        file = finding.file.as_posix() if finding.file is not None else ""
        same = "\0".join((finding.code, file, " ".join(finding.about.split())))
        seen[same] += 1
        yield hashlib.sha256(f"{same}\0{seen[same]}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
