"""Safe fixes made: the texts of a project's files with everything mended that surely can be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from segrules.diagnostics import Diagnostic, is_error, is_fixable
from segrules.project.environments import NO_SETTINGS, Settings
from segrules.project.reader import Reader, with_texts
from segrules.source import Edit, edited
from segrules.workflows.validate import Validated, validate

MOST_ROUNDS = 100
_OF_YAML = ("yaml-syntax", "yaml-tab", "yaml-unsupported", "yaml-too-deep", "duplicate-key", "cut-rule")
_OF_RULES = ("syntax", "chained-comparison", "too-deep")


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file's text before and after."""

    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Fixed:
    """A project with its safe fixes made. mended: how many; refused: the files that fixes would have made worse."""

    before: Validated
    after: Validated
    changes: tuple[FileChange, ...]
    mended: int
    refused: tuple[str, ...]


def fix(read: Reader, settings: Settings = NO_SETTINGS, *, lint_on: date | None = None) -> Fixed:
    """The project checked, its safe fixes made, and checked again, until there are none left. Writes nothing.

    Of fixes that touch the same characters the first is made, the others wait for the next round.
    """
    first = found = validate(read, settings, lint_on=lint_on)
    texts: dict[str, str] = {}
    originals: dict[str, str] = {}
    refused: set[str] = set()
    mended = 0
    for _ in range(MOST_ROUNDS):
        taken = _apart(found.findings, refused)
        if not taken:
            break
        current, changed = _changed(taken)
        after = validate(with_texts(read, {**texts, **changed}), settings, lint_on=lint_on)
        worse = {path for path in changed if _trouble(after, path) > _trouble(found, path)}
        if worse:
            refused |= worse
            continue
        texts, found, mended = {**texts, **changed}, after, mended + len(taken)
        originals = {**current, **originals}
    changes = tuple(FileChange(path, originals[path], texts[path]) for path in sorted(texts))
    return Fixed(first, found, changes, mended, tuple(sorted(refused)))


def _apart(findings: Iterable[Diagnostic], refused: set[str]) -> list[tuple[Edit, ...]]:
    """The edits of safe fixes that touch no characters of one another."""
    taken: list[tuple[Edit, ...]] = []
    places: dict[str, list[tuple[int, int]]] = {}
    for finding in findings:
        if finding.fix is None or not is_fixable(finding):
            continue
        edits = finding.fix.edits
        if all(edit.span.file.path not in refused and not _touches(edit, places) for edit in edits):
            taken.append(edits)
            for edit in edits:
                places.setdefault(edit.span.file.path, []).append((edit.span.start, edit.span.end))
    return taken


def _touches(edit: Edit, places: Mapping[str, Sequence[tuple[int, int]]]) -> bool:
    taken = places.get(edit.span.file.path, ())
    return any(edit.span.start <= end and start <= edit.span.end for start, end in taken)


def _changed(fixes: Iterable[tuple[Edit, ...]]) -> tuple[dict[str, str], dict[str, str]]:
    """The texts, as they are and with the edits made, of the files that these are about."""
    by_file: dict[str, list[Edit]] = {}
    for edit in (edit for edits in fixes for edit in edits):
        by_file.setdefault(edit.span.file.path, []).append(edit)
    current = {path: edits[0].span.file.text for path, edits in by_file.items()}
    return current, {path: edited(current[path], edits) for path, edits in by_file.items()}


def _trouble(found: Validated, path: str) -> tuple[int, int, int, int]:
    """How bad a file is: errors that keep others from being found weigh more than any number of those."""
    errors = [finding.code for finding in found.findings if is_error(finding) and _path(finding) == path]
    of_yaml = sum(code in _OF_YAML for code in errors)
    of_rules = sum(code in _OF_RULES for code in errors)
    broken = () if found.project is None else found.project.broken
    is_unread = any((item.kind, item.name) == ("file", path) for item in broken)
    return (int(is_unread or found.project is None), of_yaml, of_rules, len(errors) - of_yaml - of_rules)


def _path(finding: Diagnostic) -> str | None:
    return finding.span.file.path if finding.span is not None else finding.path
