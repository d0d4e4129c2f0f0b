"""How each two segments of a project lie to each other: proven, or shown by rows that an engine has tried."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

from segrules.analysis import open_prover
from segrules.analysis.answers import NEVER, UNDECIDED, Regions
from segrules.analysis.prover import WORK
from segrules.diagnostics import Diagnostic, has_errors
from segrules.engines.duckdb import connect
from segrules.engines.engine import Engine, EngineError
from segrules.language.core import Reference
from segrules.planning.time import AsOf
from segrules.project.environments import NO_SETTINGS, Settings
from segrules.project.levels import adjusted
from segrules.project.loader import folder_reader
from segrules.project.model import Project, Rules
from segrules.workflows.connecting import broken_off
from segrules.workflows.outcome import exit_code
from segrules.workflows.proving.examples import Tried, looks_at_all, names_of
from segrules.workflows.proving.judging import Judge
from segrules.workflows.proving.lattice import Lattice, Proofs, lattice, places, set_of
from segrules.workflows.proving.members import Members, count_together
from segrules.workflows.proving.seeking import seek
from segrules.workflows.running import Progress, Refusal, Run, all_references, chosen, chosen_as_of, code_of_errors
from segrules.workflows.starting import open_run
from segrules.workflows.validate import understand

MOST_COMPARED = 50
"""Rows of which the plainest is taken."""


@dataclass(frozen=True, slots=True)
class EntityOverlaps:
    """The segments and stages of one entity, by their places, and how they lie.

    labels: what people call them, where that is another name. asks: the names of what each asks of a row. ranked: the
    set of those that look at all rows; chosen: of those that were asked about. examples: rows that were made up and
    tried, the first of the rows that the lattice knows. members: who is in them, where that was counted.
    """

    entity: str
    prover: str
    names: tuple[str, ...]
    labels: tuple[str | None, ...]
    asks: tuple[tuple[str, ...], ...]
    ranked: int
    chosen: int
    lattice: Lattice
    examples: tuple[Tried, ...]
    members: Members | None = None

    @property
    def is_whole(self) -> bool:
        """Whether all segments were asked about."""
        return self.chosen == (1 << len(self.names)) - 1

    def example(self, within: Sequence[int], without: Sequence[int] = ()) -> int | None:
        """The place of the first tried row that is in each of some segments and in none of others."""
        return next(self._examples(within, without), None)

    def plainest(self, within: Sequence[int], without: Sequence[int] = ()) -> int | None:
        """The same of the row that is told in the fewest words, of those with the fewest missing values."""
        segments = (*within, *without)
        names = {name for place in segments for name in self.asks[place]}
        found = islice(self._examples(within, without), MOST_COMPARED)
        words = {at: (self.examples[at].missing(names), len(self.line(at, segments))) for at in found}
        return min(words, key=lambda at: (words[at], at), default=None)

    def _examples(self, within: Sequence[int], without: Sequence[int]) -> Iterator[int]:
        """The places of all such rows; behind the tried ones the lattice may know others."""
        return places(self.lattice.rows_in(within, without) & ((1 << len(self.examples)) - 1))

    def line(self, example: int, segments: Sequence[int]) -> str:
        """An example as one line, with the values that some segments ask for."""
        one = self.examples[example]
        line = one.line([name for place in segments for name in self.asks[place]])
        if not any(self.ranked >> place & 1 for place in segments):
            return line
        return f"{line} among {one.among:,} others" if one.among else f"{line} as the only one"


@dataclass(frozen=True, slots=True)
class Overlaps:
    """What was found of each entity that has segments; none where `findings` say why not."""

    project: str
    as_of: date | None
    entities: tuple[EntityOverlaps, ...]
    findings: tuple[Diagnostic, ...]
    exit_code: int


def overlaps(
    root: Path,
    *,
    select: Sequence[str] = (),
    as_of: str | None = None,
    with_data: bool = False,
    settings: Settings = NO_SETTINGS,
    work: int = WORK,
    memory_limit: str | None = None,
    progress: Progress | None = None,
) -> Overlaps:
    """How each two segments and stages lie to each other. select: only pairs that one of these is in.

    with_data: the project's sources are read and checked, and members counted.
    """
    if not with_data:
        return _of_rules(root, select, as_of, settings, work)
    with tempfile.TemporaryDirectory(prefix="segrules-") as workdir:
        run = open_run(
            root,
            Path(workdir),
            as_of_text=as_of,
            today=date.today(),
            settings=settings,
            memory_limit=memory_limit,
            is_watched=progress is not None,
        )
        if isinstance(run, Refusal):
            return Overlaps("", None, (), run.findings, run.exit_code)
        try:
            return _of_data(run, select, work, progress)
        except EngineError as error:
            return Overlaps("", None, (), (*run.findings, broken_off(error, run.sources)), 2)
        finally:
            run.close()


def _of_rules(root: Path, select: Sequence[str], as_of: str | None, settings: Settings, work: int) -> Overlaps:
    project, rules, findings = understand(folder_reader(root), settings)
    findings = tuple(adjusted(findings, project)) if project is not None else findings
    if project is None or has_errors(findings):
        return Overlaps("", None, (), findings, code_of_errors(findings))
    moment = chosen_as_of(project, as_of, date.today())
    if isinstance(moment, Diagnostic):
        return Overlaps("", None, (), (*findings, moment), 2)
    found = _found(project, rules, moment, select, work)
    if isinstance(found, Diagnostic):
        return Overlaps("", None, (), (*findings, found), 2)
    return Overlaps(project.name, moment.given, found, findings, 0)


def _of_data(run: Run, select: Sequence[str], work: int, progress: Progress | None) -> Overlaps:
    wanted = {entity: _segments(rules) for entity, rules in run.rules.items()}
    counted, findings = count_together(run, wanted, progress)
    if has_errors(findings):
        return Overlaps("", None, (), findings, exit_code(findings))
    found = _found(run.project, run.rules, run.as_of, select, work, counted)
    if isinstance(found, Diagnostic):
        return Overlaps("", None, (), (*findings, found), 2)
    return Overlaps(run.project.name, run.as_of.given, found, findings, 0)


def _found(
    project: Project,
    rules: Mapping[str, Rules],
    moment: AsOf,
    select: Sequence[str],
    work: int,
    counted: Mapping[str, Members] | None = None,
) -> tuple[EntityOverlaps, ...] | Diagnostic:
    wanted = chosen(rules, select)
    if isinstance(wanted, Diagnostic):
        return wanted
    engine = connect()
    try:
        return tuple(
            entity_overlaps(
                engine, project, rules[entity], moment, asked, work=work, members=(counted or {}).get(entity)
            )
            for entity, asked in wanted.items()
        )
    finally:
        engine.close()


def _segments(rules: Rules) -> tuple[Reference, ...]:
    return tuple(node for node in all_references(rules) if node.to == "segment")


def entity_overlaps(
    engine: Engine,
    project: Project,
    rules: Rules,
    moment: AsOf,
    asked: Sequence[Reference],
    *,
    work: int = WORK,
    members: Members | None = None,
) -> EntityOverlaps:
    """How the segments of one entity lie. asked: only pairs with one of these; engine: where made-up rows are tried."""
    tests = _segments(rules)
    own = [place for place, node in enumerate(tests) if node in asked]
    prover = open_prover(project, rules, moment, tests, work=work)
    regions = prover.regions(tests, own if len(own) < len(tests) else None)
    proofs = _proofs(regions)
    examples = seek(Judge(engine, project, rules, moment), tests, proofs, regions, set_of(own))
    rows = [*(one.within for one in examples), *(members.kinds if members is not None else ())]
    labels = {item.name: item.about.get("label") for item in project.segments if item.entity == rules.entity.name}
    shown = (labels.get(node.name) for node in tests)
    return EntityOverlaps(
        rules.entity.name,
        prover.name,
        tuple(node.name for node in tests),
        tuple(label if isinstance(label, str) else None for label in shown),
        tuple(tuple(one.name for one in named) for named in names_of(rules, tests)),
        set_of(place for place, node in enumerate(tests) if looks_at_all(rules, [node])),
        set_of(own),
        lattice(proofs, rows, tuple(_undecided(regions))),
        tuple(examples),
        members,
    )


def _proofs(regions: Regions) -> Proofs:
    return Proofs(
        tuple(_with(row, NEVER) for row in regions.both),
        tuple(_with(row, NEVER) for row in regions.only),
        _with(regions.without, NEVER),
    )


def _undecided(regions: Regions) -> Iterator[int]:
    for both, only in zip(regions.both, regions.only, strict=True):
        yield _with(both, UNDECIDED) | _with(only, UNDECIDED)


def _with(row: Sequence[int], verdict: int) -> int:
    """The set of places that have a verdict."""
    return set_of(place for place, found in enumerate(row) if found == verdict)
