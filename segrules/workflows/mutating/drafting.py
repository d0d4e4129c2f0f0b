"""Many drafts for one rule and its mutants, the simplest first; the same ones each time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Literal as OneOf

from segrules.language.core import Expression
from segrules.language.types import Kind
from segrules.planning.time import AsOf
from segrules.project.model import Project, Rules
from segrules.workflows.mutating.draft_rows import give_rows
from segrules.workflows.mutating.draft_values import Draft, Maker, some_value
from segrules.workflows.mutating.draft_worlds import contract_columns
from segrules.workflows.mutating.drafts import give, hold
from segrules.workflows.mutating.leading import lead

LEADS = 40
"""Drafts for each mutant."""
OTHERS = 20
"""Drafts for the rule itself."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A test that the rule passes and its mutant fails. form: where it goes; `yaml` is its text."""

    form: OneOf["example", "case"]
    yaml: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the search for a row gave: a test, or after how many rows none was found."""

    proposal: Proposal | None
    tried: int


def maker_for(project: Project, rules: Rules, moment: AsOf, seed: str) -> Maker:
    """What makes drafts for an entity's rules; the same seed gives the same drafts."""
    return Maker(rules, contract_columns(project), moment, Random(seed), give_rows)


def drafts_for(rule: Expression, mutants: Iterable[Expression], maker: Maker) -> list[Draft]:
    """Drafts for which the rule and some mutant may differ, those with the fewest values first, each once."""
    makes: list[Callable[[Draft], None]] = []
    for mutant in mutants:
        makes += [_leading(rule, mutant, maker)] * LEADS
    for number in range(OTHERS):
        makes.append(_holding(rule, number % 2 == 0, maker))
    return drafted(makes)


def drafted(makes: Iterable[Callable[[Draft], None]]) -> list[Draft]:
    """What each function makes of an empty draft; those that run out of numbers or days left out."""
    found: dict[str, Draft] = {}
    for make in makes:
        draft = Draft()
        try:
            make(draft)
        except (ValueError, ArithmeticError):
            continue
        found.setdefault(repr(draft), draft)
    return sorted(found.values(), key=lambda draft: draft.size)


def _leading(rule: Expression, mutant: Expression, maker: Maker) -> Callable[[Draft], None]:
    return lambda draft: lead(rule, mutant, maker.scopes(draft), draft, maker)


def _holding(rule: Expression, want: bool, maker: Maker) -> Callable[[Draft], None]:
    def make(draft: Draft) -> None:
        if rule.type.kind is Kind.BOOLEAN:
            hold(rule, want, maker.scopes(draft), draft, maker)
        else:
            give(rule, some_value(rule, maker), maker.scopes(draft), draft, maker)

    return make


def first_difference(own: Iterable[object], others: Mapping[int, Iterable[object]]) -> dict[int, int]:
    """By variant the number of the first draft for which it gives something else than the rule."""
    values = list(own)
    found = {}
    for number, theirs in others.items():
        place = next((at for at, pair in enumerate(zip(values, theirs, strict=True)) if pair[0] != pair[1]), None)
        if place is not None:
            found[number] = place
    return found
