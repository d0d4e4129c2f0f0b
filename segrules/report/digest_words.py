"""A digest in plain words: sentences and tables, most important first, that every format then writes in its own way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from segrules.diagnostics import Diagnostic, is_error
from segrules.report.blocks import blocks
from segrules.report.dashboard.charts.words import day, number, percent, several
from segrules.report.dashboard.labels import label_text
from segrules.report.digest_pieces import Named, Sentence, Written
from segrules.report.digest_rules import changed_rules, concerned
from segrules.report.plurals import plural
from segrules.workflows.reporting.data import Moves
from segrules.workflows.reporting.digest import Digest, EntityGrown, Grown

MOST_SENTENCES = 5
MOST_LINES = 10
MOST_OF_A_KIND = 5
LONGEST_LABEL = 80


@dataclass(frozen=True, slots=True)
class Table:
    """The first column has words, `words` more at the end, too; the others numbers."""

    head: tuple[str, ...]
    rows: tuple[tuple[Sentence, ...], ...]
    words_at_end: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """A heading, what is said below it, and a table. remark: what the heading means."""

    title: str
    lines: tuple[Sentence, ...] = ()
    table: Table | None = None
    remark: str = ""


def title(found: Digest) -> str:
    return f"{found.project}: what changed from {day(found.start)} to {day(found.end)}"


def introduction(found: Digest) -> tuple[Sentence, ...]:
    """How many rows there are, and how many came and went."""
    return tuple((_of_entity(own),) for own in found.entities)


def _of_entity(own: EntityGrown) -> str:
    shown = several(own.rows, own.entity, plural(own.entity))
    if own.before is None:
        return f"{shown}; there were none in the records before."
    change = own.rows - own.before
    grown = "as many as before" if not change else f"{abs(change):,} {'more' if change > 0 else 'fewer'} than before"
    return f"{shown}, {grown}: {own.came:,} came, {own.went:,} went."


def parts(found: Digest) -> Iterator[Part]:
    """The whole digest, the empty parts left out."""
    named = partial(name_of, found)
    yield Part("What to look at", look_at(found))
    for part in (
        Part("Not as expected", _some([_unmet(found, one) for one in found.segments if one.unmet])),
        Part(
            "Sudden jumps",
            _some([_jumped(found, one) for one in jumps(found)]),
            remark="Changes of at least 5% of the segment and 10 members that are more than 5.2 times as large as is "
            "usual for it in as many days.",
        ),
        Part("Changes of rules", _some([*changed_rules(found, named), *concerned(found, named)])),
        Part("Largest growth", table=_growth(found, 1)),
        Part("Largest losses", table=_growth(found, -1)),
        Part("Moves between stages", tuple(_moved(found))),
        Part("New, gone and renamed", _some([*_new_and_gone(found)])),
        Part("Findings", _some([_finding(one) for one in found.findings])),
        Part("All segments", table=_everything(found)),
    ):
        if part.lines or (part.table is not None and part.table.rows):
            yield part


def look_at(found: Digest) -> tuple[Sentence, ...]:
    """At most five sentences, the most urgent first; one that says so where there is nothing."""
    urgent = [_unmet(found, one) for one in found.segments if one.unmet]
    errors = [_finding(one) for one in found.findings if is_error(one)]
    jumped = [_jumped(found, one) for one in jumps(found)]
    said = [
        *_kind(urgent, "more segments are not as expected", 2),
        *_kind(errors, "more errors were found", 1),
        *_kind(jumped, "more segments jumped", 2),
        *_kind(changed_rules(found, partial(name_of, found)), "more rules changed", 1),
        *_kind([*_new_and_gone(found, besides_unmet=True)], "more segments are new, gone or renamed", 1),
    ]
    if said:
        return tuple(said[:MOST_SENTENCES])
    grown = sorted((one for one in found.segments if one.is_kept and one.change), key=lambda one: -abs(one.change))
    calm: Sentence = ("Nothing out of the ordinary: no sudden jump, no changed rule, nothing beyond what is expected.",)
    return (calm, *(_grown_most(found, one) for one in grown[:1]))


def _kind(lines: Sequence[Sentence], more: str, most: int) -> Iterator[Sentence]:
    """The first sentences of a kind; of many the last of them counts the others."""
    yield from lines[:most]
    if len(lines) > most:
        yield (f"{len(lines) - most:,} {more if len(lines) - most > 1 else _one(more)}.",)


def _one(more: str) -> str:
    for many, one in (("segments are", "segment is"), ("errors were", "error was"), ("segments", "segment")):
        if many in more:
            return more.replace(many, one)
    return more.replace("rules", "rule")


def _some(lines: Sequence[Sentence]) -> tuple[Sentence, ...]:
    left = len(lines) - MOST_LINES
    return tuple(lines) if left <= 0 else (*lines[:MOST_LINES], (f"And {left:,} more.",))


def jumps(found: Digest) -> list[Grown]:
    """Those that jumped, the largest change of their size first."""
    jumped = [one for one in found.segments if one.jump is not None]
    return sorted(jumped, key=lambda one: -abs(one.change) / max(one.before or 0, 1))


def name_of(found: Digest, one: Grown) -> Named:
    """The label, of a stage with the label of its segmentation before it; the name where there is none."""
    if one.stage is None:
        return Named(_short(label_text(one.about, found.languages, one.name)))
    owner = label_text(one.about, found.languages, one.name.partition(".")[0])
    return Named(_short(f"{owner}: {one.stage}"))


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_LABEL else text[: LONGEST_LABEL - 1] + "…"


def _unmet(found: Digest, one: Grown) -> Sentence:
    has = f" has {several(one.members or 0, 'member', 'members')} ({_share(one)} of {plural(one.entity)})"
    expected = [piece for each in one.unmet for piece in (" and ", f"a {each.measure} of ", Written(each.text))]
    verb = "are" if len(one.unmet) > 1 else "is"
    return (name_of(found, one), f"{has}; expected {verb} ", *expected[1:], ".")


def _jumped(found: Digest, one: Grown) -> Sentence:
    assert one.jump is not None
    usual = several(round(one.jump.usual), "member", "members")
    in_days = f" in {several(one.jump.days, 'day', 'days')}" if one.jump.days else ""
    change = abs(one.jump.change)
    share = f" ({percent(change / one.before)})" if one.before else ""
    verb = "grew" if one.jump.change > 0 else "shrank"
    return (name_of(found, one), f" {verb} by {change:,}{share}; its usual change{in_days} is {usual}.")


def _new_and_gone(found: Digest, *, besides_unmet: bool = False) -> Iterator[Sentence]:
    for one in found.segments:
        if one.unmet and besides_unmet:
            continue
        if one.before is None:
            yield (name_of(found, one), f" is new, with {several(one.members or 0, 'member', 'members')}.")
        elif one.members is None:
            yield (name_of(found, one), f" is gone; it had {several(one.before, 'member', 'members')}.")
        elif one.called is not None:
            yield (Written(one.name), " was called ", Written(one.called), " before.")


def _finding(finding: Diagnostic) -> Sentence:
    """Its message, what stands in backticks as words of files."""
    pieces = finding.message.split("`")
    said = tuple(Written(piece) if place % 2 else piece for place, piece in enumerate(pieces) if piece)
    first = said[0]
    return (first[0].upper() + first[1:] if isinstance(first, str) else first, *said[1:], ".")


def _grown_most(found: Digest, one: Grown) -> Sentence:
    verb = "grew" if one.change > 0 else "shrank"
    start = f" {verb} most, from {one.before or 0:,} to "
    return (name_of(found, one), f"{start}{several(one.members or 0, 'member', 'members')}.")


def _growth(found: Digest, sign: int) -> Table:
    grown = [one for one in found.segments if one.is_kept and one.change * sign > 0]
    grown.sort(key=lambda one: -abs(one.change))
    rows = tuple(
        ((name_of(found, one),), *_numbers(one.before or 0, one.members or 0, _change(one)), *_entries(one))
        for one in grown[:MOST_OF_A_KIND]
    )
    return Table(("segment", "before", "now", "change", "entered", "left"), rows)


def _entries(one: Grown) -> tuple[Sentence, Sentence]:
    """Who entered and left, for whatever cause."""
    return (f"{one.entered + one.entered_by_rule:,}",), (f"{one.left + one.left_by_rule:,}",)


def _numbers(before: int, members: int, change: str) -> tuple[Sentence, Sentence, Sentence]:
    return (f"{before:,}",), (f"{members:,}",), (change,)


def _change(one: Grown) -> str:
    if one.before is None:
        return "new"
    part = f"\u00a0({percent(one.change / one.before)})" if one.before and one.change else ""
    return f"{one.change:+,}{part}".replace("-", "−") if one.change else "0"


def _share(one: Grown) -> str:
    return percent((one.members or 0) / one.rows) if one.rows else "0%"


def _moved(found: Digest) -> Iterator[Sentence]:
    """Of each segmentation the three largest moves, and how many moved at all."""
    for entity, about, moves in found.moves:
        largest = sorted(
            ((many, was, now) for (was, now), many in moves.counts.items() if was != now and many),
            key=lambda flow: (-flow[0], _place(moves, flow[1]), _place(moves, flow[2])),
        )
        if largest:
            every = sum(many for many, _, _ in largest)
            told = ", ".join(f"{many:,} from {_stage(was)} to {_stage(now)}" for many, was, now in largest[:3])
            label = Named(_short(label_text(about, found.languages, moves.segmentation)))
            who = several(every, entity, plural(entity))
            yield (label, f": {who} moved" + (f", most of them {told}." if len(largest) > 3 else f": {told}."))


def _place(moves: Moves, label: str | None) -> int:
    return moves.labels.index(label) if label in moves.labels else len(moves.labels)


def _stage(label: str | None) -> str:
    return "no stage" if label is None else _short(label)


def _everything(found: Digest) -> Table:
    rows = tuple(
        (
            (name_of(found, one),),
            (number(one.members or 0),),
            (_share(one),),
            (_change(one),),
            *_entries(one),
            (blocks(one.sizes, 16),),
        )
        for one in found.segments
        if one.members is not None
    )
    return Table(("segment", "members", "share", "change", "entered", "left", "over time"), rows, words_at_end=1)
