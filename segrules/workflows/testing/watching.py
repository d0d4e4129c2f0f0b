"""Watching tests run: which outcomes of which atoms they have seen, computed in the statements that the tests need.

A test sees the rules that what it expects rests on, on the rows that it says something of: where it expects values by
key, those keys, else every row that it gives. A rule that no expectation rests on is not seen by rows that lie about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal as OneOf
from typing import NamedTuple

from segrules.engines.engine import Engine, EngineError
from segrules.language.core import Expression, Reference
from segrules.language.types import BOOLEAN
from segrules.planning.time import AsOf
from segrules.project.model import Project, Rules
from segrules.source import Span
from segrules.workflows.testing.atoms import BITS, Atom, atoms, atoms_of_rows, reads_nothing
from segrules.workflows.testing.case_runs import Computed, compute
from segrules.workflows.testing.given_rows import GivenRows
from segrules.workflows.testing.rests_on import Found, Thing, rests_on


class Name(NamedTuple):
    """What a project defines, under its entity: a stage is called `lifecycle.churned`."""

    entity: str
    kind: OneOf["segment", "stage", "trait", "relation", "suppression"]
    name: str


@dataclass(frozen=True, slots=True)
class Watched:
    """A rule, where its name stands, and its atoms. member: who matches it, None where that is the same for all."""

    name: Name
    span: Span
    member: Reference | None
    atoms: tuple[Atom, ...]


Place = tuple[Name, int]
"""A rule's atom by its place from 1; at 0 whether the rule itself is matched."""

Seen = dict[Place, int]
"""What was seen, as BITS."""

Asked = Sequence[tuple[str, Reference, frozenset[object] | None]]
"""What a test asks: an entity's thing, of some keys or (None) of all rows."""


@dataclass(frozen=True, slots=True)
class Watch:
    """The rules of a project, as `written` in its files, and what tests have seen of them until now."""

    project: Project
    written: Mapping[str, Rules]
    rules: Mapping[Name, Watched]
    seen: Seen


def watch(project: Project, rules: Mapping[str, Rules]) -> Watch:
    """All rules of a project with what there is to see in them, in the order of the files; nothing seen yet."""
    found: dict[Name, Watched] = {}
    for rule in _watched(project, rules):
        found.setdefault(rule.name, rule)
    return Watch(project, rules, found, {})


def compute_watched(
    engine: Engine,
    project: Project,
    rules: Mapping[str, Rules],
    wanted: Mapping[str, Sequence[Reference]],
    cases: Sequence[GivenRows],
    moment: AsOf,
    watch: Watch | None,
    asked: Sequence[Asked],
) -> list[Computed]:
    """`compute`, and what it lets tests see; `asked` is what each of the cases asks.

    A case for which the engine cannot compute some atom, as a number that only `and` keeps rows from, is computed
    without atoms and sees nothing.
    """
    if watch is None:
        return compute(engine, project, rules, wanted, cases, moment)
    found: Found = {}
    views = [_view(watch, rules, each, found) for each in asked]
    richer, more, probes = _with_probes(watch, rules, {name for view in views for name in view})
    both = {
        entity: tuple(dict.fromkeys((*wanted.get(entity, ()), *more.get(entity, ())))) for entity in {**wanted, **more}
    }
    try:
        computed = compute(engine, project, richer, both, cases, moment)
    except EngineError:
        if len(cases) == 1:
            return compute(engine, project, rules, wanted, cases, moment)
        each = zip(cases, asked, strict=True)
        return [compute_watched(engine, project, rules, wanted, [case], moment, watch, [own])[0] for case, own in each]
    for view, values in zip(views, computed, strict=True):
        for name, keys in view.items():
            for place, asked_of in enumerate(probes[name]):
                came, *missing = [values.of(name.entity, node) for node in asked_of] or [{}]
                bits = watch.seen.get((name, place), 0)
                for key in came if keys is None else keys & came.keys():
                    bits |= BITS["missing"] if any(gap[key] for gap in missing) else _bits(came[key])
                watch.seen[name, place] = bits
    return computed


def _bits(value: object) -> int:
    match value:
        case bool():
            return BITS["true"] if value else BITS["false"]
        case int():
            return value
        case _:
            return 0


# what there is to see


def _watched(project: Project, rules: Mapping[str, Rules]) -> Iterator[Watched]:
    for entity, own in rules.items():
        elsewhere = [item for item in project.suppressions if item.entity == entity]
        for relation in project.relations_of(entity):
            if relation.name in own.derived and relation.span is not None:
                yield Watched(Name(entity, "relation", relation.name), relation.span, None, _making(own, relation.name))
        for trait in project.traits:
            if trait.entity == entity and trait.name in own.traits and trait.span is not None:
                found = tuple(atoms(own.traits[trait.name]))
                yield Watched(Name(entity, "trait", trait.name), trait.span, None, found)
        for segment in project.segments:
            if segment.entity == entity and segment.name in own.segments and segment.span is not None:
                rule = own.segments[segment.name]
                found = tuple(atoms(rule))
                for item in elsewhere:
                    everywhere = tuple(atom for atom in found if _is_inside(atom.span, item.rule.span))
                    found = tuple(atom for atom in found if not _is_inside(atom.span, item.rule.span))
                    if everywhere and item.span is not None:
                        yield Watched(Name(entity, "suppression", "suppress"), item.span, None, everywhere)
                yield _rule(Name(entity, "segment", segment.name), segment.span, rule, found)
        for segmentation in project.segmentations:
            labelling = own.segmentations.get(segmentation.name) if segmentation.entity == entity else None
            for stage, (_, rule) in zip(segmentation.stages, labelling.stages if labelling else (), strict=False):
                if stage.span is not None:
                    name = Name(entity, "stage", f"{segmentation.name}.{stage.label}")
                    yield _rule(name, stage.span, rule, tuple(atoms(rule)))


def _rule(name: Name, span: Span, rule: Expression, found: tuple[Atom, ...]) -> Watched:
    return Watched(name, span, None if reads_nothing(rule) else Reference("segment", name.name, BOOLEAN), found)


def _making(rules: Rules, relation: str) -> tuple[Atom, ...]:
    """The atoms in how a derived relation is made from the rows of its base, without those in columns of a rollup."""
    made = rules.derived[relation]
    kept = () if made.where is None else tuple(atoms_of_rows(made.where, made.base))
    columns = [part for _, part in (*made.by, *(() if made.by else made.columns))]
    return (*kept, *(atom for part in columns for atom in atoms_of_rows(part, made.base, made.where)))


def _is_inside(span: Span, other: Span) -> bool:
    return span.file is other.file and other.start <= span.start and span.end <= other.end


# what a test sees


def _view(watch: Watch, rules: Mapping[str, Rules], asked: Asked, found: Found) -> dict[Name, frozenset[object] | None]:
    """The rules that a test sees, each with the keys on whose rows it sees them, None for all."""
    view: dict[Name, frozenset[object] | None] = {}
    for entity, reference, keys in asked:
        for thing in rests_on(rules, Thing(entity, reference.to, reference.name), found):
            here = keys if thing.entity == entity else None
            for name in _names(watch, rules, thing):
                before = view.get(name, frozenset())
                view[name] = None if here is None or before is None else before | here
    return view


def _names(watch: Watch, rules: Mapping[str, Rules], thing: Thing) -> Iterator[Name]:
    """The watched rules that a thing is decided by; none where an example gives its value instead."""
    entity, kind, name = thing
    own, written = rules[entity], watch.written[entity]
    found: list[Name] = []
    match kind:
        case "segmentation":
            found = [Name(entity, "stage", f"{name}.{label}") for label, _ in own.segmentations[name].stages]
        case "segment" if name in own.segments and own.segments[name] is written.segments[name]:
            found = [Name(entity, "segment", name), Name(entity, "suppression", "suppress")]
        case "trait" if own.traits[name] is written.traits.get(name):
            found = [Name(entity, "trait", name)]
        case "relation":
            found = [Name(entity, "relation", name)]
    yield from (one for one in found if one in watch.rules)


def _with_probes(
    watch: Watch, rules: Mapping[str, Rules], names: Iterable[Name]
) -> tuple[dict[str, Rules], dict[str, list[Reference]], dict[Name, list[list[Reference]]]]:
    """The rules with a trait per different probe and gap, what to ask of each entity, and of each rule by place."""
    traits = {entity: dict(own.traits) for entity, own in rules.items()}
    known: dict[tuple[str, Expression], Reference] = {}
    wanted: dict[str, list[Reference]] = {}
    probes: dict[Name, list[list[Reference]]] = {}

    def asked(entity: str, part: Expression) -> Reference:
        if isinstance(part, Reference) and not part.path:
            return part
        if (entity, part) not in known:
            name = f"coverage {len(traits[entity])}"  # two words, so that no trait of a rule's has this name unquoted
            traits[entity][name] = part
            known[entity, part] = Reference("trait", name, part.type, True)
        return known[entity, part]

    for name in names:
        rule = watch.rules[name]
        parts = [[asked(name.entity, part) for part in (atom.probe, *atom.gaps)] for atom in rule.atoms]
        probes[name] = [[] if rule.member is None else [rule.member], *parts]
        wanted.setdefault(name.entity, []).extend(node for part in probes[name] for node in part)
    return {entity: replace(own, traits=traits[entity]) for entity, own in rules.items()}, wanted, probes
