"""A project's rules as typed core trees: parsed, put in the order of their references, checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal as OneOf

from segrules.diagnostics import Diagnostic, did_you_mean
from segrules.language import check, core, parse, syntax, trees
from segrules.language.check_warnings import missing_warnings, threshold_warnings
from segrules.language.names_used import names_used
from segrules.language.scope import Scope, ScopeTrait
from segrules.language.types import INTEGER, UNKNOWN, Kind
from segrules.project.contract_checks import filled_findings
from segrules.project.examples import example_findings
from segrules.project.model import (
    CarriedName,
    Column,
    Entity,
    Labelling,
    Project,
    Rules,
    Segment,
    Segmentation,
    Trait,
    Tree,
)
from segrules.project.name_checks import name_findings
from segrules.project.ordering import circle_from, ordered
from segrules.project.scopes import broken_names, scope_of
from segrules.source import Fragment

Findings = list[Diagnostic]
Place = tuple[OneOf["trait", "segment", "segmentation"], str]
Definition = Trait | Segment | Segmentation

_ZERO = core.Literal(0, INTEGER)
MOST_CIRCLES = 100
MOST_STEPS = 12
_NAMES = ("unknown-name", "unknown-segment", "unknown-param")


DEEPEST = 100  # names that rest on names; each is a query around the one before


@dataclass(frozen=True, slots=True)
class _Parsed:
    """A definition with the syntax of each of its rules, None for one that cannot be read."""

    definition: Definition
    rules: Mapping[int, syntax.Expression | None]

    def syntax_of(self, rule: Fragment) -> syntax.Expression | None:
        return self.rules[id(rule)]


def resolve(project: Project) -> tuple[dict[str, Rules], tuple[Diagnostic, ...]]:
    """The rules of each entity by its name, and all findings. Rules with an error are left out."""
    findings: Findings = [
        *name_findings(project),
        *filled_findings(project),
    ]  # columns may have come from data since load
    rules = {entity.name: _resolve(project, _with_key(project, entity), findings) for entity in project.entities}
    if any(item.kind == "file" for item in project.broken):
        findings = [finding for finding in findings if finding.code not in _NAMES]
    return rules, tuple(findings)


def _with_key(project: Project, entity: Entity) -> Entity:
    """An entity made from a relation with its key as its only column, of the type that the relation's key has now."""
    if entity.from_relation is None:
        return entity
    base = next(relation for relation in project.relations if relation.name == entity.from_relation)
    types = [column.type for column in base.columns if column.name == base.key]
    key = Column(entity.key, types[0] if types else UNKNOWN, never_missing=True, span=entity.span)
    return replace(entity, columns=(key,))


def _resolve(project: Project, entity: Entity, findings: Findings) -> Rules:
    parsed = {place: _parse(item, findings) for place, item in _definitions(project, entity)}
    references = {place: _references(item, entity) for place, item in parsed.items()}
    order, groups = ordered(references)
    circular = {place for group in groups for place in group}
    _report_circles(groups, references, parsed, findings)
    broken = broken_names(project, entity.name)
    names = [*broken["trait"], *(name for kind, name in parsed if kind == "trait")]
    traits = {name: ScopeTrait(UNKNOWN, True) for name in names}
    scope = scope_of(project, entity, traits)
    checked: dict[Place, core.Expression | Labelling] = {}
    depth: dict[Place, int] = {}
    for place in order:
        depth[place] = 1 + max((depth.get(item, 0) for item in references[place]), default=0)
        result = _check(parsed[place], scope, findings)
        if result is None or place in circular:
            continue
        if depth[place] > DEEPEST:
            findings += _too_deep(place, parsed[place].definition, depth[place])
            continue
        checked[place] = result
        if place[0] == "trait" and not isinstance(result, Labelling):
            traits[place[1]] = ScopeTrait(result.type, trees.may_be_missing(result), _outline(result, scope))
    findings += example_findings(project, entity, scope)
    return _in_file_order(project, entity, parsed, checked, scope, findings)


def _too_deep(place: Place, definition: Definition, depth: int) -> Iterator[Diagnostic]:
    """One finding for a chain of names, where it passes the limit."""
    if depth == DEEPEST + 1:
        message = f"`{place[1]}` rests on more than {DEEPEST} names, each on the one before"
        yield Diagnostic("too-deep", message, definition.span, "say it with fewer steps in between")


def _outline(node: core.Expression, scope: Scope) -> core.Expression | None:
    """What other rules have to know of a trait: the column or aggregate behind it, or None.

    It holds no reference to another trait, so that whoever looks into it never follows a chain of thousands.
    """
    if isinstance(node, core.Call) and not _is_inexact(node, scope):
        return None
    while isinstance(node, core.Call):
        node = next(part for part in node.arguments if _is_inexact(part, scope))
    if isinstance(node, core.Reference) and node.to == "trait":
        return scope.traits[node.name].expression
    return node


def _is_inexact(node: core.Expression, scope: Scope) -> bool:
    """Whether a threshold on a value would be a warning."""
    return node.type.kind is Kind.NUMBER and bool(threshold_warnings(core.Compare(">", node, _ZERO), scope))


def _in_file_order(
    project: Project,
    entity: Entity,
    places: Iterable[Place],
    checked: Mapping[Place, core.Expression | Labelling],
    scope: Scope,
    findings: Findings,
) -> Rules:
    known = [(kind, name, checked[kind, name]) for kind, name in places if (kind, name) in checked]
    carried = ((item, _carried(item, entity, scope, findings)) for item in project.carry if item.entity == entity.name)
    return Rules(
        entity,
        {relation.name: relation for relation in project.relations_of(entity.name)},
        {name: item for kind, name, item in known if kind == "trait" and not isinstance(item, Labelling)},
        {name: item for kind, name, item in known if kind == "segment" and not isinstance(item, Labelling)},
        {name: item for _, name, item in known if isinstance(item, Labelling)},
        {item.name: expression for item, expression in carried if expression is not None},
    )


def _definitions(project: Project, entity: Entity) -> Iterator[tuple[Place, Definition]]:
    for trait in project.traits:
        if trait.entity == entity.name:
            yield ("trait", trait.name), trait
    for segment in project.segments:
        if segment.entity == entity.name:
            yield ("segment", segment.name), segment
    for segmentation in project.segmentations:
        if segmentation.entity == entity.name:
            yield ("segmentation", segmentation.name), segmentation


def _parse(definition: Definition, findings: Findings) -> _Parsed:
    rules: dict[int, syntax.Expression | None] = {}
    for rule in _rules_of(definition):
        rules[id(rule)], wrong = parse(rule)
        findings += wrong
    return _Parsed(definition, rules)


def _rules_of(definition: Definition) -> Iterator[Fragment]:
    match definition:
        case Trait(rule=rule):
            yield rule
        case Segment(rule=tree):
            yield from _leaves(tree)
        case Segmentation(stages=stages):
            yield from (stage.rule for stage in stages)


def _leaves(tree: Tree) -> Iterator[Fragment]:
    if tree.when is not None:
        yield tree.when
    for item in tree.items:
        yield from _leaves(item)


def _references(parsed: _Parsed, entity: Entity) -> list[Place]:
    """What a definition's words may refer to, in the order of the alphabet."""
    found: set[Place] = set()
    for expression in parsed.rules.values():
        if expression is not None:
            used = names_used(expression, entity.name)
            found |= {("trait", name) for name in used.traits}
            found |= {("segment", name) for name in used.segments}
            found |= {("segmentation", name) for name in used.segmentations}
    return sorted(found)


def _report_circles(
    groups: Iterable[list[Place]],
    references: Mapping[Place, list[Place]],
    parsed: Mapping[Place, _Parsed],
    findings: Findings,
) -> None:
    """A finding at each definition of each circle."""
    reported = 0
    for group in groups:
        members, seen = set(group), set[Place]()
        for place in sorted(group, key=list(parsed).index) if len(group) <= MOST_CIRCLES else group:
            if place in seen or reported >= MOST_CIRCLES:
                continue
            circle = circle_from(place, references, members)
            seen.update(circle)
            for number, step in enumerate(circle[:-1][:MOST_CIRCLES]):
                around = [*circle[number:-1], *circle[: number + 1]]
                findings.append(_circle_finding(step, around, parsed[step].definition))
                reported += 1


def _circle_finding(place: Place, circle: list[Place], definition: Definition) -> Diagnostic:
    names = [f"`{name}`" for _, name in circle]
    if len(names) > MOST_STEPS:
        names = [*names[: MOST_STEPS // 2], "…", *names[-MOST_STEPS // 2 :]]
    message = f"`{place[1]}` refers to itself: {' -> '.join(names)}"
    return Diagnostic("reference-cycle", message, definition.span, "one of them has to do without the next")


def _check(parsed: _Parsed, scope: Scope, findings: Findings) -> core.Expression | Labelling | None:
    match parsed.definition:
        case Trait(rule=rule):
            return _checked(parsed.syntax_of(rule), scope, findings, predicate=False)
        case Segment(rule=tree):
            node = _tree(tree, parsed, scope, findings)
            if node is not None:
                findings += missing_warnings(node)
            return node
        case Segmentation() as item:
            stages = [(stage.label, _checked(parsed.syntax_of(stage.rule), scope, findings)) for stage in item.stages]
            known = tuple((label, rule) for label, rule in stages if rule is not None)
            return Labelling(item.hit, known, item.otherwise) if len(known) == len(stages) else None


def _checked(
    expression: syntax.Expression | None,
    scope: Scope,
    findings: Findings,
    *,
    predicate: bool = True,
    warn_of_missing: bool = True,
) -> core.Expression | None:
    if expression is None:
        return None
    node, wrong = check(expression, scope, predicate=predicate, warn_of_missing=warn_of_missing)
    findings += wrong
    return node


def _tree(tree: Tree, parsed: _Parsed, scope: Scope, findings: Findings) -> core.Expression | None:
    """The test that a tree of rules is; `none` of several is not any of them."""
    if tree.when is not None:
        return _checked(parsed.syntax_of(tree.when), scope, findings, warn_of_missing=False)
    items = [_tree(item, parsed, scope, findings) for item in tree.items]
    known = tuple(item for item in items if item is not None)
    if not known or len(known) < len(items):
        return None
    match tree.kind:
        case "all":
            return core.And(known, tree.span) if len(known) > 1 else known[0]
        case "any":
            return core.Or(known, tree.span) if len(known) > 1 else known[0]
        case _:
            return core.Not(core.Or(known, tree.span) if len(known) > 1 else known[0], tree.span)


def _carried(item: CarriedName, entity: Entity, scope: Scope, findings: Findings) -> core.Expression | None:
    """The column or trait that `carry` names."""
    if (column := scope.entity.columns.get(item.name)) is not None:
        return core.Column(entity.name, (), item.name, column.type, column.may_be_missing, item.span)
    if (trait := scope.traits.get(item.name)) is not None:
        return core.Reference("trait", item.name, trait.type, trait.may_be_missing, span=item.span)
    *path, last = item.name.split(".")
    row = scope.entity
    for step in path:
        row = row.lookups.get(step, scope.entity)
    if path and row is not scope.entity and last in row.columns:
        return core.Column(entity.name, tuple(path), last, row.columns[last].type, True, item.span)
    help = did_you_mean(item.name, [*scope.entity.columns, *scope.traits])
    message = f"`{item.name}` is not a column or trait of `{entity.name}`"
    findings.append(Diagnostic("unknown-name", message, item.span, help))
    return None
