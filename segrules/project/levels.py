"""How much findings matter to a project: `findings` of segrules.yml, and `# segrules: ignore[…]` beside a rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from segrules.diagnostics import CODES, Code, Diagnostic, Fix, Severity, did_you_mean, guess, is_adjustable
from segrules.project.model import Project
from segrules.project.plain import Key
from segrules.project.upkeep import Ignore
from segrules.source import Edit, Span

LEVELS: Mapping[str, Severity | None] = {"off": None, **{level.value: level for level in reversed(Severity)}}


def levels(written: Mapping[Key, str], findings: list[Diagnostic]) -> dict[str, Severity | None]:
    """The level of each code that `findings` names; None for one that is off."""
    found = {}
    for name, level in written.items():
        if wrong := wrong_code(str(name), name.span):
            findings.append(wrong)
        else:
            found[str(name)] = LEVELS[level]
    return found


def wrong_code(name: str, span: Span) -> Diagnostic | None:
    """What is wrong with a code whose level somebody wants to change."""
    code = CODES.get(name)
    if code is None:
        help = did_you_mean(name, (code.name for code in CODES.values() if is_adjustable(code)))
        message = f"`{name}` is not a finding that segrules has"
        return Diagnostic("unknown-key", message, span, help, fix=guess(help, span))
    if not is_adjustable(code):
        message = f"`{name}` is always an error: with it, rules cannot be run as they are meant"
        return Diagnostic("wrong-value", message, span, "levels and ignores are for warnings and notes")
    return None


def level_of(code: Code, project: Project) -> Severity | None:
    """How a project takes a code; None where it does not want to hear of it."""
    return project.levels.get(code.name, None if code.is_asked_for else code.severity)


def adjusted(findings: Iterable[Diagnostic], project: Project) -> tuple[Diagnostic, ...]:
    """The findings at the levels of the project, without those that are off, and those that are ignored."""
    kept = []
    ignored = {place for ignore in project.ignores for place in _places(ignore)}
    for finding in findings:
        if is_adjustable(code := CODES[finding.code]):
            level = level_of(code, project)
            if level is None or (ignored and _place(finding) in ignored):
                continue
            finding = finding if finding.severity is level else replace(finding, level=level)
        kept.append(finding)
    return tuple(kept)


def unused_ignores(
    findings: Iterable[Diagnostic], project: Project, *, has_proofs: bool = True
) -> Iterator[Diagnostic]:
    """A finding for each ignore of what is not there. What only data shows may be there nevertheless.

    has_proofs: whether all that can be proven is among the findings.
    """
    found = {_place(finding) for finding in findings} if project.ignores else set()
    for ignore in project.ignores:
        code = CODES[ignore.code]
        if not code.is_of_data and (has_proofs or not code.is_proof) and found.isdisjoint(_places(ignore)):
            message = f"nothing here has the finding `{ignore.code}`"
            fix = Fix("delete it", (Edit(ignore.removable, ""),)) if ignore.removable else None
            yield Diagnostic("unused-ignore", message, ignore.span, "delete it", fix=fix)


_Place = tuple[str, str, int]
"""A code, a file, and a line of it."""


def _places(ignore: Ignore) -> Iterator[_Place]:
    return ((ignore.code, ignore.span.file.path, line) for line in ignore.lines)


def _place(finding: Diagnostic) -> _Place | None:
    span = finding.span
    return None if span is None else (finding.code, span.file.path, span.file.position(span.start)[0])
