"""A project as rules see it: entities, relations, traits, segments. Plain frozen data; no YAML, no pydantic.

`Project` is what the files say, expressions still text. `Rules` is one entity's resolved rule set.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, get_args
from typing import Literal as OneOf

from segrules.diagnostics import Severity
from segrules.language.core import Duration, Expression, Literal
from segrules.language.types import Type
from segrules.language.value_lists import ValueList
from segrules.project.engine_choice import EngineChoice
from segrules.project.upkeep import Approval, History, Ignore, Limit
from segrules.source import Fragment, Span


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the contract. `values`, `least`, `most` bound what may be stored; `never_missing` forbids gaps."""

    name: str
    type: Type
    values: tuple[bool | int | Decimal | str | date | datetime, ...] | None = None
    least: int | Decimal | date | datetime | None = None
    most: int | Decimal | date | datetime | None = None
    never_missing: bool = False
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Format:
    """How a CSV file is written. `dates` is a strptime pattern for dates, or for timestamps where it has a time."""

    delimiter: str = ","
    encoding: str = "utf-8"
    decimal: str = "."
    dates: str | None = None
    missing: tuple[str, ...] = ("",)


@dataclass(frozen=True, slots=True)
class Source:
    """Where rows are stored: a path or glob relative to the project, or a table of an engine."""

    path: str | None
    table: str | None = None
    format: Format = Format()
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Lookup:
    """A to-one join. `on` pairs a column of the row with the column of the source it equals."""

    name: str
    source: Source | None
    on: tuple[tuple[str, str], ...]
    columns: tuple[Column, ...] = ()
    lookups: tuple[Lookup, ...] = ()
    valid: tuple[str, str] | None = None
    entity: str | None = None
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Entity:
    """What is segmented. `from_relation`: its rows are the distinct keys of that relation, its only column the key."""

    name: str
    key: str
    source: Source | None = None
    from_relation: str | None = None
    columns: tuple[Column, ...] = ()
    lookups: tuple[Lookup, ...] = ()
    time: str | None = None
    valid: tuple[str, str] | None = None
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Making:
    """How a derived relation is made, as written: what its rows pass, what they are rolled up by, columns added."""

    where: Fragment | None
    by: tuple[Fragment, ...]
    columns: tuple[tuple[str, Fragment], ...]


@dataclass(frozen=True, slots=True)
class RowValue:
    """What a relation's rows are worth, as written. order: the column that tells one order from another."""

    spend: Fragment
    margin: Fragment | None = None
    order: str | None = None
    span: Span | None = field(default=None, compare=False, repr=False)
    order_span: Span | None = field(default=None, compare=False, repr=False)

    @property
    def rules(self) -> tuple[Fragment, ...]:
        return (self.spend,) if self.margin is None else (self.spend, self.margin)


@dataclass(frozen=True, slots=True)
class Relation:
    """Rows of an entity row, many to one. A derived relation has `from_relation`, `making` and no source."""

    name: str
    entity: str
    key: str
    source: Source | None = None
    columns: tuple[Column, ...] = ()
    lookups: tuple[Lookup, ...] = ()
    time: str | None = None
    order: str | None = None
    fresh: Duration | None = None
    from_relation: str | None = None
    making: Making | None = None
    value: RowValue | None = None
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Tree:
    """The rule of a segment: one expression (`when`), or all, any or none of several."""

    kind: OneOf["when", "all", "any", "none"]
    when: Fragment | None = None
    items: tuple[Tree, ...] = ()
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Trait:
    name: str
    entity: str
    rule: Fragment
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Range:
    """Bounds, each inclusive unless `over` or `under` is set; None is open."""

    least: Decimal | None = None
    most: Decimal | None = None
    over: bool = False
    under: bool = False


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a segment's size (rows) and share (0 to 1) must be; `text` is as written, for messages."""

    measure: OneOf["size", "share"]
    range: Range
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Example:
    """A row of trait and column values that the segment must take in, or leave out.

    `written`: the values as the file has them, for the time when rules tell their types; `keys`: where names stand.
    """

    expected: bool
    values: Mapping[str, Any]
    spans: Mapping[str, Span]
    span: Span
    written: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    keys: Mapping[str, Span] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys of the entity that stand beside a rule: as the file has them until their type is known, or in a list."""

    written: tuple[Any, ...]
    file: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Suppression:
    """A rule that takes rows out of every segment of an entity."""

    entity: str
    rule: Fragment
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Segment:
    """A named set of entity rows. `about`: label, description, owner, tags, persona, channel, message, meta.

    The rows are those of the rule and of `include`, without those of `exclude` and those that `suppress` takes out;
    without those of the entity's suppression, too, unless it `is_exempt`. cost: of addressing one member.
    """

    name: str
    entity: str
    rule: Tree
    about: Mapping[str, Any] = field(default_factory=dict)
    expect: tuple[Expectation, ...] = ()
    examples: tuple[Example, ...] = ()
    include: Keys | None = None
    exclude: Keys | None = None
    suppress: Fragment | None = None
    is_exempt: bool = False
    cost: Decimal | None = None
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Stage:
    label: str
    rule: Fragment
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Segmentation:
    """One label per entity row: the first stage that matches, the only one, or (`any`) all of them."""

    name: str
    entity: str
    hit: OneOf["first", "unique", "any"]
    stages: tuple[Stage, ...]
    otherwise: str | None = None
    about: Mapping[str, Any] = field(default_factory=dict)
    span: Span | None = field(default=None, compare=False, repr=False)
    otherwise_span: Span | None = field(default=None, compare=False, repr=False)

    @property
    def labels(self) -> tuple[str, ...]:
        """Every label a row can carry, stages in order and then `otherwise`."""
        own = tuple(stage.label for stage in self.stages)
        return own if self.otherwise is None or self.otherwise in own else (*own, self.otherwise)


@dataclass(frozen=True, slots=True)
class CarriedName:
    """A column or trait of `carry`, as written."""

    name: str
    entity: str
    span: Span


Claim = OneOf["disjoint", "inside", "covers", "equal"]
CLAIMS: tuple[Claim, ...] = get_args(Claim)


@dataclass(frozen=True, slots=True)
class Asserted:
    """A segment, stage (`lifecycle.churned`) or, in `covers`, a segmentation that an assertion names."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Assertion:
    """What the rules of an entity are to keep true, an entry of `prove`; `because` is for people.

    disjoint: no row is in two of them. inside: every row of one is in the next. covers: every row is in one, or gets a
    stage. equal: all have the same rows.
    """

    claim: Claim
    entity: str
    names: tuple[Asserted, ...]
    because: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Broken:
    """A name that has a definition with findings: what refers to it is not to blame. A stage is `lifecycle.churned`.

    A file that could not be read may define anything: its name is its path, it is of every entity.
    """

    kind: OneOf["param", "trait", "segment", "segmentation", "stage", "file"]
    name: str
    entity: str | None


@dataclass(frozen=True, slots=True)
class Project:
    """Everything the files say. Names are unique per kind (and per entity, for traits, segments, segmentations).

    levels: how findings are taken, None for one that is off; ignores: where they are not wanted.
    """

    name: str
    as_of: date | datetime | None
    timezone: str
    entities: tuple[Entity, ...]
    relations: tuple[Relation, ...]
    params: Mapping[str, Literal]
    traits: tuple[Trait, ...]
    segments: tuple[Segment, ...]
    segmentations: tuple[Segmentation, ...]
    carry: tuple[CarriedName, ...]
    broken: tuple[Broken, ...] = ()
    lists: Mapping[str, ValueList] = field(default_factory=dict)
    suppressions: tuple[Suppression, ...] = ()
    fiscal_year_starts: int = 1
    levels: Mapping[str, Severity | None] = field(default_factory=dict)
    ignores: tuple[Ignore, ...] = ()
    limits: tuple[Limit, ...] = ()
    approvals: tuple[Approval, ...] = ()
    assertions: tuple[Assertion, ...] = ()
    history: History | None = None
    engine: EngineChoice | None = None
    param_spans: Mapping[str, Span] = field(default_factory=dict, compare=False, repr=False)

    def entity(self, name: str) -> Entity:
        return next(entity for entity in self.entities if entity.name == name)

    def stored(self, relation: str) -> Relation:
        """The stored relation that a relation is, or is made from in the end."""
        found = next(item for item in self.relations if item.name == relation)
        return found if found.from_relation is None else self.stored(found.from_relation)

    def relations_of(self, entity: str) -> tuple[Relation, ...]:
        return tuple(relation for relation in self.relations if relation.entity == entity)


@dataclass(frozen=True, slots=True)
class Labelling:
    """A resolved segmentation: predicates with their labels, in order."""

    hit: OneOf["first", "unique", "any"]
    stages: tuple[tuple[str, Expression], ...]
    otherwise: str | None


@dataclass(frozen=True, slots=True)
class Derivation:
    """How a derived relation is made from its base: the rows for which `where` holds, with `columns` added.

    With `by` it is a rollup: one row per key and value of `by`, `columns` being made of aggregates over the base.
    Columns of the base have its name as their row's label; those of `by`, in a rollup's columns, the relation's own.
    """

    base: str
    where: Expression | None
    by: tuple[tuple[str, Expression], ...]
    columns: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True, slots=True)
class Valued:
    """What a row of a relation is worth, resolved. Without `order` each row is an order."""

    relation: str
    spend: Expression
    margin: Expression | None = None
    order: Expression | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """One entity's rules, resolved: names in dictionaries stand in the order of the files.

    `carry` maps the written name to its expression (a Column or a Reference to a trait). derived: how relations
    without a source are made. entities: the rules of every entity of the project, this one among them. value: what
    rows of the one relation that has a `value` are worth.
    """

    entity: Entity
    relations: Mapping[str, Relation]
    traits: Mapping[str, Expression]
    segments: Mapping[str, Expression]
    segmentations: Mapping[str, Labelling]
    carry: Mapping[str, Expression]
    derived: Mapping[str, Derivation] = field(default_factory=dict)
    entities: Mapping[str, Rules] = field(default_factory=dict, compare=False, repr=False)
    value: Valued | None = None
