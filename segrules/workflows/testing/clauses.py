"""The clauses of a rule: its smallest tests, and the values they compare, as traits that a plan can compute.

What a failed test shows for the rows it got wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from segrules.language.clauses import denies_own_test, is_one_test, words_of, written_clauses
from segrules.language.core import (
    And,
    Call,
    Compare,
    Expression,
    IsMissing,
    Literal,
    Membership,
    Not,
    Or,
    Reference,
)
from segrules.language.trees import may_be_missing
from segrules.project.model import Labelling, Rules


@dataclass(frozen=True, slots=True)
class Clause:
    """One test of a rule as its author wrote it, and the parts of it whose values tell why it holds or not."""

    text: str
    test: Reference
    operands: tuple[tuple[str, Reference], ...]


def with_clauses(rules: Rules, expression: Expression) -> tuple[Rules, tuple[Clause, ...]]:
    """The rules with a trait for every clause and operand of an expression, and those clauses."""
    traits = dict(rules.traits)
    clauses = []
    for test in dict.fromkeys(_tests(expression)):
        operands = tuple(
            (words_of(part), _as_trait(traits, part)) for part in _operands(test) if not isinstance(part, Literal)
        )
        clauses.append(Clause(words_of(test), _as_trait(traits, test), operands))
    return replace(rules, traits=traits), tuple(clauses)


def rule_of(rules: Rules, wanted: Reference) -> Expression:
    """The expression that decides a segment, a trait, or (all stages together) a segmentation."""
    if wanted.to == "segment" and wanted.name in rules.segments:
        return rules.segments[wanted.name]
    if wanted.to == "trait":
        return rules.traits[wanted.name]
    return _all_stages(rules.segmentations[wanted.name.partition(".")[0]])


def _all_stages(labelling: Labelling) -> Expression:
    return Or(tuple(test for _, test in labelling.stages))


def _tests(node: Expression) -> Iterator[Expression]:
    """The tests that an author wrote; what sugar stands for (`between`, a window) stays one test."""
    match node:
        case And() | Or() if not is_one_test(node):
            for clause in written_clauses(node):
                yield from _tests(clause)
        case Not(item=And() | Or() | Not() as item) if denies_own_test(node):
            yield from _tests(item)
        case _:
            yield node


def _operands(test: Expression) -> tuple[Expression, ...]:
    match test:
        case Not(item=item):
            return _operands(item)
        case Compare(left=left, right=right):
            return (left, right)
        case And(items=items) | Or(items=items):
            return tuple(dict.fromkeys(part for item in items for part in _operands(item)))
        case Membership(item=item) | IsMissing(item=item):
            return (item,)
        case Call(arguments=arguments):
            return arguments
        case _:
            return ()


def _as_trait(traits: dict[str, Expression], part: Expression) -> Reference:
    """A reference to the part, kept among the traits under a name that no rule can have."""
    if isinstance(part, Reference):
        return part
    name = f"clause {len(traits)}"
    traits[name] = part
    return Reference("trait", name, part.type, may_be_missing(part))
