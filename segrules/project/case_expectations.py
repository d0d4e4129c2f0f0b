"""What test cases expect: members of a segment, labels of a segmentation, values of a trait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from typing import Literal as OneOf

from segrules.diagnostics import Diagnostic, did_you_mean
from segrules.language.types import Kind, Type
from segrules.project.contract_types import Value, fitted, untyped
from segrules.project.declarations import unfit_finding
from segrules.project.leaves import Unfit
from segrules.project.model import Project, Rules
from segrules.project.plain import Entries, Items, Key, Plain, is_null, span_of, text_of
from segrules.project.yaml_nodes import plain_value
from segrules.project.yaml_source import Scalar
from segrules.source import Fragment, Span

ExpectedKind = OneOf["members", "labels", "values"]
Findings = list[Diagnostic]


@dataclass(frozen=True, slots=True)
class Expected:
    """What a case expects of one name.

    value: for members the keys, in the order written; else by key the label (a tuple of labels under `hit: any`)
    or the trait's value, None for none. places: where each of these stands, and the span of the whole.
    """

    name: str
    kind: ExpectedKind
    value: tuple[Value, ...] | Mapping[Value, Value]
    entity: str
    span: Span = field(compare=False, repr=False)
    places: Mapping[Value, Span] = field(default_factory=dict, compare=False, repr=False)
    whole: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Expectable:
    """What can be expected: a segment or stage, a segmentation with its labels, a trait with its type.

    `key` is the type of the entity's key; types are None where they are not known.
    """

    entity: str
    kind: ExpectedKind
    key: Type | None
    type: Type | None = None
    labels: tuple[str, ...] = ()
    is_list: bool = False


def expectables(project: Project, rules: Mapping[str, Rules]) -> dict[str, tuple[Expectable, ...]]:
    """By name, one for each entity that has it; a segment stands before a trait of its name."""
    keys = {
        entity.name: next((column.type for column in entity.columns if column.name == entity.key), None)
        for entity in project.entities
    }
    found: dict[str, dict[str, Expectable]] = {}

    def add(name: str, what: Expectable) -> None:
        found.setdefault(name, {}).setdefault(what.entity, what)

    for segment in project.segments:
        add(segment.name, Expectable(segment.entity, "members", keys.get(segment.entity)))
    for item in project.segmentations:
        key = keys.get(item.entity)
        add(item.name, Expectable(item.entity, "labels", key, labels=item.labels, is_list=item.hit == "any"))
        for label in item.labels:
            add(f"{item.name}.{label}", Expectable(item.entity, "members", key))
    for trait in project.traits:
        own = rules[trait.entity].traits if trait.entity in rules else {}
        type = own[trait.name].type if trait.name in own else None
        type = None if type is not None and type.kind in (Kind.UNKNOWN, Kind.DURATION) else type
        add(trait.name, Expectable(trait.entity, "values", keys.get(trait.entity), type))
    return {name: tuple(by_entity.values()) for name, by_entity in found.items()}


def expected(
    name: Key,
    node: Plain,
    project: Project,
    known: Mapping[str, tuple[Expectable, ...]],
    given: Mapping[str, object],
    findings: Findings,
) -> Expected | None:
    """What a case expects of a name, or None with a finding."""
    what = _find(name, project, known, given, findings)
    if what is None:
        return None
    try:
        value: Any = (_members if what.kind == "members" else _by_key)(name, node, what, project.timezone)
    except Unfit as unfit:
        span = node.span if node.span.text.strip() else name.span
        findings.append(unfit_finding(unfit, name, span))
        return None
    parts = node if isinstance(node, Items) else node.values() if isinstance(node, Entries) else ()
    places = dict(zip(value, map(span_of, parts), strict=False))
    return Expected(str(name), what.kind, value, what.entity, name.span, places, span_of(node))


def _find(
    name: Key,
    project: Project,
    known: Mapping[str, tuple[Expectable, ...]],
    given: Mapping[str, object],
    findings: Findings,
) -> Expectable | None:
    found = known.get(name, ())
    if len(found) > 1:
        found = tuple(what for what in found if what.entity in given) or found
    if len(found) == 1:
        return found[0]
    if found:
        entities = " and ".join(f"`{what.entity}`" for what in found)
        message = f"{entities} both have `{name}`, and rows of both are given"
        help = "give rows of one entity, and expect the other's in a case of its own"
        findings.append(Diagnostic("invalid-test", message, name.span, help))
    elif name.split(".")[0] not in {item.name.split(".")[0] for item in project.broken}:
        message = f"`{name}` is not a segment, segmentation or trait"
        findings.append(Diagnostic("unknown-segment", message, name.span, did_you_mean(name, known)))
    return None


def _members(name: Key, node: Plain, what: Expectable, zone: str) -> tuple[Value, ...]:
    if not isinstance(node, Items):
        shown = "nothing" if is_null(node) else "a mapping" if isinstance(node, Entries) else "one value"
        message = f"`{name}` is a segment, whose members are a list of keys, not {shown}"
        raise Unfit(message, code="invalid-test", help=f"`{name}: [1, 2]`, or `{name}: []` for nobody")
    keys: dict[Value, None] = {}
    for item in node:
        key = _fitted(item, what.key, zone)
        if key is None or isinstance(key, tuple):
            raise Unfit(f"a member of `{name}` is a key", code="invalid-test", span=span_of(item))
        if key in keys:
            message = f"`{item.span.text}` is written twice: a member is one once"
            raise Unfit(message, code="invalid-test", span=span_of(item))
        keys[key] = None
    return tuple(keys)


def _by_key(name: Key, node: Plain, what: Expectable, zone: str) -> dict[Value, Value]:
    if not isinstance(node, Entries):
        if what.kind == "labels":
            label = what.labels[0] if what.labels else "stage"
            message = f"`{name}` is a segmentation, which has a stage for each key"
            help = f"`{name}: {{1: {label}}}`; for the members of a stage, `{name}.{label}: [1]`"
        else:
            message = f"`{name}` is a trait, which has a value for each key"
            help = f"`{name}: {{1: 5}}`"
        raise Unfit(message, code="invalid-test", help=help)
    found: dict[Value, Value] = {}
    for key, item in node.items():
        value = _label(item, what) if what.kind == "labels" else _fitted(item, what.type, zone)
        found[_key(key, what.key, zone)] = value
    return found


def _fitted(node: Plain, type: Type | None, zone: str) -> Value:
    return untyped(node) if type is None else fitted(node, type, zone)


def _key(key: Key, type: Type | None, zone: str) -> Value:
    """The key of a mapping as a value of the entity's key."""
    plain = key.span.text[:1] not in ("'", '"')
    try:
        value = plain_value(str(key)) if plain else str(key)
    except ValueError:
        value = str(key)
    return _fitted(Scalar(value, Fragment(str(key), key.span, ()), plain), type, zone)


def _label(node: Plain, what: Expectable) -> Value:
    """A stage, all of a row's stages in their order, or None."""
    if is_null(node) or (what.is_list and isinstance(node, Items) and not node):
        return None
    if not what.is_list:
        return _known_label(node, what)
    if not isinstance(node, Items):
        raise Unfit("under `hit: any` a row has a list of stages", help="write it in `[` and `]`", span=span_of(node))
    chosen = {_known_label(item, what) for item in node}
    return tuple(label for label in what.labels if label in chosen)


def _known_label(node: Plain, what: Expectable) -> str:
    text = text_of(node) if isinstance(node, Scalar) else ""
    if text not in what.labels:
        shown = f"`{text}`" if text else "this"
        help = did_you_mean(text, what.labels) or f"the stages are {', '.join(f'`{label}`' for label in what.labels)}"
        raise Unfit(f"{shown} is not a stage of `{{key}}`", code="unknown-constant", help=help, span=span_of(node))
    return text
