"""All that the solver knows of an entity's rows, and the tests that questions are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import z3

from segrules.analysis.answers import Fact
from segrules.analysis.solver.cells import Partition, partition
from segrules.analysis.solver.encode import encode
from segrules.analysis.solver.folds import Folded, count_of, folder, rows_of
from segrules.analysis.solver.space import Space
from segrules.analysis.solver.terms import symbols_in
from segrules.analysis.solver.texts import settle
from segrules.language.core import Expression, Population, Scalar
from segrules.language.types import Kind
from segrules.planning.fold_time import fold_time
from segrules.planning.tables import visible
from segrules.planning.time import AsOf
from segrules.project.model import Rules


@dataclass(frozen=True)
class Theory:
    """A solver that knows an entity's rows.

    tests: by test its formula. trackers: assumptions that the contract keeps its promises, by the number that z3 gives
    each. is_whole: whether all that these tests say of one another was looked through. groups: by the number of a count
    its relation and groups of cells. makers: what makes rows of relations, by their names.
    """

    space: Space
    solver: z3.Solver
    tests: dict[Expression, z3.BoolRef]
    trackers: dict[int, tuple[z3.BoolRef, tuple[Fact, ...]]]
    partitions: tuple[Partition, ...]
    work: int
    is_whole: bool
    groups: dict[int, tuple[str, frozenset[int]]]
    makers: dict[str, Any] = field(default_factory=dict)


def theory(rules: Rules, moment: AsOf, tests: Sequence[Expression], work: int) -> Theory:
    """What is known of an entity's rows as far as these tests ask for it. work: the most that a question may cost."""
    relations: dict[str, Folded] = {}
    space = Space(rules.entity.name, rules.entity, rules, moment, encode)
    space.fold = folder(space, relations)
    seen = visible(rules.entity, moment)
    if seen is not None:
        space.always(space.test(seen))
    if rules.entity.from_relation is not None:
        rows, test = rows_of(rules.entity.from_relation, space, relations)
        space.always(count_of(rows, test) > 0)
    formulas = {test: space.test(fold_time(test, moment)) for test in tests}
    _nest_tops(space)
    for rows in relations.values():
        settle(rows.space, [test for test, _ in rows.counts.values()])
    inner = [test for rows in relations.values() for test, _ in rows.counts.values()]
    settle(space, [*formulas.values(), *inner])
    partitions = tuple(partition(rows, space) for rows in relations.values())
    spaces = [space, *(rows.space for rows in relations.values())]
    is_whole = all(len(found.groups) <= 1 for found in partitions) and not any(one.gaps for one in spaces)
    solver = z3.SimpleSolver()
    solver.set("rlimit", work)
    solver.set("phase_selection", 1)  # rows that pass many tests tell of many pairs at once
    trackers = tracked(space, solver)
    return Theory(space, solver, formulas, trackers, partitions, work, is_whole, _groups(partitions))


def _groups(partitions: Sequence[Partition]) -> dict[int, tuple[str, frozenset[int]]]:
    """By the number of a count its relation, and the groups of cells that it is a sum of."""
    found = {}
    for part in partitions:
        for test, count in part.rows.counts.values():
            groups = [
                at for at, group in enumerate(part.groups) if group and any(one.eq(test) for one, _ in group[0].holds)
            ]
            found[count.get_id()] = part.rows.space.label, frozenset(groups)
    return found


def groups_of(known: Theory, formulas: Sequence[z3.BoolRef]) -> dict[str, int] | None:
    """By relation the group of cells that formulas ask of; None where a theory of them alone would know more."""
    if known.is_whole:
        return {}
    if any(space.gaps for space in (known.space, *(part.rows.space for part in known.partitions))):
        return None
    shared: dict[str, frozenset[int]] = {}
    for number in symbols_in(formulas):
        if number in known.groups:
            label, groups = known.groups[number]
            shared[label] = shared.get(label, groups) & groups
    return {label: min(groups) for label, groups in shared.items()} if all(shared.values()) else None


def tracked(space: Space, solver: z3.Solver) -> dict[int, tuple[z3.BoolRef, tuple[Fact, ...]]]:
    """Tells a solver what is true of every row; what the contract promises becomes an assumption each."""
    by_facts: dict[tuple[Fact, ...], z3.BoolRef] = {}
    for formula, facts in space.promises:
        if facts and facts not in by_facts:
            by_facts[facts] = z3.FreshBool("fact")
        solver.add(z3.Implies(by_facts[facts], formula) if facts else formula)
    return {tracker.get_id(): (tracker, facts) for facts, tracker in by_facts.items()}


def _nest_tops(space: Space) -> None:
    """Who is in the top 10 % is in the top 20 % of the same value."""
    groups: dict[tuple[Population, Kind], list[tuple[Scalar, z3.BoolRef]]] = {}
    for node, term in space.terms.items():
        if isinstance(node, Population) and node.type.kind is Kind.BOOLEAN and node.argument is not None:
            key = replace(node, argument=None), node.argument.type.kind
            groups.setdefault(key, []).append((node.argument.value, term.value))  # type: ignore[arg-type]
    for group in groups.values():
        group.sort(key=lambda item: item[0])  # type: ignore[arg-type,return-value]
        for (_, narrow), (_, wide) in pairwise(group):
            space.always(z3.Implies(narrow, wide))
