"""The values that one entity row has of traits, segments and segmentations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from segrules.diagnostics import Diagnostic, has_errors
from segrules.language.core import Literal, Population, Reference
from segrules.language.trees import walk
from segrules.planning import plan
from segrules.planning.dependencies import definitions
from segrules.planning.one_key import of_one_key
from segrules.project.model import Rules
from segrules.sql import generate
from segrules.workflows.contract import check_contract
from segrules.workflows.explaining.values import known_value
from segrules.workflows.running import Run


def row_values(
    run: Run, rules: Rules, wanted: Sequence[Reference], key: Literal
) -> dict[Reference, Any] | tuple[Diagnostic, ...]:
    """The value of each wanted thing, or what is wrong with data that have several rows with the key.

    Ranks read all rows: what rests on one is asked for apart, so that nothing else is computed for all.
    """
    found: dict[Reference, Any] = {}
    for part in _by_reach(rules, wanted):
        made = of_one_key(plan(rules, part, run.as_of), key)
        rows = run.engine.run(generate(made, run.tables, run.as_of.zone, run.engine.dialect))
        if len(rows) != 1:
            return _not_one(run, rules, len(rows))
        found |= values_of(part, rows[0][1:], run.as_of.zone)
    return found


def values_of(wanted: Sequence[Reference], row: Sequence[Any], zone: str) -> dict[Reference, Any]:
    """The values of a row of an engine as rules know them."""
    return {node: known_value(value, node.type, zone) for node, value in zip(wanted, row, strict=True)}


def _by_reach(rules: Rules, wanted: Sequence[Reference]) -> Iterator[tuple[Reference, ...]]:
    """What looks at one row alone, and what looks at all rows; neither where there is none."""
    ranked: dict[tuple[str, str], bool] = {}
    for key, expression in definitions(rules, [(node.to, node.name) for node in wanted]).items():
        ranked[key] = any(
            isinstance(part, Population) or (isinstance(part, Reference) and ranked.get((part.to, part.name), False))
            for part in walk(expression)
        )
    for is_ranked in (False, True):
        part = tuple(node for node in wanted if ranked[node.to, node.name] is is_ranked)
        if part:
            yield part


def _not_one(run: Run, rules: Rules, rows: int) -> tuple[Diagnostic, ...]:
    """What the contract says of data in which a row is there several times."""
    _, findings = check_contract(run.engine, run.project, run.tables, run.as_of.now, run.as_of.zone)
    if has_errors(findings):
        return findings
    message = f"{rows} rows of `{rules.entity.name}` have this key"
    return (*findings, Diagnostic("duplicate-entity-key", message, rules.entity.span))
