"""Examples that a segment's mutants fail: rows of the columns, traits and segments that its rule asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from segrules.engines.engine import Engine
from segrules.language.core import Column, Expression, Reference
from segrules.language.types import BOOLEAN, Kind
from segrules.planning import reference
from segrules.planning.dependencies import outer_parts
from segrules.planning.fold_time import fold_time
from segrules.planning.time import AsOf
from segrules.planning.variants import Variant, users_of, with_variants
from segrules.project.examples import SEGMENTS
from segrules.project.model import Column as StoredColumn
from segrules.project.model import Entity, Example, Lookup, Project, Rules, Segment
from segrules.workflows.mutating.draft_values import Draft, Place
from segrules.workflows.mutating.drafting import Answer, Proposal, drafts_for, first_difference, maker_for
from segrules.workflows.mutating.equivalents import equivalent
from segrules.workflows.mutating.possible_rows import impossible_rows
from segrules.workflows.testing.case_runs import compute
from segrules.workflows.testing.examples import example_key, example_runs, looks_at_all, needs_clock, row_of
from segrules.workflows.testing.row_text import example

ROUNDS = 5
"""How often others are looked for in place of examples that no row can be."""


@dataclass(frozen=True, slots=True)
class Input:
    """A value that a rule asks for, by the name that examples give it.

    usual: the value where an example says nothing; instead: the one that is given all the same where none may miss.
    """

    place: Place
    name: str
    usual: object
    is_column: bool
    instead: object = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A segment about whose members made-up examples are asked, and all that its rule asks for."""

    engine: Engine
    project: Project
    rules: Rules
    segment: Segment
    inputs: tuple[Input, ...]
    moment: AsOf


def inputs_of(rules: Rules, rule: Expression) -> tuple[Input, ...] | None:
    """What a rule asks for, if all of it can be given in an example."""
    found: dict[Place, Input] = {}
    for part in outer_parts(rule):
        match part:
            case Column(path=path, name=name) if len(path) < 2:
                is_key = not path and name == rules.entity.key
                instead = example_key(rules.entity) if is_key else _instead(_stored(rules.entity, path, name))
                item = Input((path, name), ".".join((*path, name)), None, True, instead)
            case Reference(to="trait" | "segment", path=path, name=name) if len(path) < 2 and "." not in name:
                if part.to == "segment" and not path and name not in rules.segments:
                    return None
                word = f"{SEGMENTS}{name}" if part.to == "segment" and path else name
                item = Input((path, name), ".".join((*path, word)), _usual(part), False, _usual(part))
            case _:
                return None
        if found.setdefault(item.place, item).is_column != item.is_column:
            return None  # a trait and a column of one name
    names = [name for (path, name) in found if not path]
    both = {*rules.traits} & {*rules.segments}
    return None if both.intersection(names) else tuple(found.values())


def _stored(entity: Entity, path: tuple[str, ...], name: str) -> StoredColumn | None:
    """A column of the entity, or of one of its lookups."""
    owner: Entity | Lookup | None = entity
    for step in path:
        owner = next((lookup for lookup in entity.lookups if lookup.name == step), None)
    return next((column for column in owner.columns if column.name == name), None) if owner is not None else None


def _instead(column: StoredColumn | None) -> object:
    """A value for a column that is never missing, whose values are known."""
    return column.values[0] if column is not None and column.never_missing and column.values else None


def _usual(part: Reference) -> object:
    """The value of a trait or segment that nothing is said of: that of no rows."""
    if part.may_be_missing and part.to != "segment":
        return None
    match part.type.kind:
        case Kind.BOOLEAN:
            return False
        case Kind.INTEGER | Kind.DECIMAL | Kind.NUMBER:
            return 0
        case Kind.LIST:
            return ()
        case _:
            return None


Row = dict[str, object]


def by_examples(asked: Asked, variants: Mapping[int, Variant]) -> dict[int, Answer]:
    """For each variant of a segment an example that it fails, where one is found."""
    rows, own, others = _drafted(asked, variants)
    first = first_difference(own, others)
    found = {number: Answer(None, len(rows)) for number in variants}
    must = {at: [number for number in first if first[number] == at] for at in first.values()}
    shown = _shown(asked, rows, must, variants)
    for number, at in first.items():
        found[number] = Answer(Proposal("example", example(shown[at], own[at] is True)), len(rows))
    return found


def covering(asked: Asked, variants: Mapping[int, Variant]) -> list[tuple[Row, bool]]:
    """Few examples that all variants fail for which an example is found, and whether the segment takes them in.

    Those that are proven to be of no row at all are left out.
    """
    rows, own, others = _drafted(asked, variants)
    failing = [{number for number, values in others.items() if values[at] != member} for at, member in enumerate(own)]
    names = {item.place: item.name for item in asked.inputs}
    rule = asked.rules.segments[asked.segment.name]
    for _ in range(ROUNDS):
        must = _fewest(failing)
        chosen = list(must)
        never = impossible_rows(asked.project, asked.rules, rule, [rows[at] for at in chosen], names)
        if not never:
            break
        doubtful = {number: variants[number] for place in never for number in must[chosen[place]]}
        same = equivalent(asked.project, asked.rules, doubtful)
        failing = [
            set() if at in chosen and chosen.index(at) in never else failed - same for at, failed in enumerate(failing)
        ]
    must = {at: failed for at, failed in must.items() if failing[at]}
    shown = _shown(asked, rows, must, variants)
    return [(shown[at], own[at] is True) for at in sorted(must)]


def _fewest(failing: Sequence[set[int]]) -> dict[int, list[int]]:
    """Few places of rows that all variants fail which fail any, and which of them each is for."""
    must: dict[int, list[int]] = {}
    open_ones = set().union(*failing)
    while open_ones:
        at = max(range(len(failing)), key=lambda at: (len(failing[at] & open_ones), -at))
        must[at] = sorted(failing[at] & open_ones)
        open_ones -= failing[at]
    return must


def _drafted(asked: Asked, variants: Mapping[int, Variant]) -> tuple[list[Row], list[object], dict[int, list[object]]]:
    """Rows made up for the variants, the simplest first, and whether the segment and each variant takes them in."""
    rule = fold_time(asked.rules.segments[asked.segment.name], asked.moment)
    maker = maker_for(asked.project, asked.rules, asked.moment, f"{asked.rules.entity.name} {asked.segment.name}")
    drafts = drafts_for(rule, [fold_time(item.rule, asked.moment) for item in variants.values()], maker)
    rows = [dict(row) for row in dict.fromkeys(tuple(_full(draft, asked.inputs).items()) for draft in drafts)]
    return (rows, *_judged(asked, rows, variants))


def _shown(
    asked: Asked, rows: Sequence[Row], must: Mapping[int, Sequence[int]], variants: Mapping[int, Variant]
) -> dict[int, Row]:
    """The chosen rows as an author writes them. must: by a row's place the variants that must still fail it."""
    whole = {at: _without_missing(rows[at], asked) for at in must}
    short = _shorter(asked, {at: rows[at] for at in must}, must, variants)
    own_first = sorted(asked.inputs, key=lambda item: len(item.place[0]))  # one of a lookup would be led to
    missing = [item.name for item in own_first if item.is_column and item.instead is None]
    nothing: Row = dict.fromkeys(missing[:1])  # so that a row of missing values can be seen
    return {at: row or nothing for at, row in (whole | short).items()}


def _full(draft: Draft, inputs: Sequence[Input]) -> Row:
    """The draft as an example with all that the rule asks for."""
    found = {item.name: draft.cells.get(item.place, item.usual) for item in inputs}
    return found | {item.name: item.instead for item in inputs if found[item.name] is None and item.instead is not None}


def _without_missing(row: Mapping[str, object], asked: Asked) -> Row:
    """A row without the columns that are missing, which they are also where an example leaves them out.

    Nor has it what is behind a lookup where a column that leads there, on either side, is missing: no row gives its
    values then, and an example that has them is given a column that leads to them.
    """
    ends = {
        lookup.name
        for lookup in asked.rules.entity.lookups
        for local, other in lookup.on
        if row.get(local, local) is None or row.get(f"{lookup.name}.{other}", other) is None
    }
    kept = [item for item in asked.inputs if not ends.intersection(item.place[0])]
    return {item.name: row[item.name] for item in kept if row[item.name] is not None or not item.is_column}


def _shorter(
    asked: Asked, rows: Mapping[int, Row], must: Mapping[int, Sequence[int]], variants: Mapping[int, Variant]
) -> dict[int, Row]:
    """Rows without what has its usual value, where all is as before."""
    usual = {item.name: item.usual for item in asked.inputs}
    short = {at: {name: value for name, value in row.items() if value != usual[name]} for at, row in rows.items()}
    groups: dict[frozenset[str], list[int]] = {}
    for at, row in short.items():
        if row and len(row) < len(rows[at]):
            groups.setdefault(frozenset(row), []).append(at)
    found: dict[int, Row] = {}
    for places in groups.values():
        before, _ = _judged(asked, [rows[at] for at in places], {})
        needed = {number: variants[number] for at in places for number in must[at]}
        own, others = _judged(asked, [short[at] for at in places], needed)
        for number, at in enumerate(places):
            if own[number] == before[number] and all(others[one][number] != own[number] for one in must[at]):
                found[at] = short[at]
    return found


def _judged(
    asked: Asked, rows: Sequence[Mapping[str, object]], variants: Mapping[int, Variant]
) -> tuple[list[object], dict[int, list[object]]]:
    """For rows that give the same names whether the segment takes them in, and whether each variant does.

    None where such an example does not run: what it leaves out looks at all rows, or at a day that the project has not.
    """
    segment = asked.segment
    if not rows:
        return [], {number: [] for number in variants}
    span = segment.rule.span or segment.span
    assert span is not None
    examples = tuple(Example(True, row, {}, span) for row in rows)
    (run,) = example_runs(asked.project, {segment.entity: asked.rules}, replace(segment, examples=examples))
    is_undated = run.project.as_of is None and needs_clock(run.rules, segment)
    if is_undated or looks_at_all(run.rules, segment) is not None:
        return [None] * len(rows), {number: [None] * len(rows) for number in variants}
    thing = (segment.entity, "segment", segment.name)
    more, names = with_variants(run.rules.entities, tuple(variants.values()), users_of(run.rules.entities), [thing])
    wanted = [reference(run.rules, segment.name), *(Reference("segment", name[thing], BOOLEAN) for name in names)]
    computed = compute(asked.engine, run.project, more, {segment.entity: wanted}, run.given, asked.moment)
    keys = [given[segment.entity][0][run.rules.entity.key] for given in run.given]
    values = [
        [row_of(one.of(segment.entity, node), key) for key, one in zip(keys, computed, strict=True)] for node in wanted
    ]
    return values[0], dict(zip(variants, values[1:], strict=True))
