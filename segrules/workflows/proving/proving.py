"""`segrules prove`: a folder's rules checked, and what can be proven of them."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from segrules.analysis import has_solver
from segrules.analysis.prover import WORK
from segrules.diagnostics import Diagnostic, Severity, has_errors
from segrules.engines.engine import EngineError
from segrules.planning.time import AsOf
from segrules.project.environments import NO_SETTINGS, Settings, has_invalid_setting
from segrules.project.levels import adjusted
from segrules.project.loader import folder_reader
from segrules.project.model import Project, Rules
from segrules.workflows.connecting import broken_off
from segrules.workflows.outcome import exit_code
from segrules.workflows.proving.changed import names_changed_since
from segrules.workflows.proving.findings import Proof, prove
from segrules.workflows.proving.real_rows import with_counts
from segrules.workflows.running import Progress, Refusal, chosen, chosen_as_of
from segrules.workflows.starting import open_run
from segrules.workflows.validate import in_order, validate


@dataclass(frozen=True, slots=True)
class Proving:
    """What came of `segrules prove`. proof: None where the rules have errors or a name is not known.

    findings are as the project takes them.
    """

    findings: tuple[Diagnostic, ...]
    proof: Proof | None
    as_of: AsOf | None
    has_solver: bool
    exit_code: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked: about which names (all, if none), since which revision, with how much work for a question."""

    select: tuple[str, ...] = ()
    changed_since: str | None = None
    work: int = WORK
    is_strict: bool = False


def prove_project(
    folder: Path,
    asked: Asked,
    *,
    as_of: str | None = None,
    with_data: bool = False,
    settings: Settings = NO_SETTINGS,
    progress: Progress | None = None,
) -> Proving:
    """Asks the questions about a folder's rules.

    with_data: the rows of findings are counted in its sources, and data that breaks the contract is a finding, too.
    """
    checked = validate(folder_reader(folder), settings)
    if checked.project is None or has_errors(checked.findings):
        code = 2 if has_invalid_setting(checked.findings) else 1
        return Proving(checked.findings, None, None, has_solver(), code)
    if with_data:
        return _on_data(folder, asked, as_of, settings, progress)
    moment = chosen_as_of(checked.project, as_of, date.today())
    if isinstance(moment, Diagnostic):
        return _refused(moment)
    proof = _proof(folder, checked.project, checked.rules, moment, asked, settings)
    if isinstance(proof, Diagnostic):
        return _refused(proof)
    return _taken(proof, checked.project, moment, asked)


def _on_data(folder: Path, asked: Asked, as_of: str | None, settings: Settings, progress: Progress | None) -> Proving:
    with tempfile.TemporaryDirectory(prefix="segrules-") as workdir:
        is_watched = progress is not None
        run = open_run(
            folder, Path(workdir), as_of_text=as_of, today=date.today(), settings=settings, is_watched=is_watched
        )
        if isinstance(run, Refusal):
            return Proving(run.findings, None, None, has_solver(), run.exit_code)
        try:
            proof = _proof(folder, run.project, run.rules, run.as_of, asked, settings)
            if isinstance(proof, Diagnostic):
                return _refused(proof)
            proof, problems = with_counts(proof, run, progress)
        except EngineError as error:
            return Proving((broken_off(error, run.sources),), None, None, has_solver(), 2)
        finally:
            run.close()
        if has_errors(problems):
            return Proving(problems, None, None, has_solver(), exit_code(problems))
        breaches = tuple(problem for problem in problems if problem.code == "contract-breach")
        return _taken(proof, run.project, run.as_of, asked, breaches)


def _proof(
    folder: Path, project: Project, rules: Mapping[str, Rules], moment: AsOf, asked: Asked, settings: Settings
) -> Proof | Diagnostic:
    names = _names(folder, project, rules, asked.select, asked.changed_since, settings)
    return names if isinstance(names, Diagnostic) else prove(project, rules, moment, chosen=names, work=asked.work)


def _taken(
    proof: Proof, project: Project, moment: AsOf, asked: Asked, breaches: tuple[Diagnostic, ...] = ()
) -> Proving:
    """A proof whose findings are as the project takes them. breaches: those of data, which are so already."""
    findings = in_order((*adjusted(proof.findings, project), *breaches))
    is_failing = any(finding.severity is not Severity.INFO for finding in findings)
    is_open = asked.is_strict and proof.open > 0
    return Proving(findings, proof, moment, has_solver(), int(is_failing or is_open))


def _refused(why: Diagnostic) -> Proving:
    return Proving((why,), None, None, has_solver(), 2)


def _names(
    folder: Path,
    project: Project,
    rules: Mapping[str, Rules],
    select: Sequence[str],
    changed_since: str | None,
    settings: Settings,
) -> Mapping[str, Collection[str]] | Diagnostic | None:
    """The segments and segmentations to ask about, None for all."""
    wanted = chosen(rules, select)
    if isinstance(wanted, Diagnostic):
        return wanted
    selected = {
        entity: frozenset(part for item in items for part in (item.name, item.name.partition(".")[0]))
        for entity, items in wanted.items()
    }
    if changed_since is None:
        return selected if select else None
    changed = names_changed_since(folder, changed_since, project, rules, settings)
    if changed is None or isinstance(changed, Diagnostic):
        return changed if isinstance(changed, Diagnostic) or not select else selected
    return {entity: names & selected.get(entity, frozenset()) for entity, names in changed.items()}
