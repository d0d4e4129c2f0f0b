"""Everything that is wrong with a project, found at once; its rules and tests ready to use where nothing is."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from segrules.diagnostics import Diagnostic, has_errors
from segrules.project.cases import Case, load_cases
from segrules.project.environments import NO_SETTINGS, Settings
from segrules.project.examples import typed_examples
from segrules.project.levels import adjusted, unused_ignores
from segrules.project.loader import Reader, load, needs_data
from segrules.project.model import Entity, Lookup, Project, Relation, Rules
from segrules.project.resolve import resolve
from segrules.source import Span

if TYPE_CHECKING:
    from segrules.planning.time import AsOf

Owner = TypeVar("Owner", Entity, Relation, Lookup)


@dataclass(frozen=True, slots=True)
class Validated:
    """A checked project. `findings` stand in the order of files and of their lines."""

    project: Project | None
    rules: Mapping[str, Rules]
    cases: tuple[Case, ...]
    findings: tuple[Diagnostic, ...]


def validate(read: Reader, settings: Settings = NO_SETTINGS, *, lint_on: date | None = None) -> Validated:
    """Reads and checks a project with its tests. Data is looked at only for tables without `columns`.

    lint_on: with the remarks that a reviewer would make on this day, or on the project's own.
    """
    project, rules, findings = understand(read, settings)
    if project is None:
        return Validated(None, {}, (), in_order(findings))
    if not rules:
        return Validated(project, {}, (), _taken(findings, project))
    project, unfit = typed_examples(project, rules)
    cases, untestable = load_cases(read, project, rules)
    findings = (*findings, *unfit, *untestable)
    if lint_on is not None and not has_errors(findings):
        findings = (*findings, *_remarks(project, rules, cases, findings, lint_on))
    return Validated(project, rules, cases, _taken(findings, project))


def understand(
    read: Reader, settings: Settings = NO_SETTINGS
) -> tuple[Project | None, Mapping[str, Rules], tuple[Diagnostic, ...]]:
    """A project and its resolved rules, without its tests; no rules where what they are about is not known."""
    project, findings = load(read, settings)
    if project is None:
        return None, {}, findings
    if needs_data(project):
        project, missing = _with_columns_of_data(project, read.root)
        findings += missing
        if has_errors(missing):
            return project, {}, findings
    rules, wrong = resolve(project)
    return project, rules, (*findings, *wrong)


def _remarks(
    project: Project, rules: Mapping[str, Rules], cases: Sequence[Case], findings: Sequence[Diagnostic], day: date
) -> Iterator[Diagnostic]:
    """What a reviewer would remark besides findings, and what can be proven to be wrong.

    Errors come first: a rule that cannot be read may use what seems unused.
    """
    from segrules.analysis import has_solver  # here, because most commands remark on nothing
    from segrules.planning.time import as_of
    from segrules.workflows.lints import lint

    try:
        moment = as_of(project.as_of or day, project.timezone)
    except ValueError:
        moment = None
    remarks = list(lint(project, rules, cases, moment))
    remarks += () if moment is None else list(_proven(project, rules, moment, (*findings, *remarks)))
    yield from remarks
    yield from unused_ignores((*findings, *remarks), project, has_proofs=has_solver())


def _proven(
    project: Project, rules: Mapping[str, Rules], moment: AsOf, told: Sequence[Diagnostic]
) -> Iterator[Diagnostic]:
    """What can be proven to be wrong with rules, and is not told already."""
    from segrules.workflows.proving.findings import prove

    places = {(finding.code, finding.span) for finding in told}
    idle = [finding.span for finding in told if finding.code in ("stale-date", "empty-range") and finding.span]
    for finding in prove(project, rules, moment, is_quick=True).findings:
        is_told = finding.code == "clause-without-effect" and any(_is_inside(span, finding.span) for span in idle)
        if (finding.code, finding.span) not in places and not is_told:
            yield finding


def _is_inside(span: Span, other: Span | None) -> bool:
    return other is not None and span.file is other.file and other.start <= span.start and span.end <= other.end


def _taken(findings: Sequence[Diagnostic], project: Project) -> tuple[Diagnostic, ...]:
    """All findings as the project takes them."""
    return in_order(adjusted(findings, project))


def _with_columns_of_data(project: Project, root: Path | None) -> tuple[Project, tuple[Diagnostic, ...]]:
    """The project with contracts filled from its data, or why that is not possible."""
    if root is None:
        tables = ", ".join(f"`{table}`" for table in needs_data(project))
        message = f"the columns of {tables} are not given, and there is no data to read them from"
        return project, (Diagnostic("missing-key", message, path="segrules.yml", help="`segrules schema --write`"),)
    from segrules.engines.duckdb import connect  # heavy, and most projects have contracts
    from segrules.engines.engine import EngineError
    from segrules.project.engine_choice import engine_finding
    from segrules.workflows.connecting import ONLY_DUCKDB, chosen_engine, database_of
    from segrules.workflows.sources import concretize, inspect, open_sources, owners, with_columns

    asked = replace(
        project,
        entities=tuple(map(_without_contract, project.entities)),
        relations=tuple(map(_without_contract, project.relations)),
    )
    choice = chosen_engine(project, None, ONLY_DUCKDB)
    if isinstance(choice, Diagnostic):
        return project, (choice,)
    with tempfile.TemporaryDirectory(prefix="segrules-") as folder:
        sources, findings = open_sources(asked, root, Path(folder), database=database_of(choice, root))
        if has_errors(findings):
            return project, findings
        try:
            engine = connect(readable=sources.readable, database=sources.database)
        except EngineError as error:
            return project, (engine_finding("engine-failed", error.message, choice.span),)
        try:
            stored, unreadable = inspect(engine, sources)
            if has_errors(unreadable):
                return project, (*findings, *unreadable)
            filled, wrong = concretize(engine, asked, stored)
        finally:
            engine.close()
    columns = {table: owner.columns for table, owner in owners(filled)}
    project = with_columns(project, lambda table, owner: columns.get(table, owner.columns))
    return project, (*findings, *unreadable, *wrong)


def _without_contract(owner: Owner) -> Owner:
    """An entity, relation or lookup with only those sources whose columns are not given."""
    lookups = tuple(map(_without_contract, owner.lookups))
    return replace(owner, source=None if owner.columns else owner.source, lookups=lookups)


def in_order(findings: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Findings by file and place, each once; what is said of a whole file comes first there."""
    unique = dict.fromkeys(findings)
    return tuple(sorted(unique, key=place_of))


def place_of(finding: Diagnostic) -> tuple[str, int, int]:
    """The file that a finding is about, and where in it the words start and end; -1 for the whole file."""
    if finding.span is None:
        return finding.path or "", -1, -1
    return finding.span.file.path, finding.span.start, finding.span.end
