"""Coverage: which outcomes of the atoms of rules, and of the rules themselves, the tests have seen."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal as OneOf

from segrules.diagnostics import Diagnostic, has_errors
from segrules.project.environments import NO_SETTINGS, Settings
from segrules.project.reader import Reader
from segrules.source import SourceFile, Span
from segrules.workflows.testing.atoms import BITS
from segrules.workflows.testing.changed_rules import changed_since
from segrules.workflows.testing.unit_tests import TestReport, run_checked
from segrules.workflows.testing.watching import Name, Place, Watch, Watched, watch
from segrules.workflows.validate import validate

_NOTHING: Mapping[Place, int] = MappingProxyType({})
Outcome = OneOf["matched", "not matched", "true", "false", "missing"]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Something that can come to several outcomes, and those that tests have seen; `what` it is, as written.

    impossible: what it might come to by its form, and is proven never to.
    """

    what: str
    span: Span
    outcomes: tuple[Outcome, ...]
    seen: tuple[Outcome, ...]
    impossible: tuple[Outcome, ...] = ()

    @property
    def unseen(self) -> tuple[Outcome, ...]:
        return tuple(outcome for outcome in self.outcomes if outcome not in self.seen)


@dataclass(frozen=True, slots=True)
class RuleCoverage:
    """A rule and its atoms. whole: who matches it, None of a trait and of what is the same for every row."""

    name: Name
    span: Span
    whole: Coverage | None
    atoms: tuple[Coverage, ...]

    @property
    def parts(self) -> tuple[Coverage, ...]:
        return (*(() if self.whole is None else (self.whole,)), *self.atoms)

    @property
    def file(self) -> SourceFile:
        return self.span.file

    @property
    def is_untested(self) -> bool:
        return not any(part.seen for part in self.parts)


@dataclass(frozen=True, slots=True)
class Unseen:
    """A place in a rule, and what no test has seen of it, in a sentence."""

    span: Span
    message: str


def run_watched(
    read: Reader, *, name: str | None = None, settings: Settings = NO_SETTINGS
) -> tuple[TestReport, Watch | None]:
    """The results of the tests that have `name` in theirs, and what they saw: None where the rules have errors."""
    checked = validate(read, settings)
    if checked.project is None or has_errors(checked.findings):
        return run_checked(checked, name=name), None
    seen = watch(checked.project, checked.rules)
    return run_checked(checked, name=name, watch=seen), seen


def names_changed_since(
    folder: Path, revision: str, seen: Watch, settings: Settings = NO_SETTINGS
) -> frozenset[Name] | Diagnostic:
    """The rules that are new or mean something else since a git revision, or why there is no telling.

    What takes rows out of every segment of an entity is looked at where one of these changed.
    """
    changed = changed_since(folder, revision, seen.written, settings)
    if isinstance(changed, Diagnostic):
        return changed
    parts = {
        (entity, "stage", f"{name}.{part}") if kind == "segmentation" else (entity, kind, name)
        for (entity, kind, name), part in changed
    }
    parts |= {(entity, "suppression", "suppress") for entity, kind, _ in parts if kind == "segment"}
    return frozenset(name for name in seen.rules if tuple(name) in parts)


def coverage(
    seen: Watch, names: Collection[Name] | None = None, never: Mapping[Place, int] = _NOTHING
) -> tuple[RuleCoverage, ...]:
    """What tests have seen of each rule in which there is something to see, in the order of the files.

    Of the rules in `names` alone, where they are given. never: what is `impossible`, which counts for nothing.
    """
    rules = [_of_rule(rule, seen, never) for name, rule in seen.rules.items() if names is None or name in names]
    return tuple(sorted((rule for rule in rules if rule.parts), key=lambda rule: (rule.file.path, rule.span.start)))


def totals(rules: Collection[RuleCoverage]) -> tuple[int, int]:
    """How many outcomes were seen, of how many."""
    parts = [part for rule in rules for part in rule.parts]
    return sum(len(part.seen) for part in parts), sum(len(part.outcomes) for part in parts)


def count_impossible(rules: Collection[RuleCoverage]) -> int:
    """How many outcomes are proven to be none."""
    return sum(len(part.impossible) for rule in rules for part in rule.parts)


def percent(seen: int, possible: int) -> int:
    """The whole per cent that were seen, never rounded up; of nothing all was seen."""
    return 100 * seen // possible if possible else 100


def unseen(rules: Collection[RuleCoverage]) -> tuple[Unseen, ...]:
    """Each place with outcomes that no test has seen; one for a rule of which none has seen any."""
    return tuple(one for rule in rules for one in _unseen(rule))


def _unseen(rule: RuleCoverage) -> Iterator[Unseen]:
    if rule.is_untested:
        yield Unseen(rule.span, f"no test looks at the {rule.name.kind} `{rule.name.name}`")
        return
    if rule.whole is not None and rule.whole.unseen:
        where = "in" if "matched" in rule.whole.unseen else "outside"
        yield Unseen(rule.span, f"no row of the tests is {where} `{rule.name.name}`")
    for part in rule.atoms:
        if part.unseen:
            yield Unseen(part.span, f"no test sees `{part.what}` {_joined(part.unseen)}")


def _joined(outcomes: tuple[Outcome, ...]) -> str:
    return " or ".join([", ".join(outcomes[:-1]), outcomes[-1]] if len(outcomes) > 1 else outcomes)


def _of_rule(rule: Watched, seen: Watch, never: Mapping[Place, int]) -> RuleCoverage:
    places = [(rule.name, place) for place in range(len(rule.atoms) + 1)]
    bits = [(seen.seen.get(place, 0), never.get(place, 0)) for place in places]
    whole = None
    if rule.member is not None:
        words: dict[Outcome, int] = {"matched": BITS["true"], "not matched": BITS["false"]}
        whole = _covered(rule.name.name, rule.span, words, *bits[0])
    atoms = tuple(
        _covered(atom.span.words, atom.span, {outcome: BITS[outcome] for outcome in atom.outcomes}, *own)
        for atom, own in zip(rule.atoms, bits[1:], strict=True)
    )
    return RuleCoverage(rule.name, rule.span, whole, atoms)


def _covered(what: str, span: Span, words: Mapping[Outcome, int], seen: int, never: int) -> Coverage:
    possible = tuple(word for word, bit in words.items() if not never & bit)
    came = tuple(word for word, bit in words.items() if seen & bit)
    return Coverage(what, span, possible, came, tuple(word for word, bit in words.items() if never & bit))
