"""RULES WITHOUT ERRORS -> WHAT A REVIEWER WOULD REMARK: a file for each kind of remark.

In: a project and its rules; out: findings, each with its code. Nothing here looks at data, and a rule that is
remarked on can be run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from segrules.diagnostics import CODES, Diagnostic
from segrules.planning.time import AsOf
from segrules.project.cases import Case
from segrules.project.levels import level_of
from segrules.project.model import Project, Rules
from segrules.workflows.lints.dates import stale_dates
from segrules.workflows.lints.numbers import repeated_numbers
from segrules.workflows.lints.parts import parts_of
from segrules.workflows.lints.people import missing_owners, missing_tests
from segrules.workflows.lints.unused import unused_params, unused_traits

__all__ = ["lint"]


def lint(
    project: Project, rules: Mapping[str, Rules], cases: Sequence[Case], as_of: AsOf | None
) -> Iterator[Diagnostic]:
    """The remarks on all rules that the project wants to hear. as_of: the day that dates are old or new by."""
    parts = {entity: parts_of(own) for entity, own in rules.items()}
    wanted = {code.name for code in CODES.values() if level_of(code, project) is not None}
    if "unused-trait" in wanted:
        yield from unused_traits(project, parts, cases)
    if "unused-param" in wanted:
        yield from unused_params(project)
    if "repeated-number" in wanted:
        yield from repeated_numbers(parts)
    if "stale-date" in wanted and as_of is not None:
        yield from stale_dates(rules, parts, as_of)
    if "missing-owner" in wanted:
        yield from missing_owners(project)
    if "missing-test" in wanted:
        yield from missing_tests(project, cases)
