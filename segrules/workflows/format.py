"""`fmt`: the files of a project in canonical text. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from segrules.diagnostics import Diagnostic
from segrules.project.layout import canonical
from segrules.project.reader import ENVIRONMENT_FOLDER, PROJECT_FILE, RULE_FOLDER, TEST_FOLDER, Reader
from segrules.source import SourceFile, Span


@dataclass(frozen=True, slots=True)
class FormattedFile:
    """A file's text as it is and as it should be. Without `is_safe` that would mean something else."""

    path: str
    before: str
    after: str
    findings: tuple[Diagnostic, ...]
    is_safe: bool


def format_project(read: Reader) -> tuple[tuple[FormattedFile, ...], tuple[Diagnostic, ...]]:
    """segrules.yml and the files of segments/, tests/ and environments/, and why some of them cannot be had."""
    texts = [(path, read.text(path)) for path in _paths(read)]
    files = tuple(format_text(path, text) for path, text in texts if isinstance(text, str))
    return files, tuple(text for _, text in texts if isinstance(text, Diagnostic))


def format_text(path: str, text: str) -> FormattedFile:
    """One file, by its path in the project and its text."""
    found = canonical(path, text)
    return FormattedFile(path, text, found.text, found.findings, found.is_safe)


def findings_when_written(file: FormattedFile) -> tuple[Diagnostic, ...]:
    """What is wrong with a file, at the places where it stands in the canonical text."""
    return canonical(file.path, file.after).findings if file.findings and file.before != file.after else file.findings


def unformatted(file: FormattedFile) -> Diagnostic:
    """That a file is not in canonical text, at the first line that would change."""
    source = SourceFile(file.path, file.before)
    before, after = file.before.splitlines(), file.after.splitlines()
    same = next((n for n, lines in enumerate(zip(before, after, strict=False)) if lines[0] != lines[1]), len(after))
    number = min(same + 1, len(source.line_starts))
    start, line = source.line_starts[number - 1], source.line(number)
    span = Span(source, start + len(line) - len(line.lstrip(" ")), start + len(line))
    return Diagnostic("not-formatted", "the file is not in its canonical text", span, "`segrules fmt` writes it")


def _paths(read: Reader) -> Iterator[str]:
    yield PROJECT_FILE
    for folder in (RULE_FOLDER, TEST_FOLDER, ENVIRONMENT_FOLDER):
        yield from read.list(folder)
