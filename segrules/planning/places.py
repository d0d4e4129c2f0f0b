"""Where the parts of an expression are: from what rules name to the columns of a plan that hold it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from segrules.language.aggregates import AGGREGATES
from segrules.language.core import (
    Aggregate,
    Clock,
    Column,
    Expression,
    Literal,
    Past,
    Population,
    Previous,
    Reference,
)
from segrules.language.trees import may_be_missing, with_children
from segrules.language.types import BOOLEAN
from segrules.planning.dependencies import Key
from segrules.planning.nodes import Order, Rows
from segrules.planning.tables import Place
from segrules.project.model import Relation

Known = dict[Expression | Key, Column]
"""From parts of expressions to the plan's column that holds their value; named things by their Key."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Rows, the columns that hold their key, and where everything known of them is."""

    rows: Rows
    keys: tuple[str, ...]
    known: Known


@dataclass(frozen=True, slots=True)
class Related:
    """A relation's rows: where their columns are, the columns of the entity's key, those that rows stand by."""

    relation: Relation
    rows: Rows
    place: Place
    keys: tuple[str, ...]
    order: tuple[Order, ...]

    @property
    def time(self) -> Column | None:
        """The plan's column that has the time of each row, where the order is known."""
        if self.relation.time is None or not self.order:
            return None
        return Column("", (), self.order[0].column, self.order[0].type, False)


RelatedRows = Callable[[str, Placed], Related]
"""From a relation's name, and the entity's rows that derived ones may borrow from, to its rows."""


def plan_column(name: str, node: Expression) -> Column:
    """The plan's column of that name, which holds the value of the node."""
    return Column("", (), name, node.type, may_be_missing(node))


def key_of(part: Expression) -> Expression | Key:
    """What a part is called in `Known`: a thing of the entity itself by its Key."""
    return (part.to, part.name) if isinstance(part, Reference) and not part.path else part


def find(part: Expression, known: Known) -> Column:
    return known[key_of(part)]


def place_columns(node: Expression, known: Known) -> Expression:
    """The expression with every known part replaced by the plan's column that holds it."""
    match node:
        case Column() | Reference() | Previous() | Aggregate() | Population() | Past():
            return find(node, known)
        case Clock():
            raise TypeError(f"no place for {node!r}")
        case _:
            return with_children(node, lambda part: place_columns(part, known))


def of_none(node: Aggregate) -> Literal | None:
    """The aggregate of no rows; None where that is missing."""
    match AGGREGATES[node.function].of_none:
        case "zero":
            return Literal(0, node.type)
        case "false" | "true" as said:
            return Literal(said == "true", BOOLEAN)
        case "missing":
            return None


def place_aggregate(node: Aggregate, known: Known) -> Aggregate:
    """The aggregate with its parts so placed."""
    placed = with_children(node, lambda part: place_columns(part, known))
    assert isinstance(placed, Aggregate)
    return placed
