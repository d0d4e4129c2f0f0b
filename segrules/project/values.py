"""`value` of a relation, checked: what its rows are worth, in numbers that reports add up."""

from __future__ import annotations

from collections.abc import Sequence

from segrules.diagnostics import Diagnostic, did_you_mean
from segrules.language import parse
from segrules.language.check_findings import described
from segrules.language.check_names import Place
from segrules.language.checker import check_row
from segrules.language.core import Column, Expression
from segrules.language.scope import Row, Scope
from segrules.project.model import Relation, RowValue, Valued
from segrules.source import Fragment

Findings = list[Diagnostic]


def value_of(relations: Sequence[Relation], scope: Scope, findings: Findings) -> Valued | None:
    """What rows of an entity's only relation with a `value` are worth; None where none has one, or one with a finding.

    `scope` has every relation, the derived ones too.
    """
    own = [(relation, relation.value) for relation in relations if relation.value is not None]
    for relation, value in own[1:]:
        message = f"`{own[0][0].name}` has a `value` already, and the same money is not to count twice"
        help = f"leave `value` of `{relation.name}` or of `{own[0][0].name}` out"
        findings.append(Diagnostic("duplicate-name", message, value.span, help))
    return _valued(*own[0], scope, findings) if len(own) == 1 else None


def _valued(relation: Relation, value: RowValue, scope: Scope, findings: Findings) -> Valued | None:
    row = scope.relations.get(relation.name)
    if row is None:  # what it is made from has a finding
        return None
    before = len(findings)
    if relation.time is None:
        message = f"`value` needs `time`: without it nobody knows which rows of `{relation.name}` are of the last year"
        findings.append(Diagnostic("missing-key", message, value.span))
    spend = _amount(value.spend, row, scope, findings)
    margin = None if value.margin is None else _amount(value.margin, row, scope, findings)
    order = None if value.order is None else _order(value, row, findings)
    return None if len(findings) > before or spend is None else Valued(relation.name, spend, margin, order)


def _amount(rule: Fragment, row: Row, scope: Scope, findings: Findings) -> Expression | None:
    """A number of each row."""
    expression, wrong = parse(rule)
    findings += wrong
    if expression is None:
        return None
    node, wrong = check_row(expression, Place(scope).inside(row), predicate=False)
    findings += wrong
    if node is not None and not node.type.is_numeric:
        message = f"what a row is worth is a number, and `{rule.text.strip()}` is {described(node.type)}"
        findings.append(Diagnostic("wrong-type", message, rule.span))
        return None
    return node


def _order(value: RowValue, row: Row, findings: Findings) -> Expression | None:
    name = value.order or ""
    column = row.columns.get(name)
    if column is None:
        message = f"`order` of `value` is `{name}`, which is not among the columns of `{row.name}`"
        findings.append(Diagnostic("unknown-name", message, value.order_span, did_you_mean(name, row.columns)))
        return None
    return Column(row.name, (), name, column.type, column.may_be_missing, value.order_span)
