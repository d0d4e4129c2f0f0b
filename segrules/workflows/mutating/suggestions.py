"""Examples to add to segments: rows on the bounds of their rules, and with values missing, that no test has yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from segrules.diagnostics import has_errors
from segrules.engines.duckdb import connect
from segrules.engines.engine import Engine, EngineError
from segrules.language.core import Literal
from segrules.language.mutants import mutants
from segrules.language.mutated_missing import passing_missing
from segrules.language.types import BOOLEAN
from segrules.planning.time import as_of
from segrules.planning.variants import Variant
from segrules.project.environments import NO_SETTINGS, Settings
from segrules.project.model import Project, Segment
from segrules.project.reader import Reader, with_texts
from segrules.source import Edit, edited
from segrules.workflows.fixing import FileChange
from segrules.workflows.mutating.example_edits import edits_for
from segrules.workflows.mutating.killing_examples import Asked, covering
from segrules.workflows.mutating.killing_rows import segment_with_inputs
from segrules.workflows.mutating.mutant_runs import trials
from segrules.workflows.mutating.mutation import noticed
from segrules.workflows.testing.unit_tests import EXAMPLE_DAY, TestReport, examples_name, run_checked
from segrules.workflows.validate import Validated, validate

Row = Mapping[str, object]
_ALWAYS_AND_NEVER = (Literal(True, BOOLEAN), Literal(False, BOOLEAN))
"""Rules in whose place tests see that the segment takes somebody in, and leaves somebody out."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Examples for one segment: rows that it takes in, and rows that it leaves out."""

    segment: Segment
    taken: tuple[Row, ...]
    left: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class SuggestionReport:
    """Suggestions in the order of the files.

    others: segments for whose rules an example cannot give all. is_known: whether there are segments of that name.
    """

    tests: TestReport
    suggestions: tuple[Suggestion, ...]
    others: tuple[Segment, ...]
    is_known: bool


def run_suggestions(read: Reader, *, name: str | None = None, settings: Settings = NO_SETTINGS) -> SuggestionReport:
    """Suggests examples for the segments whose examples are called something with `name` in it.

    They say what the rules do now; none where a test fails, since the rules may then be wrong.
    """
    checked = validate(read, settings)
    tests = run_checked(checked, name=None)
    failed = not all(result.passed for result in tests.results)
    if checked.project is None or has_errors(checked.findings) or failed:
        return SuggestionReport(tests, (), (), False)
    segments = [item for item in checked.project.segments if name is None or name in examples_name(item)]
    asked, others = [], []
    engine = connect()
    try:
        for segment in segments:
            one = _asked(engine, checked.project, checked, segment)
            if one is None:
                others.append(segment)
            else:
                asked.append(one)
        found = tuple(_suggestions(checked.project, checked, asked))
        return SuggestionReport(tests, found, tuple(others), bool(segments))
    finally:
        engine.close()


def _asked(engine: Engine, project: Project, checked: Validated, segment: Segment) -> Asked | None:
    thing = (segment.entity, "segment", segment.name)
    known = segment_with_inputs(project, checked.rules, thing)
    if known is None:
        return None
    moment = as_of(project.as_of or EXAMPLE_DAY, project.timezone)
    return Asked(engine, project, checked.rules[segment.entity], *known, moment)


def _suggestions(project: Project, checked: Validated, asked: list[Asked]) -> Iterator[Suggestion]:
    variants: dict[int, Variant] = {}
    own: dict[int, list[int]] = {}
    for place, one in enumerate(asked):
        rule = one.rules.segments[one.segment.name]
        thing = (one.segment.entity, "segment", one.segment.name)
        for other in (*(mutant.rule for mutant in mutants(rule)), *passing_missing(rule), *_ALWAYS_AND_NEVER):
            own.setdefault(place, []).append(len(variants))
            variants[len(variants)] = Variant(thing, other)
    found = trials(project, checked.rules, checked.cases, None)
    killers, _ = noticed(asked[0].engine, found, variants) if asked else ({}, set())
    for place, one in enumerate(asked):
        unnoticed = {number: variants[number] for number in own.get(place, ()) if number not in killers}
        try:
            rows = covering(one, unnoticed)
        except EngineError:  # numbers that the engine has no room for
            continue
        if rows:
            taken = tuple(row for row, member in rows if member)
            yield Suggestion(one.segment, taken, tuple(row for row, member in rows if not member))


def changes_for(
    read: Reader, report: SuggestionReport, settings: Settings = NO_SETTINGS
) -> tuple[tuple[FileChange, ...], tuple[Suggestion, ...]]:
    """The files with the suggested examples in them, and the suggestions for which no place was found.

    A file is only changed where the project still has the same rules then, and exactly these examples more.
    """
    before = validate(read, settings)
    by_file: dict[str, list[Edit]] = {}
    files: dict[str, str] = {}
    refused = []
    for suggestion in report.suggestions:
        edits = edits_for(suggestion.segment, suggestion.taken, suggestion.left)
        span = suggestion.segment.span
        if edits is None or span is None:
            refused.append(suggestion)
            continue
        path = span.file.path
        files.setdefault(path, span.file.text)
        tried = [*by_file.get(path, ()), *edits]
        if _adds(before, validate(with_texts(read, {path: edited(files[path], tried)}), settings), tried):
            by_file[path] = tried
        else:
            refused.append(suggestion)
    changes = tuple(FileChange(path, files[path], edited(files[path], edits)) for path, edits in by_file.items())
    return changes, tuple(refused)


def _adds(before: Validated, after: Validated, edits: Sequence[Edit]) -> bool:
    """Whether a project has examples more in one file, as many as edits add, and is the same otherwise."""
    if after.project is None or before.project is None or has_errors(after.findings):
        return False
    rows = sum(edit.text.count("{") for edit in edits)
    added = sum(len(item.examples) for item in after.project.segments) - sum(
        len(item.examples) for item in before.project.segments
    )
    same = [item.name for item in after.project.segments] == [item.name for item in before.project.segments]
    return same and added == rows and _meaning(after) == _meaning(before)


def _meaning(checked: Validated) -> list[tuple[object, ...]]:
    """What the rules of each entity are, without where they stand."""
    return [
        (name, dict(own.traits), dict(own.segments), dict(own.segmentations)) for name, own in checked.rules.items()
    ]
