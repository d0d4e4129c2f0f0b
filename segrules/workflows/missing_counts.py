"""How many rows a negative test brings in only because a value is missing: the number in its warning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from segrules.diagnostics import Diagnostic
from segrules.language.check_warnings import negative_tests
from segrules.language.core import (
    And,
    Column,
    Expression,
    IsMissing,
    Or,
    Reference,
)
from segrules.language.trees import walk
from segrules.language.types import BOOLEAN
from segrules.project.model import Rules
from segrules.source import Span


@dataclass(frozen=True, slots=True)
class MissingCount:
    """A trait that holds for members of a segment in whose rule the value of the test at `span` is missing."""

    span: Span
    wanted: Reference


def with_missing_counts(
    rules: Rules, wanted: Sequence[Reference], findings: Sequence[Diagnostic]
) -> tuple[Rules, tuple[MissingCount, ...]]:
    """The rules with such a trait for each warning about a wanted segment's test of the entity's own values."""
    warned = {finding.span for finding in findings if finding.code == "negative-on-missing"}
    traits = dict(rules.traits)
    counts = []
    for segment in (node for node in wanted if node.name in rules.segments and warned):
        for span, values in negative_tests(rules.segments[segment.name]).items():
            if span is None or span not in warned or not _is_own(values, rules.entity.name):
                continue
            name = f"missing {len(traits)}"  # two words, so that no trait of a rule's has this name unquoted
            traits[name] = And((segment, Or(tuple(map(IsMissing, values)))))
            counts.append(MissingCount(span, Reference("trait", name, BOOLEAN)))
    return replace(rules, traits=traits), tuple(counts)


def _is_own(values: Sequence[Expression], entity: str) -> bool:
    columns = (part for value in values for part in walk(value) if isinstance(part, Column))
    return all(column.row == entity for column in columns)


def counted_findings(findings: Sequence[Diagnostic], brought: Mapping[Span, int], rows: str) -> tuple[Diagnostic, ...]:
    """The findings, those about missing values with the number of rows (of so many) that they bring in."""
    return tuple(
        replace(finding, message=f"{finding.message}, which brings in {brought[finding.span]:,} of {rows}")
        if finding.code == "negative-on-missing" and finding.span is not None and finding.span in brought
        else finding
        for finding in findings
    )
