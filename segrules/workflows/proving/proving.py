"""`segrules prove`: a folder's rules checked, and what can be proven of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from segrules.analysis import has_solver
from segrules.analysis.prover import WORK
from segrules.diagnostics import Diagnostic, Severity, has_errors
from segrules.planning.time import AsOf
from segrules.project.environments import NO_SETTINGS, Settings, has_invalid_setting
from segrules.project.levels import adjusted
from segrules.project.loader import folder_reader
from segrules.project.model import Project, Rules
from segrules.workflows.proving.changed import names_changed_since
from segrules.workflows.proving.findings import Proof, prove
from segrules.workflows.running import chosen, chosen_as_of
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


def prove_project(
    folder: Path,
    *,
    select: Sequence[str] = (),
    as_of: str | None = None,
    changed_since: str | None = None,
    work: int = WORK,
    is_strict: bool = False,
    settings: Settings = NO_SETTINGS,
) -> Proving:
    """Asks all questions about a folder's rules, or only those about some of them."""
    checked = validate(folder_reader(folder), settings)
    project, rules = checked.project, checked.rules
    if project is None or has_errors(checked.findings):
        code = 2 if has_invalid_setting(checked.findings) else 1
        return Proving(checked.findings, None, None, has_solver(), code)
    moment = chosen_as_of(project, as_of, date.today())
    if isinstance(moment, Diagnostic):
        return _refused(moment)
    names = _names(folder, project, rules, select, changed_since, settings)
    if isinstance(names, Diagnostic):
        return _refused(names)
    proof = prove(project, rules, moment, chosen=names, work=work)
    findings = in_order(adjusted(proof.findings, project))
    failing = any(finding.severity is not Severity.INFO for finding in findings)
    is_open = is_strict and proof.open > 0
    return Proving(findings, proof, moment, has_solver(), int(failing or is_open))


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
