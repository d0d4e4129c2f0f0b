"""A project's rules as typed core trees: parsed, put in the order of their references, checked.

The order is one over all entities, since a rule of one may use what another defines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from segrules.diagnostics import Diagnostic, did_you_mean
from segrules.language import check, core, syntax, trees
from segrules.language.check_things import thing_at, trait_of
from segrules.language.check_warnings import missing_warnings, threshold_warnings
from segrules.language.scope import Row, Scope, ScopeTrait
from segrules.language.types import INTEGER, UNKNOWN, Kind
from segrules.project.assertions import assertion_findings
from segrules.project.circles import circle_findings
from segrules.project.contract_checks import filled_findings
from segrules.project.definitions import Definition, Parsed, Place, parsed_definitions, references_of
from segrules.project.derivations import Derived, check_derived, made_of_itself
from segrules.project.examples import example_findings
from segrules.project.exceptions import with_exceptions
from segrules.project.model import (
    CarriedName,
    Column,
    Entity,
    Labelling,
    Project,
    Relation,
    Rules,
    Segment,
    Segmentation,
    Suppression,
    Trait,
    Tree,
)
from segrules.project.name_checks import name_findings
from segrules.project.ordering import ordered
from segrules.project.scopes import broken_names, scopes_of
from segrules.project.suppressions import with_suppressions
from segrules.project.values import value_of

Findings = list[Diagnostic]
Traits = dict[str, dict[str, ScopeTrait]]
"""By entity and name the traits that rules may use, filled in the order of definitions."""

Checked = core.Expression | Labelling | Derived

_ZERO = core.Literal(0, INTEGER)
_NAMES = ("unknown-name", "unknown-segment", "unknown-param")


DEEPEST = 100  # names that rest on names; each is a query around the one before


def resolve(project: Project) -> tuple[dict[str, Rules], tuple[Diagnostic, ...]]:
    """The rules of each entity by its name, and all findings. Rules with an error are left out."""
    findings: Findings = [
        *name_findings(project),
        *filled_findings(project),
        *assertion_findings(project),
    ]  # columns may have come from data since load
    entities = {entity.name: _with_key(project, entity) for entity in project.entities}
    parsed = parsed_definitions(project, findings)
    traits = {name: _unchecked_traits(project, name, parsed) for name in entities}
    rows: dict[str, dict[str, Row]] = {name: {} for name in entities}
    scopes = scopes_of(project, tuple(entities.values()), traits, rows)
    checked = _check_all(project.timezone, parsed, scopes, traits, rows, findings)
    rules: dict[str, Rules] = {}
    for name, entity in entities.items():
        findings += example_findings(project, entity, scopes[name])
        rules[name] = _in_file_order(project, entity, checked, parsed, scopes[name], rules, findings)
    if any(item.kind == "file" for item in project.broken):
        findings = [finding for finding in findings if finding.code not in _NAMES]
    return rules, tuple(findings)


def _with_key(project: Project, entity: Entity) -> Entity:
    """An entity made from a relation with its key as its only column, of the type that the relation's key has now."""
    if entity.from_relation is None:
        return entity
    base = project.stored(entity.from_relation)
    types = [column.type for column in base.columns if column.name == base.key]
    key = Column(entity.key, types[0] if types else UNKNOWN, never_missing=True, span=entity.span)
    return replace(entity, columns=(key,))


def _unchecked_traits(project: Project, entity: str, places: Iterable[Place]) -> dict[str, ScopeTrait]:
    names = [place.name for place in places if (place.kind, place.entity) == ("trait", entity)]
    return {name: ScopeTrait(UNKNOWN, True) for name in (*broken_names(project, entity)["trait"], *names)}


def _check_all(
    zone: str,
    parsed: Mapping[Place, Parsed],
    scopes: Mapping[str, Scope],
    traits: Traits,
    rows: Mapping[str, dict[str, Row]],
    findings: Findings,
) -> dict[Place, Checked]:
    """What each definition means, those with a finding left out: checked behind what it refers to."""
    own = {place: references_of(item, scopes[place.entity], parsed) for place, item in parsed.items()}
    references = with_suppressions(own, parsed)
    order, groups = ordered(references)
    circular = {place for group in groups for place in group}
    findings += circle_findings(groups, references, parsed)
    checked: dict[Place, Checked] = {}
    depth: dict[Place, int] = {}
    for place in order:
        depth[place] = 1 + max((depth.get(item, 0) for item in references[place]), default=0)
        scope = scopes[place.entity]
        if isinstance(relation := parsed[place].definition, Relation):
            made = check_derived(relation, parsed[place], scope, findings)
            rows[place.entity][place.name] = made.row if isinstance(made, Derived) else made
            if isinstance(made, Derived) and place not in circular:
                checked[place] = made
            continue
        result = _check(parsed[place], scope, findings)
        if isinstance(definition := parsed[place].definition, Segment) and result is not None:
            everywhere = (checked.get(item) for item in references[place] if item.kind == "suppression")
            result = _with_exceptions(result, definition, everywhere, parsed[place], scope, zone, findings)
        if result is None or place in circular:
            continue
        if depth[place] > DEEPEST:
            findings += _too_deep(place, parsed[place].definition, depth[place])
            continue
        checked[place] = result
        if place.kind == "trait" and not isinstance(result, Labelling):
            outline = _outline(result, scope)
            traits[place.entity][place.name] = ScopeTrait(result.type, trees.may_be_missing(result), outline)
    return checked


def _with_exceptions(
    rule: core.Expression | Labelling,
    segment: Segment,
    everywhere: Iterable[Checked | None],
    parsed: Parsed,
    scope: Scope,
    zone: str,
    findings: Findings,
) -> core.Expression:
    """A segment's rule with what stands beside it, and what takes rows out of every segment."""
    own = None if segment.suppress is None else _checked(parsed.syntax_of(segment.suppress), scope, findings)
    tests = tuple(test for test in (own, *everywhere) if test is not None and not isinstance(test, Labelling | Derived))
    assert not isinstance(rule, Labelling)
    return with_exceptions(rule, segment, tests, scope, zone, findings)


def _too_deep(place: Place, definition: Definition, depth: int) -> Iterator[Diagnostic]:
    """One finding for a chain of names, where it passes the limit."""
    if depth == DEEPEST + 1:
        message = f"`{place.name}` rests on more than {DEEPEST} names, each on the one before"
        yield Diagnostic("too-deep", message, definition.span, "say it with fewer steps in between")


def _outline(node: core.Expression, scope: Scope) -> core.Expression | None:
    """What other rules have to know of a trait: the column or aggregate behind it, or None.

    It holds no reference to another trait, so that whoever looks into it never follows a chain of thousands.
    """
    if isinstance(node, core.Call) and not _is_inexact(node, scope):
        return None
    while isinstance(node, core.Call):
        inexact = [part for part in node.arguments if _is_inexact(part, scope)]
        if not inexact:  # the function itself makes it so, as `distance_km` does
            return None
        node = inexact[0]
    if isinstance(node, core.Reference) and node.to == "trait":
        return trait_of(node, scope)
    return node


def _is_inexact(node: core.Expression, scope: Scope) -> bool:
    """Whether a threshold on a value would be a warning."""
    return node.type.kind is Kind.NUMBER and bool(threshold_warnings(core.Compare(">", node, _ZERO), scope))


def _in_file_order(
    project: Project,
    entity: Entity,
    checked: Mapping[Place, Checked],
    places: Iterable[Place],
    scope: Scope,
    entities: Mapping[str, Rules],
    findings: Findings,
) -> Rules:
    """The rules of one entity; `entities` is where its caller puts those of all."""
    relations = project.relations_of(entity.name)
    own = [
        (place.kind, place.name, checked[place]) for place in places if place.entity == entity.name and place in checked
    ]
    derived = {name: item for _, name, item in own if isinstance(item, Derived)}
    findings += made_of_itself(entity, derived)
    values = [(kind, name, item) for kind, name, item in own if not isinstance(item, Labelling | Derived)]
    carried = ((item, _carried(item, entity, scope, findings)) for item in project.carry if item.entity == entity.name)
    return Rules(
        entity,
        {item.name: _with_lookups(derived[item.name], project) if item.name in derived else item for item in relations},
        {name: item for kind, name, item in values if kind == "trait"},
        {name: item for kind, name, item in values if kind == "segment"},
        {name: item for _, name, item in own if isinstance(item, Labelling)},
        {item.name: expression for item, expression in carried if expression is not None},
        {name: item.derivation for name, item in derived.items()},
        entities,
        value_of(relations, scope, findings),
    )


def _with_lookups(derived: Derived, project: Project) -> Relation:
    """A derived relation with the lookups of its base, which a rollup has none of."""
    relation, by_name = derived.relation, {item.name: item for item in project.relations}
    base = relation
    while base.making is not None and not base.making.by:
        base = by_name[base.from_relation or ""]
    return replace(relation, lookups=base.lookups)


def _check(parsed: Parsed, scope: Scope, findings: Findings) -> core.Expression | Labelling | None:
    match parsed.definition:
        case Relation():
            raise AssertionError("derived relations are checked by themselves")
        case Suppression(rule=rule):
            return _checked(parsed.syntax_of(rule), scope, findings)
        case Trait(rule=rule):
            return _writable(_checked(parsed.syntax_of(rule), scope, findings, predicate=False), findings)
        case Segment(rule=tree):
            node = _tree(tree, parsed, scope, findings)
            if node is not None:
                findings += missing_warnings(node)
            return node
        case Segmentation() as item:
            stages = [(stage.label, _checked(parsed.syntax_of(stage.rule), scope, findings)) for stage in item.stages]
            known = tuple((label, rule) for label, rule in stages if rule is not None)
            return Labelling(item.hit, known, item.otherwise) if len(known) == len(stages) else None


def _writable(node: core.Expression | None, findings: list[Diagnostic]) -> core.Expression | None:
    """A trait's value, or None with a finding where no output could hold it."""
    if node is None or node.type.kind is not Kind.VERSION:
        return node
    message = "a version is there to be compared, and a trait has a value that can be written"
    help = "compare where it is needed, `version(app) >= '2.10'`, and name the test"
    findings.append(Diagnostic("wrong-type", message, node.span, help))
    return None


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


def _tree(tree: Tree, parsed: Parsed, scope: Scope, findings: Findings) -> core.Expression | None:
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
    parts = [syntax.Identifier(part, False, span=item.span) for part in item.name.split(".")]
    found: Findings = []
    thing = thing_at(parts, scope.entity, entity.name, item.span, found)
    if thing is not None and not found:
        return thing
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
