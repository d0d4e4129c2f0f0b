"""What `count` finds in the data, beside what was found in the rules: `validate --data`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from segrules.diagnostics import CODES, Diagnostic, has_errors
from segrules.project.environments import NO_SETTINGS, Settings
from segrules.workflows.apply import count
from segrules.workflows.validate import in_order, place_of


def with_data(
    findings: Sequence[Diagnostic], root: Path, settings: Settings = NO_SETTINGS
) -> tuple[tuple[Diagnostic, ...], int]:
    """The findings of a project's rules with those that counting its members adds, and the exit code of that.

    What both say of the same words is said once, as `count` says it: with the rows that a test brings in. Where the
    rules have errors, nothing is counted; what is proven of them does not keep them from running.
    """
    if has_errors(finding for finding in findings if not CODES[finding.code].is_proof):
        return tuple(findings), 0
    counted = count(root, settings=settings)
    known = {(finding.code, place_of(finding)) for finding in counted.findings}
    others = (finding for finding in findings if (finding.code, place_of(finding)) not in known)
    return in_order((*counted.findings, *others)), counted.exit_code
