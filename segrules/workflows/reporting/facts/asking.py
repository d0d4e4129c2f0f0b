"""What a report asks of each row of an entity, besides in which segments it is: as traits that no rule can name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from segrules.language.check_aggregates import sum_type
from segrules.language.check_time import day
from segrules.language.core import (
    Aggregate,
    Call,
    Clock,
    Column,
    Compare,
    Duration,
    Expression,
    Literal,
    Population,
    Reference,
)
from segrules.language.trees import may_be_missing
from segrules.language.types import DATE, DURATION, INTEGER, TIMESTAMP, Kind
from segrules.project import model
from segrules.project.model import Entity, Lookup, Relation, Rules
from segrules.workflows.explaining.rule_tree import rule_trees
from segrules.workflows.reporting.facts.shown_values import shown_values
from segrules.workflows.reporting.facts.telling_keys import tells_key
from segrules.workflows.running import all_references

DAYS_OF_WORTH = 365
FIFTHS = 5
_SHOWN = 6  # values of a member in a sample

Ask = Callable[[Expression], Reference]


@dataclass(frozen=True, slots=True)
class Item:
    """A column or trait in which members may differ from others. values: the only ones that its contract allows."""

    name: str
    wanted: Reference
    values: tuple[object, ...] | None = None


@dataclass(frozen=True, slots=True)
class Activity:
    """How recently, in days, and how often a row was active, and its scores from 1 to 5; missing where it never was.

    relation: by whose rows that is known. counted: what frequency counts, in a word.
    """

    relation: str
    counted: str
    recency: Reference
    frequency: Reference
    recency_score: Reference
    frequency_score: Reference


@dataclass(frozen=True, slots=True)
class Money:
    """What a row brought in within the days of worth: sums, and how many orders that were."""

    spend: Reference
    orders: Reference
    margin: Reference | None


@dataclass(frozen=True, slots=True)
class Asked:
    """The rules with everything that is asked for. segments: with stages, in the order of the files.

    samples: by segment the values that its rule looks at, under the words of its author, without the entity's keys.
    """

    rules: Rules
    segments: tuple[Reference, ...]
    profile: tuple[Item, ...]
    money: Money | None
    activity: Activity | None
    samples: Mapping[str, tuple[tuple[str, Reference], ...]]

    @property
    def wanted(self) -> tuple[Reference, ...]:
        """Everything but the segments."""
        found = [item.wanted for item in self.profile]
        if self.money is not None:
            found += [self.money.spend, self.money.orders, *([self.money.margin] if self.money.margin else [])]
        if (own := self.activity) is not None:
            found += [own.recency, own.frequency, own.recency_score, own.frequency_score]
        found += [value for values in self.samples.values() for _, value in values]
        return tuple(dict.fromkeys(found))


def asked_of(rules: Rules) -> Asked:
    """What is asked of the rows of an entity."""
    segments = tuple(item for item in all_references(rules) if item.to == "segment")
    own = tuple(item for item in segments if item.name in rules.segments)
    trees = rule_trees(rules, own)
    traits = dict(trees.rules.traits)
    known: dict[Expression, Reference] = {}

    def ask(node: Expression) -> Reference:
        if isinstance(node, Reference) and not node.path:
            return node
        if node not in known:
            name = f"fact {len(known)}"  # two words, as no trait of a rule has
            traits[name] = node
            known[node] = Reference("trait", name, node.type, may_be_missing(node))
        return known[node]

    return Asked(
        replace(rules, traits=traits, carry={}),
        segments,
        tuple(_profile(rules, ask)),
        _money(rules, ask),
        _activity(rules, ask),
        {tree.name: tuple(shown_values(tree, rules, ask))[:_SHOWN] for tree in trees.trees},
    )


# what members may differ in


def _profile(rules: Rules, ask: Ask) -> Iterator[Item]:
    for path, column in _columns(rules.entity):
        node = Column(rules.entity.name, path, column.name, column.type, bool(path) or not column.never_missing)
        if _has_profile(node):
            yield Item(".".join((*path, column.name)), ask(node), column.values)
    for name, rule in rules.traits.items():
        if _has_profile(rule) and not tells_key(rule, rules):
            yield Item(name, Reference("trait", name, rule.type, may_be_missing(rule)))


def _has_profile(node: Expression) -> bool:
    return node.type.kind in (Kind.INTEGER, Kind.DECIMAL, Kind.NUMBER, Kind.TEXT, Kind.BOOLEAN)


def _columns(owner: Entity | Lookup, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], model.Column]]:
    """The columns of an entity and of what it looks up, but for those that only say which row it is."""
    joining = {own for lookup in owner.lookups for own, _ in lookup.on}
    joining |= {other for _, other in owner.on} if isinstance(owner, Lookup) else {owner.key}
    yield from ((path, column) for column in owner.columns if column.name not in joining)
    for lookup in owner.lookups:
        if lookup.entity is None:
            yield from _columns(lookup, (*path, lookup.name))


# what they are worth, and how active they are


def _money(rules: Rules, ask: Ask) -> Money | None:
    value = rules.value
    if value is None:
        return None
    relation = rules.relations[value.relation]
    recent = _since(relation, DAYS_OF_WORTH)
    orders = _fold("count", relation, None, recent)
    if value.order is not None:
        orders = _fold("count_distinct", relation, value.order, recent)
    spend = _fold("sum", relation, value.spend, recent)
    margin = None if value.margin is None else ask(_fold("sum", relation, value.margin, recent))
    return Money(ask(spend), ask(orders), margin)


def active_relation(rules: Rules) -> Relation | None:
    """The relation whose rows say that somebody is active: the one with `value`, else the only stored one with a time.

    None where no relation, or more than one, is that.
    """
    if rules.value is not None:
        return rules.relations[rules.value.relation]
    timed = [item for item in rules.relations.values() if item.source is not None and item.time is not None]
    return timed[0] if len(timed) == 1 else None


def _activity(rules: Rules, ask: Ask) -> Activity | None:
    relation = active_relation(rules)
    if relation is None:
        return None
    order = None if rules.value is None else rules.value.order
    often = _fold("count", relation, None) if order is None else _fold("count_distinct", relation, order)
    last = _fold("max", relation, time_of(relation))
    days = ask(Call("days_between", (day(last), Clock("today")), INTEGER))
    times = ask(often)
    known = Compare(">", times, Literal(0, INTEGER))
    return Activity(
        relation.name,
        relation.name if order is None else "orders",
        days,
        times,
        ask(_fifth(days, None, from_top=True)),
        ask(_fifth(times, known, from_top=False)),
    )


def _fifth(value: Reference, where: Expression | None, *, from_top: bool) -> Expression:
    return Population(
        "quantile_bin", value, where, None, Literal(FIFTHS, INTEGER), from_top, is_overall=False, type=INTEGER
    )


def _fold(function: str, relation: Relation, value: Expression | None, window: Expression | None = None) -> Expression:
    type = INTEGER
    if value is not None and function in ("sum", "max"):
        type = sum_type(value.type) if function == "sum" else value.type
    return Aggregate(function, relation.name, value, None, window, type, relation.name)


def time_of(relation: Relation) -> Column:
    """When a row of a relation that has a time happened."""
    column = next(column for column in relation.columns if column.name == relation.time)
    return Column(relation.name, (), column.name, column.type, may_be_missing=False)


def _since(relation: Relation, days: int) -> Expression:
    """Whether a row is of so many days before now."""
    start = Call("shift", (Clock("now"), Literal(Duration(-days, "day"), DURATION)), TIMESTAMP)
    time = time_of(relation)
    is_day = time.type.kind is Kind.DATE
    return Compare(">=", time, Call("first_day_from", (start,), DATE) if is_day else start)
