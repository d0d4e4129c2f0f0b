"""What a run gives, whether its members were counted, collected or written, or why it was refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from segrules.diagnostics import CODES, Diagnostic, is_adjustable, is_error
from segrules.engines.engine import EngineError
from segrules.workflows.connecting import broken_off
from segrules.workflows.counting import SegmentCount
from segrules.workflows.delivering.target import Delivered
from segrules.workflows.output import OutputRefused
from segrules.workflows.running import Refusal, Run


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run gives. written: paths below the output folder. exit_code as the command line has it.

    as_of: None where the run ended before it was read. members: tables of pyarrow by entity, where asked for.
    recorded: the folder of the recorded run below the output folder, if it was recorded. delivered: what was written
    elsewhere.
    """

    as_of: date | datetime | None
    counts: tuple[SegmentCount, ...]
    findings: tuple[Diagnostic, ...]
    written: tuple[str, ...] = ()
    exit_code: int = 0
    members: Mapping[str, Any] = field(default_factory=dict)
    recorded: str | None = None
    delivered: tuple[Delivered, ...] = ()


def exit_code(findings: Sequence[Diagnostic]) -> int:
    """1 for broken expectations, stale data and what the project takes for an error; 2 for those of usage or data."""
    errors = {finding.code for finding in findings if is_error(finding)}
    others = {code for code in errors if not is_adjustable(CODES[code])} - {"expectation-broken", "stale-data"}
    return 2 if others else int(bool(errors))


def refused(refusal: Refusal) -> Outcome:
    """The outcome of a run that did not start."""
    return Outcome(None, (), refusal.findings, exit_code=refusal.exit_code)


def refusal_of(error: OutputRefused) -> Refusal:
    """What is said where the output folder cannot be used."""
    return Refusal((Diagnostic(error.code, error.message, help=error.help),), 2)


def failed(run: Run, error: EngineError) -> Outcome:
    """The outcome of a run that the engine broke off."""
    return Outcome(run.as_of.given, (), (*run.findings, broken_off(error, run.sources)), exit_code=2)
