"""A difference between two versions in words and numbers, as all its formats tell it. Code stands in backticks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from segrules.planning.renaming import Thing
from segrules.report.plurals import plural
from segrules.report.proof_words import code, proof_lines
from segrules.workflows.reviewing.change import Change
from segrules.workflows.reviewing.clause_changes import ClauseChange
from segrules.workflows.reviewing.diff import Difference
from segrules.workflows.reviewing.member_changes import Flow, MemberChange

HIDDEN = "…"
VERDICTS = {
    "changed": "changed",
    "added": "new",
    "removed": "gone",
    "broken": "has errors now",
    "mended": "had errors before",
    "moved": "rests on a change",
    "unmoved": "rests on a change and means the same",
    "renamed": "renamed",
    "rewritten": "reworded with the same meaning",
    "described": "described anew",
}
"""What each verdict is called, in the order in which a reviewer wants them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One changed thing: its name, its label for people, its owner, what became of it, and lines that say how."""

    thing: Thing
    label: str | None
    owner: str | None
    verdict: str
    lines: tuple[str, ...]


NUMBERS = ("before", "after", "change", "enter", "leave", "stay")
"""What is told of each segment or stage whose members may have changed."""


@dataclass(frozen=True, slots=True)
class Row:
    """Members of one segment or stage, ready to show: NUMBERS as texts."""

    name: str
    label: str | None
    verdict: str
    numbers: tuple[str, ...]


def headline(found: Difference) -> str:
    """`3 rules changed, 2 rest on a change, 1 renamed`, of segments, stages, traits and relations."""
    counts = dict.fromkeys(VERDICTS, 0)
    for change in _shown(found):
        counts[change.verdict] += 1
    words = [(count, for_many(VERDICTS[verdict], count)) for verdict, count in counts.items() if count]
    if not words:
        return "nothing changed"
    (first, verdict), *rest = words
    noun = "rule" if first == 1 else "rules"
    return ", ".join([f"{first:,} {noun} {verdict}", *(f"{count:,} {word}" for count, word in rest)])


def for_many(words: str, count: int) -> str:
    """The words of VERDICTS as they are said of so many."""
    return words if count == 1 else words.replace("rests", "rest").replace("has ", "have ").replace("means", "mean")


def basis(found: Difference) -> str:
    """What is compared, and what the numbers are counted on."""
    versions = f"`{found.old}` → `{found.new}`" if found.new != "work tree" else f"`{found.old}` → this version"
    if found.as_of is None:
        why = f": {found.not_counted}" if found.not_counted else ""
        return f"{versions}, the meaning alone{why}"
    rows = " and ".join(
        f"{item.rows:,} {entity if item.rows == 1 else plural(entity)}" for entity, item in found.counted.items()
    )
    sample = " of a sample" if found.is_sample else ""
    return f"{versions}, counted on {rows}{sample}, as of {found.as_of.isoformat()}"


def _shown(found: Difference) -> list[Change]:
    """The changes, those of a segmentation with all its stages as one where it is new or gone."""
    whole = {
        (change.thing.entity, change.thing.name)
        for change in found.comparison.changes
        if change.thing.kind == "segmentation" and change.verdict in ("added", "removed", "renamed")
    }
    silent = {
        change.thing
        for change in found.comparison.changes
        if change.thing.kind == "segmentation" and not change.notes and change.verdict in ("changed", "moved")
    }
    return [
        change
        for change in found.comparison.changes
        if change.thing not in silent
        and not (change.thing.kind == "stage" and (change.thing.entity, change.thing.name.partition(".")[0]) in whole)
    ]


def exceeded(found: Difference) -> list[str]:
    """What goes beyond the limits of the project, with what to do about it."""
    return [
        f"{finding.message}; {finding.help}" if finding.help else finding.message
        for finding in found.findings
        if finding.code == "limit-exceeded"
    ]


# members


def rows(found: Difference, floor: int) -> list[Row]:
    """A row for each segment and stage whose members may have changed."""
    members = members_of(found)
    verdicts = {change.thing: change.verdict for change in found.comparison.changes}
    about = _abouts(found)
    return [
        _row(thing.name, _label(about, thing), VERDICTS[verdicts[thing]], change, floor)
        for thing, change in members.items()
    ]


def members_of(found: Difference) -> dict[Thing, MemberChange]:
    return {thing: change for item in found.counted.values() for thing, change in item.members.items()}


def _row(name: str, label: str | None, verdict: str, change: MemberChange, floor: int) -> Row:
    before, after = (number(count, floor) for count in (change.before, change.after))
    if change.before is None or change.after is None:
        return Row(name, label, verdict, (before, after, "", "", "", ""))
    hides = has_small(change, floor)
    moves = (
        number(count, floor) if not hides or is_small(count, floor) else HIDDEN
        for count in (change.entered, change.left, change.stayed)
    )
    net = change.after - change.before
    share = f" ({net / change.before:+.1%})" if change.before and net else ""
    return Row(name, label, verdict, (before, after, HIDDEN if hides else f"{net:+,}{share}" if net else "0", *moves))


def number(count: int | None, floor: int) -> str:
    """A count, `<10` for one below the floor."""
    return "–" if count is None else f"<{floor}" if is_small(count, floor) else f"{count:,}"


def is_small(count: int | None, floor: int) -> bool:
    return count is not None and 0 < count < floor


def has_small(change: MemberChange, floor: int) -> bool:
    """Whether one of the counts is below the floor: then those that would tell it by a subtraction are hidden too."""
    return change.is_below(floor)


def flows(found: Difference) -> Iterator[Flow]:
    """The flows between stages in which somebody changed stage."""
    for item in found.counted.values():
        for flow in item.flows:
            if any(count for (of, to), count in flow.counts.items() if of != to):
                yield flow


def matrix(flow: Flow, floor: int) -> list[list[str]]:
    """The flow as a table with a head: a row for each stage before, a column for each stage now.

    Where one count of a row or column is hidden, the smallest other one is too: nobody can subtract.
    """
    hidden = {pair for pair, count in flow.counts.items() if is_small(count, floor)}
    lines = [[(of, to) for to in flow.after] for of in flow.before] + [
        [(of, to) for of in flow.before] for to in flow.after
    ]
    while True:
        more = set()
        for line in lines:
            known = [pair for pair in line if flow.counts[pair] and pair not in hidden]
            if len(hidden.intersection(line)) == 1 and known:
                more.add(min(known, key=lambda pair: flow.counts[pair]))
        if not more:
            break
        hidden |= more

    def cell(of: str | None, to: str | None) -> str:
        count = flow.counts[of, to]
        return number(count, floor) if is_small(count, floor) or (of, to) not in hidden else HIDDEN

    rows = [label for label in flow.after if label in flow.before]  # in one order, so that who stays is the diagonal
    rows += [label for label in flow.before if label not in rows]
    head = ["", *map(_stage, flow.after)]
    return [head, *([_stage(of), *(cell(of, to) for to in flow.after)] for of in rows)]


def flow_words(flow: Flow, floor: int) -> str:
    """`8 go from lapsing to occasional; all others stay`, the largest moves first; without those below the floor."""
    moves = sorted(((count, of, to) for (of, to), count in flow.counts.items() if count and of != to), key=_size)
    if any(is_small(count, floor) for count in flow.counts.values()):
        return "each row was in a stage before, each column is a stage now"
    shown = [
        f"{count:,} {'goes' if count == 1 else 'go'} from {_stage(of)} to {_stage(to)}" for count, of, to in moves[:3]
    ]
    rest = sum(count for count, _, _ in moves[3:])
    return "; ".join([*shown, *([f"{rest:,} move otherwise"] if rest else []), "all others stay"])


def _size(move: tuple[int, str | None, str | None]) -> int:
    return -move[0]


def _stage(label: str | None) -> str:
    return label or "(none)"


# one change


def entries(found: Difference, floor: int, *, with_keys: bool) -> list[Entry]:
    """Every change, in the order of VERDICTS and there of the files."""
    order = list(VERDICTS)
    members = members_of(found)
    about = _abouts(found)
    return [
        Entry(
            change.thing,
            _label(about, change.thing),
            _owner(about, change.thing),
            VERDICTS[change.verdict],
            tuple(_lines(change, members.get(change.thing), found.lost, floor, with_keys)),
        )
        for change in sorted(_shown(found), key=lambda change: order.index(change.verdict))
    ]


def _lines(
    change: Change, members: MemberChange | None, lost: Mapping[Thing, str], floor: int, with_keys: bool
) -> Iterator[str]:
    if members is not None:
        yield from _summary(members, floor)
    yield from proof_lines(change)
    if change.verdict == "renamed" and change.thing.kind in ("segment", "segmentation"):
        yield f"was `{change.before}`: who reads the files of `{change.before}` finds none any more"
    elif change.before is not None:
        yield f"was `{change.before}`"
    for place, clause in enumerate(change.clauses):
        yield _clause(clause) + _turned(members, place, floor)
    yield from (*change.notes, *change.told)
    if change.because:
        also = "also " if change.verdict == "changed" else ""
        yield f"{also}because of " + " and ".join(f"`{thing.name}`" for thing in change.because)
    elif change.verdict == "moved":
        yield "because columns, lookups, relations, entities or the calendar are declared otherwise"
    if change.thing in lost and change.thing.kind in ("segment", "stage"):
        yield f"its members before cannot be counted beside those now: {lost[change.thing]}"
    if with_keys and members is not None:
        for word, keys, count in (
            ("enter", members.keys.entered, members.entered),
            ("leave", members.keys.left, members.left),
        ):
            if keys and not is_small(count, floor):
                yield f"{word}: {', '.join(map(str, keys))}{', …' if count > len(keys) else ''}"


def _summary(members: MemberChange, floor: int) -> Iterator[str]:
    """`24 enter, nobody leaves`; nothing where one of the two would tell a small count."""
    if members.before is None or members.after is None:
        count = members.after if members.before is None else members.before
        be = ("is" if count == 1 else "are") if members.before is None else "was" if count == 1 else "were"
        if count is not None:
            yield f"{number(count, floor)} {be} in it"
        return
    if has_small(members, floor):
        yield f"fewer than {floor} enter or leave, or are in it"
        return
    if not members.entered and not members.left:
        yield "nobody enters or leaves"
        return
    entered = f"{members.entered:,} {'enters' if members.entered == 1 else 'enter'}" if members.entered else ""
    left = f"{members.left:,} {'leaves' if members.left == 1 else 'leave'}" if members.left else ""
    yield f"{entered or 'nobody enters'}, {left or 'nobody leaves'}"


def _clause(clause: ClauseChange) -> str:
    before, after = clause.texts
    effect = {"wider": ", which lets more in", "narrower": ", which lets fewer in", None: ""}[clause.effect]
    joint = {"all": " must hold too", "any": " is enough too", "alone": ""}[clause.joint]
    gone = {"all": " need not hold any more", "any": " is not enough any more", "alone": " is gone"}[clause.joint]
    if clause.joint == "alone" and (before is None or after is None):
        return f"its rule {'is' if before is None else 'was'} {code(after or before or '')}"
    if before is None:
        return f"new: {code(after or '')}{joint}{effect}"
    if after is None:
        return f"{code(before)}{gone}{effect}"
    values = "; ".join(f"{old} → {new}" for old, new in clause.values)
    if before == after:
        return f"{code(after)}: {values}{effect}"
    return f"{code(before)} → {code(after)}{f' ({values})' if values else ''}{effect}"


def _turned(members: MemberChange | None, place: int, floor: int) -> str:
    """How many of those who enter or leave do so by this clause, where there are several."""
    if members is None or place >= len(members.entered_by):
        return ""
    if has_small(members, floor):
        return ""
    parts = [
        f"all {total:,} who {word}" if count == total else f"{number(count, floor)} of the {total:,} who {word}"
        for word, total, count in (
            ("enter", members.entered, members.entered_by[place]),
            ("leave", members.left, members.left_by[place]),
        )
        if total and count
    ]
    return f" (decides for {', '.join(parts)})" if parts else ""


Abouts = Mapping[Thing, Mapping[str, Any]]


def _abouts(found: Difference) -> Abouts:
    """What is said of segments and segmentations for people, the new version's word before the old one's."""
    abouts: dict[Thing, Mapping[str, Any]] = {}
    for version in found.versions:
        abouts |= {Thing(item.entity, "segment", item.name): item.about for item in version.project.segments}
        abouts |= {Thing(item.entity, "segmentation", item.name): item.about for item in version.project.segmentations}
    return abouts


def _label(abouts: Abouts, thing: Thing) -> str | None:
    """The label, in English where there are several languages; of a stage `Lifecycle: lapsing`."""
    if thing.kind == "stage":
        owner, _, stage = thing.name.partition(".")
        label = _label(abouts, Thing(thing.entity, "segmentation", owner))
        return None if label is None else f"{label}: {stage}"
    label = abouts.get(thing, {}).get("label")
    if isinstance(label, Mapping) and label:
        label = label.get("en", next(iter(label.values())))
    return None if label is None else str(label)


def _owner(abouts: Abouts, thing: Thing) -> str | None:
    owner = abouts.get(thing, {}).get("owner")
    return None if owner is None else str(owner)
