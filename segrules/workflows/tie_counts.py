"""How many more rows than asked for are in a top, because equal values at its end are all in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from segrules.diagnostics import Diagnostic
from segrules.engines.engine import Engine
from segrules.language.core import And, Expression, IsMissing, Not, Population, Reference
from segrules.language.trees import may_be_missing, walk
from segrules.planning.dependencies import definitions
from segrules.planning.nodes import Plan
from segrules.project.model import Rules
from segrules.sql import DIALECTS, counts
from segrules.sql.queries import ScanQuery


@dataclass(frozen=True, slots=True)
class Top:
    """An `in_top` or `in_bottom` of some rule: which rows are in, which ones count, and the group of each."""

    node: Population
    is_in: Reference
    counts: Reference
    by: Reference | None

    @property
    def wanted(self) -> tuple[Reference, ...]:
        return (self.is_in, self.counts, *(() if self.by is None else (self.by,)))


def with_tops(rules: Rules, wanted: Sequence[Reference]) -> tuple[Rules, tuple[Top, ...]]:
    """The rules with traits that say who is in each top that decides something wanted, and who could be."""
    traits = dict(rules.traits)
    expressions = definitions(rules, [(node.to, node.name) for node in wanted]).values()
    found = dict.fromkeys(node for expression in expressions for node in walk(expression))

    def trait(name: str, value: Expression) -> Reference:
        traits[name] = value
        return Reference("trait", name, value.type, may_be_missing(value))

    tops: list[Top] = []
    for node in found:
        if isinstance(node, Population) and node.function == "in_top":
            name = f"top {len(tops)}"  # two words, so that no trait of a rule's has this name unquoted
            known = (Not(IsMissing(node.value)), *(() if node.where is None else (node.where,)))
            by = None if node.by is None else trait(f"{name} by", node.by)
            tops.append(Top(node, trait(name, node), trait(f"{name} counts", And(known)), by))
    return replace(rules, traits=traits), tuple(tops)


def tied_tops(engine: Engine, made: Plan, scan: ScanQuery, tops: Sequence[Top], entity: str) -> Iterator[Diagnostic]:
    """A warning for each top with more than twice as many rows as asked for."""
    columns = {output.wanted: output.column for output in made.outputs}
    for top in tops:
        share, by = top.node.argument, None if top.by is None else columns[top.by]
        assert share is not None
        dialect = DIALECTS[engine.dialect]
        query = counts.ties_query(made, dialect, scan, columns[top.is_in], columns[top.counts], by, share)
        rows = engine.run(query)
        for group, members, asked, groups in rows[:1]:
            yield _finding(top, entity, group, members, asked, groups)


def _finding(top: Top, entity: str, group: object, members: int, asked: int, groups: int) -> Diagnostic:
    span = top.node.span
    written = span.words if span else top.node.function
    where = "" if top.node.by is None else " where it is missing" if group is None else f" of `{group}`"
    also = "" if groups == 1 else f" (and so in {groups - 1:,} more group{'s' if groups > 2 else ''})"
    were = "1 was" if asked == 1 else f"{asked:,} were"
    message = (
        f"`{written}` takes in {members:,} {entity} rows{where}{also}; {were} asked for, and equal values stay together"
    )
    help = "`ntile` parts equal values; so does a second value that is added to the first: `spend + orders / 1000`"
    return Diagnostic("many-ties", message, span, help)
