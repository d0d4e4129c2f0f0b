"""Examples beside rules: their names checked, their values given the types of the columns and traits they stand for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Literal as OneOf

from segrules.diagnostics import Diagnostic, did_you_mean
from segrules.language.scope import Row, Scope
from segrules.language.types import BOOLEAN, Type
from segrules.project.contract_types import fitted
from segrules.project.leaves import Unfit
from segrules.project.model import Column, Entity, Example, Lookup, Project, Rules
from segrules.source import Span

SEGMENTS = "segments."


def example_findings(project: Project, entity: Entity, scope: Scope) -> Iterator[Diagnostic]:
    """A finding for each name in examples that is not a column, trait or segment."""
    for segment in project.segments:
        if segment.entity == entity.name:
            for example in segment.examples:
                for name, span in example.keys.items():
                    yield from _name_finding(name, span, scope)


def _name_finding(name: str, span: Span, scope: Scope) -> Iterator[Diagnostic]:
    plain = name.removeprefix(SEGMENTS)
    if _has_column(scope.entity, name) or name in scope.traits:
        return
    kind = _kind_of_thing(scope.entity, name)
    if kind in ("trait", "segment"):
        return
    if kind == "segmentation" or plain in scope.segmentations or plain.partition(".")[0] in scope.segmentations:
        message = "examples that give a segmentation or a stage are not supported yet"
        yield Diagnostic("not-supported-yet", message, span, "give what its stages test")
    elif plain not in scope.segments:
        help = did_you_mean(name, [*scope.entity.columns, *scope.traits, *scope.segments])
        message = f"`{name}` is not a column, trait or segment of `{scope.entity.name}`"
        yield Diagnostic("unknown-name", message, span, help)


def _has_column(row: Row, name: str) -> bool:
    """Whether a row has a column, or a lookup with it (`demographics.income`)."""
    if name in row.columns:
        return True
    first, _, rest = name.partition(".")
    return bool(rest) and first in row.lookups and _has_column(row.lookups[first], rest)


def _kind_of_thing(row: Row, name: str) -> OneOf["trait", "segment", "segmentation"] | None:
    """What a name is of another entity to which one lookup leads: `company.tier`, `company.segments.big`."""
    first, _, rest = name.partition(".")
    things = row.lookups[first].things if first in row.lookups else None
    if things is None:
        return None
    if rest in things.traits:
        return "trait"
    plain = rest.removeprefix(SEGMENTS)
    if plain.partition(".")[0] in things.segmentations:
        return "segmentation"
    return "segment" if rest != plain and plain in things.segments else None


def typed_examples(project: Project, rules: Mapping[str, Rules]) -> tuple[Project, tuple[Diagnostic, ...]]:
    """The project with each example's values as values of their types, `segments.vip` as `vip`."""
    findings: list[Diagnostic] = []
    segments = tuple(
        replace(
            segment,
            examples=tuple(_typed(example, rules[segment.entity], project, findings) for example in segment.examples),
        )
        if segment.examples
        else segment
        for segment in project.segments
    )
    return replace(project, segments=segments), tuple(findings)


def _typed(example: Example, rules: Rules, project: Project, findings: list[Diagnostic]) -> Example:
    values, spans = {}, {}
    for name, node in example.written.items():
        type = _type(name, rules)
        short = name if type is not None or _column(rules.entity, name) else name.removeprefix(SEGMENTS)
        spans[short] = example.spans[name]
        values[short] = example.values[name]
        if type is None and short not in rules.segments:
            continue
        try:
            values[short] = fitted(node, type or BOOLEAN, project.timezone)
        except Unfit as unfit:
            message = unfit.message.replace("{key}", name)
            findings.append(Diagnostic("wrong-value", message, unfit.span or spans[short], unfit.help))
    return replace(example, values=values, spans=spans)


def _type(name: str, rules: Rules) -> Type | None:
    column = _column(rules.entity, name)
    if column is not None:
        return column.type
    if name in rules.traits:
        return rules.traits[name].type
    first, _, rest = name.partition(".")
    lookup = next((item for item in rules.entity.lookups if item.name == first), None)
    if lookup is None or lookup.entity is None:
        return None
    there = rules.entities[lookup.entity]
    return (
        BOOLEAN if rest.startswith(SEGMENTS) and rest.removeprefix(SEGMENTS) in there.segments else _type(rest, there)
    )


def _column(owner: Entity | Lookup, name: str) -> Column | None:
    own = next((column for column in owner.columns if column.name == name), None)
    first, _, rest = name.partition(".")
    lookup = next((item for item in owner.lookups if item.name == first), None)
    return own if own is not None or lookup is None else _column(lookup, rest)
