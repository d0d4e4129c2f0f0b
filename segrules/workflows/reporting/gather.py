"""Everything that a report shows of a project, gathered: its rules, what its data says, what runs recorded."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from importlib.metadata import version
from pathlib import Path

from segrules.diagnostics import Diagnostic, is_error
from segrules.engines.engine import EngineError
from segrules.planning.renaming import Thing
from segrules.project.environments import NO_SETTINGS, Settings
from segrules.project.reader import folder_reader
from segrules.workflows.connecting import broken_off
from segrules.workflows.history.reading import opened_history, reading_engine, unreadable_history
from segrules.workflows.history.records import History, thing_of
from segrules.workflows.output import OutputRefused
from segrules.workflows.reporting.curves import with_curves
from segrules.workflows.reporting.data import Report
from segrules.workflows.reporting.edits import edits
from segrules.workflows.reporting.facts import with_facts
from segrules.workflows.reporting.lives import with_lives
from segrules.workflows.reporting.outline import languages, outline
from segrules.workflows.reporting.young import young_data
from segrules.workflows.running import Progress, Refusal, chosen_as_of, code_of_errors
from segrules.workflows.starting import open_run
from segrules.workflows.validate import in_order, place_of, validate


def report(
    root: Path,
    *,
    out: Path | None = None,
    as_of: str | None = None,
    settings: Settings = NO_SETTINGS,
    has_keys: bool = False,
    language: str | None = None,
    with_data: bool = True,
    memory_limit: str | None = None,
    progress: Progress | None = None,
) -> Report | Refusal:
    """A project as of one moment, or why there is no report of it.

    out: where its runs are recorded; without `as_of` it is as of the last of them. language: of labels. with_data:
    without it, or where a source's files are not there, nothing is counted, and rules may have errors.
    """
    today = date.today()
    checked = validate(folder_reader(root), settings, lint_on=today)
    project = checked.project
    if project is None:
        return Refusal(checked.findings, code_of_errors(checked.findings))
    recorded = _recorded(out)
    history = recorded if isinstance(recorded, History) else History(Path())
    wanted = as_of or (history.runs[-1].given.isoformat() if history.runs else None)
    moment = chosen_as_of(project, wanted, today)
    if isinstance(moment, Diagnostic):
        return Refusal((*checked.findings, moment), 2)
    if as_of is not None:  # the last run is the last, also where the project has another time zone since
        history = history.up_to(moment)
    as_of = wanted
    drawn = Report(
        project.name,
        moment.given,
        version("segrules"),
        languages(project, language),
        outline(project, checked.rules, checked.cases),
        findings=checked.findings if isinstance(recorded, History) else (*checked.findings, recorded),
        has_keys=has_keys,
    )
    drawn = _with_history(drawn, history)
    if not with_data:
        said = "Numbers of today are left out: the data was not looked at."
        return replace(drawn, missing=(said, *drawn.missing))
    filled = _with_data(root, drawn, history, as_of, today, settings, memory_limit, progress)
    if isinstance(filled, Refusal) and _is_without_files(filled.findings):
        return _of_rules_alone(drawn, filled.findings)
    return filled


def _is_without_files(findings: Sequence[Diagnostic]) -> bool:
    """Whether all that is wrong is that files of sources are not there."""
    errors = [finding.code for finding in findings if is_error(finding)]
    return bool(errors) and set(errors) == {"data-missing"}


def _of_rules_alone(drawn: Report, findings: Sequence[Diagnostic]) -> Report:
    reasons = [finding.message for finding in findings if finding.code == "data-missing"]
    said = f"Numbers are left out, because there is no data to count: {'; '.join(reasons)}."
    others = (finding for finding in findings if finding.code != "data-missing")
    return replace(drawn, findings=in_order((*drawn.findings, *others)), missing=(said, *drawn.missing))


def _recorded(out: Path | None) -> History | Diagnostic:
    """The runs that are recorded, or why they cannot be read."""
    if out is None:
        return History(Path())
    try:
        return opened_history(out)
    except OutputRefused as error:
        return Diagnostic(error.code, error.message, help=error.help)


def _with_history(drawn: Report, history: History) -> Report:
    """The report with what recorded runs tell, or with a word on how to have some."""
    if not history.runs:
        said = (
            "No run is recorded yet, so that nothing is known of the past: `segrules apply --record` records each run, "
            "`segrules backfill --from DAY` the past as today's data tells it."
        )
        return replace(drawn, missing=(said,))
    missing = ("One run is recorded so far: growth shows from the second on.",) if len(history.runs) == 1 else ()
    try:
        with reading_engine(history) as engine:
            return replace(with_lives(drawn, history, engine), missing=missing, rules_before=_rules_before(history))
    except EngineError as error:
        return replace(drawn, findings=in_order((*drawn.findings, unreadable_history(error))))


def _rules_before(history: History) -> dict[Thing, str]:
    """By what is written in another way at the last run than at the run before, how it was written."""
    if len(history.runs) < 2:
        return {}
    before, last = history.runs[-2:]
    called = {thing_of(segment): old for segment, old in last.renamed.items()}
    return {edit.thing: edit.before for edit in edits(before, last, called)}


def _with_data(
    root: Path,
    drawn: Report,
    history: History,
    as_of: str | None,
    today: date,
    settings: Settings,
    memory_limit: str | None,
    progress: Progress | None,
) -> Report | Refusal:
    """The report with what the data says, or why that cannot be known."""
    with tempfile.TemporaryDirectory(prefix="segrules-") as workdir:
        run = open_run(
            root,
            Path(workdir),
            as_of_text=as_of,
            today=today,
            settings=settings,
            memory_limit=memory_limit,
            writable=(history.folder,) if history.runs else (),
            is_watched=progress is not None,
        )
        if isinstance(run, Refusal):
            return run
        try:
            filled = with_facts(run, drawn, progress)
            if isinstance(filled, Report):
                filled = replace(with_curves(run, filled, history), notes=tuple(young_data(run, history)))
        except EngineError as error:
            return Refusal((*run.findings, broken_off(error, run.sources)), 2)
        finally:
            run.close()
    if isinstance(filled, Refusal):
        return filled
    told = {
        (finding.code, place_of(finding)) for finding in filled.findings
    }  # the run's own words have numbers in them
    others = (finding for finding in drawn.findings if (finding.code, place_of(finding)) not in told)
    return replace(filled, findings=in_order((*others, *filled.findings)))
