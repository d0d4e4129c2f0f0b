"""What a report is made of. Every part that is not known, for want of data or of recorded runs, is None or empty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from typing import Literal as OneOf

from segrules.diagnostics import Diagnostic
from segrules.language.core import Expression
from segrules.planning.renaming import Thing
from segrules.project.model import Segment, Segmentation
from segrules.source import Fragment
from segrules.workflows.explaining.funnels import Step

Moment = date | datetime


@dataclass(frozen=True, slots=True)
class Point:
    """A segment, or a stage, at one recorded run. Who came and went since the run before it, None at the first run.

    share: 0 to 1, of the entity's rows. entered and left: because customers changed; the others because the rule did.
    """

    as_of: Moment
    members: int
    share: float
    entered: int | None = None
    left: int | None = None
    entered_by_rule: int | None = None
    left_by_rule: int | None = None


@dataclass(frozen=True, slots=True)
class Stays:
    """How long members stay. days: how many since they entered, of those members whose entry was recorded; the median.

    known: how many members that is; the others were in from the first recorded run on. turnover: those who came or
    went since a year before (or the first run), as a share of the mean size at the runs since then.
    """

    days: float | None
    known: int
    turnover: float | None
    since: Moment | None


@dataclass(frozen=True, slots=True)
class Worth:
    """What members are worth in a period that ends at the as-of; `value:` of a relation says how that is counted.

    spend, margin: sums over all members, in the unit of the data. cost: of the segment's `cost:`, of all members.
    return_on_cost: (margin, or spend where no margin is declared, less cost) / cost.
    """

    members: int
    spend: Decimal | None
    orders: int | None
    margin: Decimal | None = None
    cost: Decimal | None = None

    @property
    def average_order(self) -> Decimal | None:
        return self.spend / self.orders if self.orders and self.spend is not None else None

    @property
    def spend_per_member(self) -> Decimal | None:
        return self.spend / self.members if self.members and self.spend is not None else None

    @property
    def return_on_cost(self) -> Decimal | None:
        gain = self.spend if self.margin is None else self.margin
        return None if gain is None or not self.cost else (gain - self.cost) / self.cost


@dataclass(frozen=True, slots=True)
class Difference:
    """How members differ from everyone in one column or trait.

    kind `number`: ours and everyones are means of the known values; `value`: shares (0 to 1) of the rows that have
    the value `value`, of those where something is known; a Boolean has the value True. effect: the difference in
    standard deviations of everyone's values (of a share p, sqrt(p (1 - p))): what differences are ranked by.
    """

    name: str
    kind: OneOf["number", "value"]
    value: Any
    ours: float
    everyones: float
    effect: float


@dataclass(frozen=True, slots=True)
class Curves:
    """What became of the members of one recorded run, the cohort, in steps of `days` days.

    active: the share of the cohort with a row of the relation in each step; again: with one in that step or an earlier
    one; stayed: the share that was in the segment at the last recorded run up to the end of the step. Step 0 begins
    where the cohort's run ends. Steps that were not over at the as-of are left out.
    """

    cohort: Moment
    members: int
    relation: str
    days: int
    active: tuple[float, ...]
    again: tuple[float, ...]
    stayed: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class TestCase:
    """A test case that expects something of a segment, stage or trait."""

    __test__ = False

    name: str
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class SegmentReport:
    """A segment. `rule` is what it means, None where it cannot be resolved; `definition` is what its file says.

    tests: the cases that say who is in it. uses, used_by: traits, segments, stages and segmentations, the nearest only;
    uses has the sources that the rule itself looks into, too. sample: values of what the rule looks at, of a few
    members, by their names; with the key only where asked for.
    """

    entity: str
    name: str
    definition: Segment
    rule: Expression | None
    members: int | None = None
    rows: int | None = None
    points: tuple[Point, ...] = ()
    stays: Stays | None = None
    funnel: Step | None = None
    worth: Worth | None = None
    profile: tuple[Difference, ...] = ()
    curves: Curves | None = None
    tests: tuple[TestCase, ...] = ()
    uses: tuple[Thing, ...] = ()
    used_by: tuple[Thing, ...] = ()
    sample: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class StageReport:
    """A stage of a segmentation, or (rule None) its `otherwise`."""

    label: str
    rule: Expression | None
    text: str | None
    members: int | None = None
    points: tuple[Point, ...] = ()
    stays: Stays | None = None
    worth: Worth | None = None
    profile: tuple[Difference, ...] = ()
    curves: Curves | None = None


@dataclass(frozen=True, slots=True)
class Moves:
    """How many rows carried each stage at one recorded run and each at a later one.

    The label None stands for no stage, and for rows that were not there yet or are not there any more.
    """

    segmentation: str
    start: Moment
    end: Moment
    labels: tuple[str | None, ...]
    counts: Mapping[tuple[str | None, str | None], int]


@dataclass(frozen=True, slots=True)
class SegmentationReport:
    """A segmentation. moves: between an earlier recorded run and the last one, None where a row has several stages."""

    entity: str
    name: str
    definition: Segmentation
    stages: tuple[StageReport, ...]
    rows: int | None = None
    moves: Moves | None = None
    tests: tuple[TestCase, ...] = ()
    uses: tuple[Thing, ...] = ()
    used_by: tuple[Thing, ...] = ()


@dataclass(frozen=True, slots=True)
class TraitReport:
    """A trait: its rule as written, the cases that say its value, and what it uses and is used by."""

    name: str
    rule: Expression | None
    written: Fragment
    tests: tuple[TestCase, ...] = ()
    uses: tuple[Thing, ...] = ()
    used_by: tuple[Thing, ...] = ()

    @property
    def text(self) -> str:
        return self.written.text


@dataclass(frozen=True, slots=True)
class Source:
    """Where values come from: the table of an entity, a relation or a lookup (`orders.product`).

    stored: the path or table where its rows are; None for a derived relation and for an entity made from one, which
    have `uses`.
    """

    thing: Thing
    stored: str | None
    uses: tuple[Thing, ...] = ()
    used_by: tuple[Thing, ...] = ()


@dataclass(frozen=True, slots=True)
class Overlap:
    """How many rows each two of the things have in common: `both[i][j]`, where `both[i][i]` is the size of one."""

    names: tuple[str, ...]
    both: tuple[tuple[int, ...], ...]

    def jaccard(self, one: int, other: int) -> float:
        """|A and B| / |A or B|, 0 where both are empty (Jaccard 1912)."""
        union = self.both[one][one] + self.both[other][other] - self.both[one][other]
        return self.both[one][other] / union if union else 0.0


@dataclass(frozen=True, slots=True)
class Together:
    """How many rows are in exactly these segments (names; none of the others of the list it stands in)."""

    names: tuple[str, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Rows by recency and frequency, in fifths at quantiles: 5 is the most recent and the most often.

    `rows[r - 1][f - 1]` rows have recency score r and frequency score f; `spend` is their mean spend, None where that
    is not declared or nobody is there. recency and frequency: the bounds of each fifth, from score 1, in days and in
    what `counted` says: rows of the relation, or orders where `order` tells these apart.
    """

    relation: str
    counted: str
    rows: tuple[tuple[int, ...], ...]
    spend: tuple[tuple[Decimal | None, ...], ...]
    recency: tuple[tuple[int, int] | None, ...]
    frequency: tuple[tuple[int, int] | None, ...]


@dataclass(frozen=True, slots=True)
class EntityReport:
    """One entity. together: the most frequent exact combinations of the largest segments, which are together_of.

    points: how many rows the entity had at each recorded run, as a Point of share 1.
    """

    entity: str
    rows: int | None
    segments: tuple[SegmentReport, ...]
    segmentations: tuple[SegmentationReport, ...]
    traits: tuple[TraitReport, ...] = ()
    sources: tuple[Source, ...] = ()
    points: tuple[Point, ...] = ()
    overlap: Overlap | None = None
    together: tuple[Together, ...] = ()
    together_of: tuple[str, ...] = ()
    heat_map: HeatMap | None = None
    worth: Worth | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A project as of one moment. runs: the moments of the recorded runs that it looks at, in order.

    languages: those that labels are written in, the report's own first. missing: what is not shown and how to get it,
    sentences. has_keys: whether samples show keys. rules_before: of what the last recorded run had by another rule
    than the run before, the words of that. notes: how far numbers can be believed, sentences.
    """

    project: str
    as_of: Moment
    version: str
    languages: tuple[str, ...]
    entities: tuple[EntityReport, ...]
    runs: tuple[Moment, ...] = ()
    findings: tuple[Diagnostic, ...] = ()
    missing: tuple[str, ...] = ()
    has_keys: bool = False
    worth_days: int = 365
    rules_before: Mapping[Thing, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    meta: Mapping[str, Any] = field(default_factory=dict)
