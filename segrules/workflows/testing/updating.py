"""What cases of `tests/` expect, written anew where something else comes out: `test --update`.

Only what `expect:` says of a name is changed, on the ranges of the text where it stands: comments, layout and cases
that hold stay as they are. Examples are never changed: they say in so many words who belongs in a segment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from segrules.diagnostics import has_errors, is_error
from segrules.engines.duckdb import connect
from segrules.engines.engine import Engine, EngineError
from segrules.planning.time import as_of
from segrules.project.cases import Case, Expected
from segrules.project.environments import NO_SETTINGS, Settings
from segrules.project.model import Project, Rules
from segrules.project.reader import Reader, with_texts
from segrules.source import Edit, Span, edited
from segrules.workflows.fixing import FileChange
from segrules.workflows.testing.case_runs import Computed, Values, compute
from segrules.workflows.testing.row_text import scalar
from segrules.workflows.testing.unit_tests import TestReport, compared, expected_reference, run_checked, wanted_of
from segrules.workflows.validate import Validated, validate


@dataclass(frozen=True, slots=True)
class Updated:
    """The texts of test files with what comes out. updated: how many cases changed; tests: the results with them."""

    changes: tuple[FileChange, ...]
    updated: int
    tests: TestReport


def update(read: Reader, *, name: str | None = None, settings: Settings = NO_SETTINGS) -> Updated:
    """The cases that have `name` in theirs, made to expect what comes out. Writes nothing.

    A file that could not be read any more with its changes, as where an anchor is used twice, is left as it is.
    """
    checked = validate(read, settings)
    if checked.project is None or has_errors(checked.findings):
        return Updated((), 0, run_checked(checked, name=name))
    cases = [case for case in checked.cases if name is None or name in case.name]
    wrong = _wrong(checked, checked.project, cases)
    changes = {}
    for file in dict.fromkeys(case.span.file for case, _ in wrong):
        edits = [edit for case, own in wrong if case.span.file is file for edit in own]
        changes[file.path] = FileChange(file.path, file.text, edited(file.text, edits))
    after = _with(read, changes, settings)
    unread = {finding.span.file.path for finding in after.findings if is_error(finding) and finding.span is not None}
    if unread:
        changes = {path: change for path, change in changes.items() if path not in unread}
        after = _with(read, changes, settings)
    count = sum(case.span.file.path in changes for case, _ in wrong)
    return Updated(tuple(changes.values()), count, run_checked(after, name=name))


def _with(read: Reader, changes: Mapping[str, FileChange], settings: Settings) -> Validated:
    return validate(with_texts(read, {path: change.after for path, change in changes.items()}), settings)


def _wrong(checked: Validated, project: Project, cases: Sequence[Case]) -> list[tuple[Case, list[Edit]]]:
    """The cases that do not expect what comes out, each with the edits that make it."""
    found: list[tuple[Case, list[Edit]]] = []
    engine = connect()
    try:
        for case, computed in _computed(engine, project, checked.rules, cases):
            edits: list[Edit] = []
            for expected in case.expect:
                values = computed.of(expected.entity, expected_reference(checked.rules[expected.entity], expected))
                edits += _edits(expected, values) if compared(expected, values)[0] else ()
            found += [(case, edits)] if edits else []
    finally:
        engine.close()
    return found


def _computed(
    engine: Engine, project: Project, rules: Mapping[str, Rules], cases: Sequence[Case]
) -> Iterator[tuple[Case, Computed]]:
    """What comes out in each case that can be computed; those of one as-of together."""
    batches: dict[date | datetime, list[Case]] = {}
    for case in cases:
        batches.setdefault(case.as_of, []).append(case)
    for given, batch in batches.items():
        counted, wanted = wanted_of(rules, [expected for case in batch for expected in case.expect])
        try:
            moment = as_of(given, project.timezone)
            computed = compute(engine, project, counted, wanted, [case.given for case in batch], moment)
        except (EngineError, ValueError):
            if len(batch) > 1:
                yield from (found for case in batch for found in _computed(engine, project, rules, [case]))
            continue
        yield from zip(batch, computed, strict=True)


def _edits(expected: Expected, values: Values) -> Iterator[Edit]:
    whole = expected.whole
    if whole is None or whole.start < expected.span.end:  # an alias: what it stands for is written elsewhere
        return
    if isinstance(expected.value, Mapping):
        for key, value in expected.value.items():
            one = replace(expected, value={key: value})
            if key in values and key in expected.places and compared(one, values)[0]:
                yield _put(expected.places[key], _text(values[key]))
        return
    members = {key for key, member in values.items() if member}
    kept = [place for key, place in expected.places.items() if key in members]
    gone = [place for key, place in expected.places.items() if key not in members]
    new = [_text(key) for key in sorted((key for key in members if key not in expected.places), key=_order)]
    if not whole.text.startswith("["):
        yield from _in_lines(expected, kept, gone, new)
    elif not kept or not ("\n" in whole.text or "#" in whole.text):
        yield Edit(whole, f"[{', '.join([*(place.text for place in kept), *new])}]")
    else:
        yield from _in_brackets(tuple(expected.places.values()), kept, gone, new)


def _in_brackets(
    places: Sequence[Span], kept: Sequence[Span], gone: Sequence[Span], new: Sequence[str]
) -> Iterator[Edit]:
    """Of a list in brackets over several lines each item by itself: comments beside the others stay."""
    for number, place in enumerate(places):
        if place in gone and place.start < kept[-1].start:
            yield Edit(Span(place.file, place.start, places[number + 1].start), "")
        elif place in gone:
            yield Edit(Span(place.file, places[number - 1].end, place.end), "")
    if new:
        yield Edit(Span(kept[-1].file, kept[-1].end, kept[-1].end), "".join(f", {key}" for key in new))


def _in_lines(expected: Expected, kept: Sequence[Span], gone: Sequence[Span], new: Sequence[str]) -> Iterator[Edit]:
    """Of a list with an item per line the lines; one that nothing stays of is written in brackets."""
    file = expected.span.file
    for place in gone:
        line = file.position(place.start)[0]
        end = file.line_starts[line] if line < len(file.line_starts) else len(file.text)
        yield Edit(Span(file, file.line_starts[line - 1], end), "")
    if not kept:
        behind = file.text.index(":", expected.span.end) + 1
        yield Edit(Span(file, behind, behind), f" [{', '.join(new)}]")
    elif new:
        line = file.position(kept[-1].start)[0]
        start = file.line_starts[line - 1]
        end = start + len(file.line(line))
        dash = file.text[start : kept[-1].start]
        yield Edit(Span(file, end, end), "".join(f"\n{dash}{key}" for key in new))


def _put(place: Span, text: str) -> Edit:
    """A value in place of another one; behind the key where that one is not written, or stands in lines below."""
    behind = len(place.file.text[: place.start].rstrip())
    if not place.text or (place.text.startswith("- ") and "\n" in place.file.text[behind : place.start]):
        return Edit(Span(place.file, behind, place.end), f" {text}")
    return Edit(place, text)


def _text(value: object) -> str:
    match value:
        case Decimal():
            return format(value.normalize(), "f") if value else "0"
        case tuple() | list():
            return f"[{', '.join(map(_text, value))}]"
        case _:
            return scalar(value)


def _order(key: object) -> tuple[str, object]:
    return type(key).__name__, key
