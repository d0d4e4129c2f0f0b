"""`segrules test --coverage`: which outcomes of the tests in rules the cases and examples have seen."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from segrules.cli import test
from segrules.cli.findings import Format, to_json
from segrules.cli.table import columns
from segrules.cli.terminal import Paint, excerpt, note, note_findings, out, paint_for, path_from_here, shown_path
from segrules.cli.text import safe
from segrules.diagnostics import Diagnostic
from segrules.workflows.testing.coverage import (
    count_impossible,
    coverage,
    names_changed_since,
    percent,
    run_watched,
    totals,
    unseen,
)

if TYPE_CHECKING:
    from segrules.cli.formats.finding import Finding
    from segrules.project.environments import Settings
    from segrules.source import Span
    from segrules.workflows.testing.coverage import Coverage, RuleCoverage, Unseen
    from segrules.workflows.testing.unit_tests import TestReport


@dataclass(frozen=True, slots=True)
class Options:
    """What is asked of coverage. fail_under: the least share of the outcomes, in per cent. report: an HTML file.

    since: a git revision; only rules that changed since then count.
    """

    fail_under: float | None = None
    report: Path | None = None
    since: str | None = None


def cover(folder: Path, name: str | None, settings: Settings, format: Format, options: Options) -> NoReturn:
    """Runs the tests, writes their results and behind them what they have seen of the rules."""
    from segrules.project.environments import has_invalid_setting
    from segrules.project.loader import folder_reader

    tested, watch = run_watched(folder_reader(folder), name=name, settings=settings)
    if format != "github":
        note_findings(tested.findings, folder)
    if watch is None:
        out(test.written(tested, folder, format))
        raise typer.Exit(2 if has_invalid_setting(tested.findings) else 1)
    test.refuse_no_test(name, tested)
    changed = None if options.since is None else names_changed_since(folder, options.since, watch, settings)
    if isinstance(changed, Diagnostic):
        note_findings((changed,), folder)
        raise typer.Exit(2)
    from segrules.workflows.testing.impossible import impossible

    rules = coverage(watch, changed, impossible(watch, changed))
    out(_written(tested, rules, folder, format, options))
    if options.report is not None:
        from segrules.report.coverage import coverage_page

        options.report.write_text(coverage_page(rules), "utf-8")
        note(f"wrote {safe(str(options.report))}")
    under = _under(rules, options.fail_under)
    if under is not None:
        note(under)
    raise typer.Exit(int(under is not None or not all(result.passed for result in tested.results)))


def _under(rules: Sequence[RuleCoverage], least: float | None) -> str | None:
    """What falls short of `--fail-under`, if anything does. Shares are compared as they are, not as they are shown."""
    seen, possible = totals(rules)
    if least is None or 100 * seen >= least * possible:
        return None
    return f"coverage is {percent(seen, possible)}%, and --fail-under asks for {least:g}%"


def _written(tested: TestReport, rules: Sequence[RuleCoverage], folder: Path, format: Format, options: Options) -> str:
    match format:
        case "text":
            paint = paint_for(sys.stdout)
            return f"{test.as_text(tested, folder, paint)}\n\n{as_text(rules, folder, paint, options.since)}"
        case "json":
            return to_json({**test.as_json(tested), "coverage": {**as_json(rules), "changed_since": options.since}})
        case "junit":
            from segrules.cli.formats.junit import Case

            said = "\n".join([_closing(rules, options.since), *(one.message for one in unseen(rules))])
            under = _under(rules, options.fail_under)
            case = Case(
                "coverage", "segrules.yml", failure=under and f"{under}\n{said}", remark=None if under else said
            )
            return test.as_junit(tested, folder, [case])
        case _:
            return test.as_findings(tested, folder, format, [_finding(one, folder) for one in unseen(rules)])


def as_text(rules: Sequence[RuleCoverage], folder: Path, paint: Paint, since: str | None = None) -> str:
    """Each place that tests have not seen all of, a table of files and their rules that lack something, the share."""
    blocks = [_block(one, folder, paint) for one in unseen(rules)]
    table = _table(rules, folder, paint) if rules else []
    return "\n\n".join([*blocks, *(["\n".join(table)] if table else []), _closing(rules, since)])


def _block(one: Unseen, folder: Path, paint: Paint) -> str:
    line, column = one.span.file.position(one.span.start)
    place = f"{shown_path(one.span.file.path, folder)}:{line}:{column}"
    source, carets, _ = excerpt(one.span, "", "warning", paint)
    return "\n".join([f"{place} {paint('unseen', 'warning')}: {safe(one.message)}", source, carets])


def _table(rules: Sequence[RuleCoverage], folder: Path, paint: Paint) -> list[str]:
    rows = [["rule", "seen", "of", "share"]]
    for path, of_file in groupby(rules, lambda rule: rule.file.path):
        own = list(of_file)
        rows.append([shown_path(path, folder), *_counts(own)])
        rows += [[f"  {safe(rule.name.name)}", *_counts([rule])] for rule in own if any(p.unseen for p in rule.parts)]
    lines = columns(rows, right=[False, True, True, True])
    return [paint(lines[0], "dim"), *lines[1:]]


def _counts(rules: Sequence[RuleCoverage]) -> list[str]:
    seen, possible = totals(rules)
    return [f"{seen:,}", f"{possible:,}", f"{percent(seen, possible)}%"]


def _closing(rules: Sequence[RuleCoverage], since: str | None) -> str:
    seen, possible = totals(rules)
    if not possible:
        changed = "" if since is None else f" that changed since `{since}`"
        return f"there is nothing in the rules{safe(changed)} that tests could see"
    of_rules = "" if since is None else f" of the rules that changed since `{safe(since)}`"
    share = f"coverage {percent(seen, possible)}%{of_rules}: tests see {seen:,} of {possible:,} outcomes"
    never = count_impossible(rules)
    return f"{share}; {never:,} more {'is' if never == 1 else 'are'} proven impossible" if never else share


def as_json(rules: Sequence[RuleCoverage]) -> dict[str, Any]:
    """The counts and the share, and every rule with its atoms: what tests have seen and what not."""
    return {**_share(rules), "impossible": count_impossible(rules), "rules": [_entry(rule) for rule in rules]}


def _share(rules: Sequence[RuleCoverage]) -> dict[str, Any]:
    seen, possible = totals(rules)
    return {"seen": seen, "possible": possible, "percent": percent(seen, possible)}


def _entry(rule: RuleCoverage) -> dict[str, Any]:
    return {
        "rule": rule.name.name,
        "kind": rule.name.kind,
        "entity": rule.name.entity,
        **_share([rule]),
        "members": None if rule.whole is None else _outcomes(rule.whole),
        "tests": [{"text": atom.what, **_outcomes(atom), **_place(atom.span)} for atom in rule.atoms],
        **_place(rule.span),
    }


def _outcomes(part: Coverage) -> dict[str, Any]:
    return {"seen": list(part.seen), "unseen": list(part.unseen), "impossible": list(part.impossible)}


def _place(span: Span) -> dict[str, Any]:
    (line, column), (end_line, end_column) = span.file.position(span.start), span.file.position(span.end)
    return {"file": span.file.path, "line": line, "column": column, "end_line": end_line, "end_column": end_column}


def _finding(one: Unseen, folder: Path) -> Finding:
    from segrules.cli.formats.finding import Finding
    from segrules.diagnostics import Severity

    return Finding(
        "unseen-outcome",
        "An outcome of a rule that no test has seen",
        Severity.INFO,
        Severity.INFO,
        one.message,
        None,
        path_from_here(one.span.file.path, folder),
        one.span.file.position(one.span.start),
        one.span.file.position(one.span.end),
        f"{one.message}\n{one.span.text}",
    )
