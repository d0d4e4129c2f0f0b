"""Which values of a few members a report shows beside the rule of a segment: those that the rule looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from segrules.language.core import Aggregate, Column, Expression, Reference
from segrules.language.trees import may_be_missing, walk
from segrules.language.types import INTEGER, Kind
from segrules.project.model import Rules
from segrules.workflows.explaining.rule_tree import Clause, Operand
from segrules.workflows.reporting.facts.telling_keys import tells_key


def shown_values(tree: Clause, rules: Rules, ask: Callable[[Expression], Reference]) -> Iterator[tuple[str, Reference]]:
    """The values that the tests of a rule look at, down to the traits it names, each once.

    Where these only say that the rule holds, also traits that count or add up rows of the same relations.
    """
    operands = [operand for clause in _tests(tree.parts) for operand in _operands(clause) if operand.text != "cut"]
    seen: set[str] = set()
    says_more = False
    for operand in operands:
        text, value = _told(operand, ask)
        if text not in seen and not tells_key(operand.expression, rules):
            seen.add(text)
            says_more |= value.type.kind is not Kind.BOOLEAN and value is operand.value
            yield text, value
    if says_more:
        return
    relations = {relation for operand in operands for relation in _folded(operand.expression)}
    for name, rule in rules.traits.items():
        if name not in seen and relations & set(_folded(rule)) and _adds_up(rule, rules):
            yield name, Reference("trait", name, rule.type, may_be_missing(rule))


def _operands(clause: Clause) -> Iterator[Operand]:
    """Of a trait that is a fold itself, the fold."""
    yield from clause.operands
    if clause.kind == "trait" and clause.value is not None and isinstance(clause.expression, Aggregate):
        yield Operand(clause.text, clause.value, clause.expression)


def _told(operand: Operand, ask: Callable[[Expression], Reference]) -> tuple[str, Reference]:
    """What is told of a value: of `any` the number of rows, which says more than that there are some."""
    node = operand.expression
    if (
        isinstance(node, Aggregate)
        and node.function == "any"
        and node.value is None
        and operand.text.startswith("any(")
    ):
        return "count" + operand.text.removeprefix("any"), ask(replace(node, function="count", type=INTEGER))
    return _named(operand), operand.value


def _adds_up(node: Expression, rules: Rules) -> bool:
    """Whether a value is a number that tells of many rows, and not what one of them has, which may be a key."""
    folds = (part.function for part in walk(node) if isinstance(part, Aggregate))
    return node.type.is_numeric and {*folds} <= {"count", "count_distinct", "sum"} and not tells_key(node, rules)


def _folded(node: Expression) -> Iterator[str]:
    """The relations whose rows a value is made of."""
    return (part.relation for part in walk(node) if isinstance(part, Aggregate))


def _named(operand: Operand) -> str:
    """A column or trait by its name, without the quotes that a rule may need; anything else as it is written."""
    match operand.expression:
        case Column(path=path, name=name) | Reference(path=path, name=name):
            return ".".join((*path, name))
        case _:
            return operand.text


def _tests(clauses: Sequence[Clause]) -> Iterator[Clause]:
    for clause in clauses:
        yield clause
        is_test = clause.kind == "trait" and clause.value is not None and clause.value.type.kind is Kind.BOOLEAN
        if is_test or clause.kind not in ("test", "trait", "value"):
            yield from _tests(clause.parts)
