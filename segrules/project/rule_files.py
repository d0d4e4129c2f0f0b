"""segments/*.yml as traits, segments, segmentations and params of the project's entities."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from typing import Literal as OneOf

from segrules.diagnostics import Diagnostic
from segrules.language.core import Literal
from segrules.project.assertions import assertions
from segrules.project.contract_types import untyped
from segrules.project.declarations import check_name, unfit_finding, unknown
from segrules.project.document_errors import first_line
from segrules.project.documents import (
    ExamplesDocument,
    ExpectDocument,
    SegmentationDocument,
    SegmentDocument,
    SegmentsDocument,
    TreeDocument,
)
from segrules.project.leaves import Unfit
from segrules.project.model import (
    Assertion,
    Broken,
    CarriedName,
    Example,
    Expectation,
    Segment,
    Segmentation,
    Stage,
    Trait,
    Tree,
)
from segrules.project.names import name_finding
from segrules.project.plain import Key, Plain, is_null, text_of
from segrules.project.yaml_source import Mapping as YamlMapping
from segrules.project.yaml_source import Node
from segrules.source import Span

Findings = list[Diagnostic]


@dataclass(slots=True)
class RuleFiles:
    """What all rule files define together, in the order of the files."""

    params: dict[str, Literal] = field(default_factory=dict)
    traits: list[Trait] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    segmentations: list[Segmentation] = field(default_factory=list)
    carry: list[CarriedName] = field(default_factory=list)
    assertions: list[Assertion] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    param_spans: dict[str, Span] = field(default_factory=dict)


def add_file(
    rules: RuleFiles, node: Node, document: SegmentsDocument, entities: Sequence[str], findings: Findings
) -> None:
    """Adds what a file says; `node` is the file as written, before anything wrong was taken out of it."""
    for name, literal in document.params.items():
        _add_param(rules, name, literal, findings)
    entity = _entity(document, entities, findings)
    if entity is None:
        rules.broken.append(Broken("file", document.span.file.path, None))
        return
    for name, fragment in document.traits.items():
        check_name(name, "trait", findings)
        rules.traits.append(Trait(name, entity, fragment, name.span))
    for name, segment in document.segments.items():
        check_name(name, "segment", findings)
        rules.segments.append(_segment(name, entity, segment, findings))
    for name, segmentation in document.segmentations.items():
        check_name(name, "segmentation", findings)
        rules.segmentations.append(_segmentation(name, entity, segmentation, findings))
    rules.carry += [CarriedName(word.value, entity, word.span) for word in document.carry]
    rules.assertions += assertions(document.prove, entity, findings)
    rules.broken += _broken(node, document, entity)


def _add_param(rules: RuleFiles, name: Key, literal: Literal, findings: Findings) -> None:
    check_name(name, "param", findings)
    if name in rules.params:
        findings.append(duplicate(name, "param", name.span, rules.param_spans[name]))
    else:
        rules.params[name] = literal
        rules.param_spans[name] = name.span


def duplicate(name: str, kind: str, span: Span | None, first: Span | None) -> Diagnostic:
    """That a name is taken, and where."""
    help = None
    if first is not None:
        help = f"the first one is in {first.file.path}:{first.file.position(first.start)[0]}"
    return Diagnostic("duplicate-name", f"there is a {kind} `{name}` already", span, help)


def _entity(document: SegmentsDocument, entities: Sequence[str], findings: Findings) -> str | None:
    if document.entity is not None:
        if document.entity.value in entities:
            return document.entity.value
        known = {Key(name, document.entity.span): None for name in entities}
        findings.append(unknown("entity", document.entity, known))
    elif len(entities) == 1:
        return entities[0]
    elif entities:
        choices = " or ".join(f"`entity: {name}`" for name in entities)
        message = "the file needs `entity`: whose rules these are"
        findings.append(Diagnostic("missing-key", message, first_line(document.span), choices))
    return None


def _segment(name: Key, entity: str, item: SegmentDocument, findings: Findings) -> Segment:
    return Segment(
        name,
        entity,
        _tree(item),
        item.about(),
        _expectations(item.expect, findings),
        tuple(_examples(item.examples, findings)),
        item.include,
        item.exclude,
        None if isinstance(item.suppress, bool) else item.suppress,
        item.suppress is False,
        item.cost,
        name.span,
    )


def _tree(item: TreeDocument) -> Tree:
    if item.when is not None:
        return Tree("when", item.when, span=item.when.span)
    kinds: tuple[OneOf["all", "any", "none"], ...] = ("all", "any", "none")
    for kind in kinds:
        items: list[TreeDocument] | None = getattr(item, kind)
        if items is not None:
            return Tree(kind, items=tuple(_tree(part) for part in items), span=item.key_span(kind))
    raise AssertionError("a document of a tree has one rule")


def _expectations(item: ExpectDocument | None, findings: Findings) -> tuple[Expectation, ...]:
    found = []
    if item and item.share:
        range, text, span = item.share
        if any(bound is not None and bound > 1 for bound in (range.least, range.most)):
            help = (
                f"shares of a whole are written with `%`: `{text.replace('..', '%..')}%`" if "%" not in text else None
            )
            findings.append(Diagnostic("wrong-value", "a share is at most 100%", span, help))
        found.append(Expectation("share", range, text, span))
    if item and item.size:
        range, text, span = item.size
        if "%" in text:
            findings.append(Diagnostic("wrong-value", "a size is a number of rows", span, "did you mean `share`?"))
        found.append(Expectation("size", range, text, span))
    return tuple(found)


def _examples(item: ExamplesDocument | None, findings: Findings) -> Iterator[Example]:
    """The rows of `in` and `out`, their values as YAML takes them until rules tell their types."""
    if item is None:
        return
    for expected, rows in ((True, item.takes_in), (False, item.leaves_out)):
        for row in rows:
            spans = {str(key): value.span if not is_null(value) else key.span for key, value in row.items()}
            values = {str(key): _raw(key, value, findings) for key, value in row.items()}
            first, last = next(iter(row), None), list(spans.values())
            span = first.span.to(last[-1]) if first else item.span
            keys = {str(key): key.span for key in row}
            yield Example(expected, values, spans, span, {str(key): value for key, value in row.items()}, keys)


def _raw(key: Key, node: Plain, findings: Findings) -> object:
    try:
        return untyped(node)
    except Unfit as unfit:
        findings.append(unfit_finding(unfit, key, node.span))
        return None


def _segmentation(name: Key, entity: str, item: SegmentationDocument, findings: Findings) -> Segmentation:
    labels: dict[str, tuple[str, Span]] = {}
    otherwise = item.otherwise
    if not item.stages:
        message = f"`{name}` has no stages"
        findings.append(Diagnostic("empty-list", message, item.key_span("stages")))
    for label in item.stages:
        check_name(label, "stage", findings)
        if (other := labels.setdefault(label.casefold(), (label, label.span)))[0] != label:
            findings.append(_same_but_for_case(label, other[0], "stages", label.span))
    if otherwise is not None:
        if finding := name_finding(otherwise.value, "stage", otherwise.span):
            findings.append(finding)
        same = labels.get(otherwise.value.casefold(), (otherwise.value, otherwise.span))[0]
        if same != otherwise.value:
            findings.append(_same_but_for_case(otherwise.value, same, "stages", otherwise.span))
    return Segmentation(
        name,
        entity,
        item.hit,
        tuple(Stage(str(label), fragment, label.span) for label, fragment in item.stages.items()),
        otherwise.value if otherwise else None,
        item.about(),
        name.span,
        otherwise.span if otherwise else None,
    )


def _same_but_for_case(name: str, other: str, kinds: str, span: Span | None) -> Diagnostic:
    message = f"`{name}` and `{other}` differ only in case, which files and engines do not keep apart"
    return Diagnostic("duplicate-name", message, span, f"give one of the two {kinds} another name")


_KINDS = {"params": "param", "traits": "trait", "segments": "segment", "segmentations": "segmentation"}


def _broken(node: Node, document: SegmentsDocument, entity: str) -> Iterator[Broken]:
    """The names that the file defines and its document does not."""
    for key, kind in _KINDS.items():
        kept: Mapping[str, object] = getattr(document, key)
        for name in _keys(node, key):
            if name not in kept:
                yield Broken(kind, name, entity)  # type: ignore[arg-type]
    written = node.get("segmentations") if isinstance(node, YamlMapping) else None
    for name in _keys(node, "segmentations"):
        one = written.get(name) if isinstance(written, YamlMapping) else None
        segmentation = document.segmentations.get(name)  # type: ignore[call-overload]
        for label in _keys(one, "stages"):
            if segmentation is None or label not in segmentation.stages:
                yield Broken("stage", f"{name}.{label}", entity)


def _keys(node: Node | None, name: str) -> tuple[str, ...]:
    inside = node.get(name) if isinstance(node, YamlMapping) else None
    return tuple(text_of(key) for key, _ in inside.entries) if isinstance(inside, YamlMapping) else ()


def without_duplicates(rules: RuleFiles, findings: Findings) -> None:
    """Leaves the first of several traits, segments or segmentations of one entity with the same name."""
    rules.traits = list(_first(rules.traits, "trait", findings))
    rules.segments = list(_first(rules.segments, "segment", findings))
    rules.segmentations = list(_first(rules.segmentations, "segmentation", findings))


def _first(items: Iterable[Any], kind: str, findings: Findings) -> Iterator[Any]:
    seen: dict[tuple[str, str], Span | None] = {}
    for item in items:
        place = (item.entity, item.name)
        if place in seen:
            findings.append(duplicate(item.name, kind, item.span, seen[place]))
        else:
            seen[place] = item.span
            yield item
