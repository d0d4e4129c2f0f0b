"""Examples that a segment's mutants fail: rows of the columns, traits and segments that its rule asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from segrules.engines.engine import Engine
from segrules.language.core import Column, Expression, Reference
from segrules.language.types import BOOLEAN, Kind, Type
from segrules.planning import reference
from segrules.planning.dependencies import outer_parts
from segrules.planning.fold_time import fold_time
from segrules.planning.time import AsOf
from segrules.planning.variants import Variant, users_of, with_variants
from segrules.project.examples import SEGMENTS
from segrules.project.model import Example, Project, Rules, Segment
from segrules.workflows.case_runs import compute
from segrules.workflows.drafting import Answer, Proposal, drafts_for, first_difference, maker_for
from segrules.workflows.drafts import Draft, Place
from segrules.workflows.examples import example_runs, looks_at_all, row_of
from segrules.workflows.row_text import example


@dataclass(frozen=True, slots=True)
class Input:
    """A value that a rule asks for, by the name that examples give it; `usual` is it where nothing is said."""

    place: Place
    name: str
    type: Type
    usual: object
    is_column: bool


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
                item = Input((path, name), ".".join((*path, name)), part.type, None, True)
            case Reference(to="trait" | "segment", path=path, name=name) if len(path) < 2 and "." not in name:
                if part.to == "segment" and not path and name not in rules.segments:
                    return None
                word = f"{SEGMENTS}{name}" if part.to == "segment" and path else name
                item = Input((path, name), ".".join((*path, word)), part.type, _usual(part), False)
            case _:
                return None
        if found.setdefault(item.place, item).is_column != item.is_column:
            return None  # a trait and a column of one name
    names = [name for (path, name) in found if not path]
    both = {*rules.traits} & {*rules.segments}
    return None if both.intersection(names) else tuple(found.values())


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


def by_examples(asked: Asked, variants: Mapping[int, Variant]) -> dict[int, Answer]:
    """For each variant of a segment an example that it fails, where one is found."""
    rule = fold_time(asked.rules.segments[asked.segment.name], asked.moment)
    maker = maker_for(asked.project, asked.rules, asked.moment, f"{asked.rules.entity.name} {asked.segment.name}")
    drafts = drafts_for(rule, [fold_time(item.rule, asked.moment) for item in variants.values()], maker)
    full = [dict(row) for row in dict.fromkeys(tuple(_full(draft, asked.inputs).items()) for draft in drafts)]
    own, others = _judged(asked, full, variants)
    first = first_difference(own, others)
    rows = {number: full[at] for number, at in first.items()}
    found = {number: Answer(None, len(full)) for number in variants}
    whole = {number: _without_missing(row, asked.inputs) for number, row in rows.items()}
    for number, row in (whole | _shorter(asked, rows, variants)).items():
        found[number] = Answer(Proposal("example", example(row, own[first[number]] is True)), len(full))
    return found


def _full(draft: Draft, inputs: Sequence[Input]) -> dict[str, object]:
    """The draft as an example with all that the rule asks for."""
    return {item.name: draft.cells.get(item.place, item.usual) for item in inputs}


def _without_missing(row: Mapping[str, object], inputs: Sequence[Input]) -> dict[str, object]:
    """A row without the columns that are missing, which they are also where an example leaves them out."""
    columns = {item.name for item in inputs if item.is_column}
    return {name: value for name, value in row.items() if value is not None or name not in columns}


def _shorter(
    asked: Asked, rows: Mapping[int, dict[str, object]], variants: Mapping[int, Variant]
) -> dict[int, dict[str, object]]:
    """Rows without what has its usual value, where a variant fails them all the same."""
    usual = {item.name: item.usual for item in asked.inputs}
    short = {
        number: {name: value for name, value in row.items() if value != usual[name]} for number, row in rows.items()
    }
    groups: dict[frozenset[str], list[int]] = {}
    for number, row in short.items():
        if row and len(row) < len(rows[number]):
            groups.setdefault(frozenset(row), []).append(number)
    found: dict[int, dict[str, object]] = {}
    for numbers in groups.values():
        before, _ = _judged(asked, [rows[number] for number in numbers], {})
        own, others = _judged(asked, [short[number] for number in numbers], {one: variants[one] for one in numbers})
        for at, number in enumerate(numbers):
            if own[at] == before[at] != others[number][at]:
                found[number] = short[number]
    return found


def _judged(
    asked: Asked, rows: Sequence[Mapping[str, object]], variants: Mapping[int, Variant]
) -> tuple[list[object], dict[int, list[object]]]:
    """For rows that give the same names whether the segment takes them in, and whether each variant does."""
    segment = asked.segment
    if not rows:
        return [], {number: [] for number in variants}
    span = segment.rule.span or segment.span
    assert span is not None
    examples = tuple(Example(True, row, {}, span) for row in rows)
    (run,) = example_runs(asked.project, {segment.entity: asked.rules}, replace(segment, examples=examples))
    if looks_at_all(run.rules, segment) is not None:
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
