"""`segrules test --mutate`: which small changes of the rules no test notices."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from segrules.cli.findings import Format, Report, report, to_json
from segrules.cli.terminal import Paint, excerpt, note, note_findings, out, paint_for, path_from_here, plain, shown_path
from segrules.cli.text import safe

if TYPE_CHECKING:
    from segrules.cli.formats.finding import Finding
    from segrules.project.environments import Settings
    from segrules.source import Span
    from segrules.workflows.mutating.mutation import MutationReport, Outcome
    from segrules.workflows.testing.unit_tests import TestReport


def mutation(
    folder: Path, name: str | None, settings: Settings, format: Format, score_min: int | None, since: str | None
) -> NoReturn:
    """Runs the tests with every mutant of the rules, or of those changed since a revision; says which survived."""
    from segrules.cli.test import refuse_no_test
    from segrules.project.loader import folder_reader
    from segrules.workflows.mutating.mutation import run_mutation

    found = run_mutation(folder_reader(folder), name=name, since=since, settings=settings)
    refuse_failing(found.tests, folder, "no change of the rules was tried", quiet=format == "github")
    refuse_no_test(name, found.tests)
    if found.problem is not None:
        note_findings((found.problem,), folder)
        raise typer.Exit(2)
    out(_written(found, folder, format))
    if score_min is not None and found.score is not None and found.score < score_min:
        note(f"tests noticed {found.score}% of the changes, and --score-min asks for {score_min}%")
        raise typer.Exit(1)
    raise typer.Exit(0)


def refuse_failing(tests: TestReport, folder: Path, undone: str, *, quiet: bool = False) -> None:
    """Ends the command where the rules have errors or a test fails; says what was therefore not done."""
    from segrules.project.environments import has_invalid_setting

    if not quiet:
        note_findings(tests.findings, folder)
    if any(finding.severity.value == "error" for finding in tests.findings):
        raise typer.Exit(2 if has_invalid_setting(tests.findings) else 1)
    failed = sum(not result.passed for result in tests.results)
    if failed:
        from segrules.cli.test import as_text

        note(as_text(tests, folder, paint_for(sys.stderr)))
        what = "a test fails" if failed == 1 else f"{failed:,} tests fail"
        note(f"{undone}, because {what} as it is: mend that first")
        raise typer.Exit(1)


def _written(found: MutationReport, folder: Path, format: Format) -> str:
    match format:
        case "text":
            return as_text(found, folder, paint_for(sys.stdout))
        case "json":
            return to_json(as_json(found))
        case _:
            return _as_report(found, folder, format)


def as_text(found: MutationReport, folder: Path, paint: Paint) -> str:
    """Each mutant that survived, in its line, then how many were noticed. A rule without any test is said once."""
    blocks = []
    for is_looked_at, group in groupby(_missed(found), lambda outcome: (outcome.is_looked_at, _rule(outcome))):
        outcomes = list(group)
        if is_looked_at[0]:
            blocks += [_block(alike, folder, paint) for alike in _by_row(outcomes)]
        else:
            blocks.append(_untested(outcomes, folder, paint))
    return "\n\n".join([*blocks, _closing(found, paint)])


def _missed(found: MutationReport) -> Iterator[Outcome]:
    return (outcome for outcome in found.outcomes if outcome.result in ("survived", "alike"))


def _rule(outcome: Outcome) -> tuple[str, str]:
    return outcome.mutated.entity, outcome.mutated.rule


def _by_row(outcomes: Sequence[Outcome]) -> list[list[Outcome]]:
    """The mutants of a rule, those together that the same row would notice."""
    groups: dict[object, list[Outcome]] = {}
    for number, outcome in enumerate(outcomes):
        proposal = None if outcome.answer is None else outcome.answer.proposal
        if proposal is None:
            groups[number] = [outcome]
            continue
        row = proposal.yaml if proposal.form == "example" else proposal.yaml.partition("\n")[2]  # without its name
        groups.setdefault((proposal.form, row), []).append(outcome)
    return list(groups.values())


def _block(outcomes: Sequence[Outcome], folder: Path, paint: Paint) -> str:
    """Mutants that one row would notice, each in its line, and that row."""
    style, word = ("info", "no difference found") if outcomes[0].result == "alike" else ("warning", "unnoticed")
    lines = []
    for span, same in groupby(outcomes, lambda outcome: outcome.mutated.mutant.span):
        source, carets, _ = excerpt(span, "", style, paint)
        lines += [f"{_place(span, folder)} {paint(word, style)}: {safe(_said(outcome))}" for outcome in same]
        lines += [source, carets]
    them = {1: "it", 2: "both"}.get(len(outcomes), f"all {len(outcomes):,}")
    return "\n".join([*lines, *(f"    {line}" for line in _advice(outcomes[0], them).splitlines())])


def _said(outcome: Outcome) -> str:
    """`vip` with `orders >= 4` for `orders >= 5`."""
    mutant, rule = outcome.mutated.mutant, outcome.mutated.rule
    if mutant.after is None:
        return f"`{rule}` without `{mutant.before}`"
    return f"`{rule}` with `{mutant.after}` for `{mutant.before}`"


def _advice(outcome: Outcome, them: str = "it") -> str:
    """The test that would notice a mutant, in lines; or what is known where none was found."""
    if outcome.result == "alike" and outcome.answer is not None:
        rows = "1 row" if outcome.answer.tried == 1 else f"{outcome.answer.tried:,} rows"
        return f"{rows} tried, and each gives the same: perhaps this is the same rule in other words"
    if outcome.answer is None or outcome.answer.proposal is None:
        return ""
    proposal, rule = outcome.answer.proposal, outcome.mutated.rule
    where = (
        f"among the `examples` of `{rule}`" if proposal.form == "example" else "among the `cases` of a file in tests/"
    )
    return "\n".join(
        [f"{where} this would notice {them}:", *(f"  {safe(line)}" for line in proposal.yaml.splitlines())]
    )


def _place(span: Span, folder: Path) -> str:
    line, column = span.file.position(span.start)
    return f"{shown_path(span.file.path, folder)}:{line}:{column}"


def _untested(outcomes: Sequence[Outcome], folder: Path, paint: Paint) -> str:
    place = _place(outcomes[0].mutated.mutant.span, folder)
    changes = "1 change" if len(outcomes) == 1 else f"{len(outcomes):,} changes"
    rule = safe(outcomes[0].mutated.rule)
    return f"{place} {paint('unnoticed', 'warning')}: no test looks at `{rule}` ({changes})"


def _closing(found: MutationReport, paint: Paint) -> str:
    if found.score is None:
        return "there is nothing to change in the rules"
    missed = found.count("survived")
    parts = [paint(f"{found.killed:,} noticed", "passed")]
    parts += [paint(f"{missed:,} unnoticed", "failed")] if missed else []
    alike = found.count("alike")
    parts += [f"{alike:,} without a difference"] if alike else []
    same = found.count("equivalent")
    parts += [f"{same:,} proven to change nothing"] if same else []
    return f"{len(found.outcomes):,} changes tried: {', '.join(parts)}; score {found.score}%"


def as_json(found: MutationReport) -> dict[str, Any]:
    """The counts, the score, and every mutant with what came of it."""
    return {
        "killed": found.killed,
        "survived": found.count("survived"),
        "alike": found.count("alike"),
        "equivalent": found.count("equivalent"),
        "score": found.score,
        "mutants": [_entry(outcome) for outcome in found.outcomes],
    }


def _entry(outcome: Outcome) -> dict[str, Any]:
    mutant = outcome.mutated.mutant
    line, column = mutant.span.file.position(mutant.span.start)
    end_line, end_column = mutant.span.file.position(mutant.span.end)
    return {
        "rule": outcome.mutated.rule,
        "entity": outcome.mutated.entity,
        "kind": mutant.kind,
        "before": mutant.before,
        "after": mutant.after,
        "result": outcome.result,
        "killed_by": outcome.by,
        "looked_at": outcome.is_looked_at,
        "row": _row(outcome),
        "file": mutant.span.file.path,
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
    }


def _row(outcome: Outcome) -> dict[str, Any] | None:
    """The test that would notice a mutant: where it goes, and its text."""
    if outcome.answer is None or outcome.answer.proposal is None:
        return None
    return {"form": outcome.answer.proposal.form, "yaml": outcome.answer.proposal.yaml}


def _as_report(found: MutationReport, folder: Path, format: Report) -> str:
    findings = [_finding(outcome, folder) for outcome in _missed(found) if outcome.result == "survived"]
    return report(findings, folder, format, command="test --mutate", fail_on="warning", closing=_closing(found, plain))


def _finding(outcome: Outcome, folder: Path) -> Finding:
    from segrules.cli.formats.finding import Finding
    from segrules.diagnostics import Severity

    span = outcome.mutated.mutant.span
    return Finding(
        "unnoticed-change",
        "A change of a rule that no test notices",
        Severity.WARNING,
        Severity.WARNING,
        f"no test notices {_said(outcome)}",
        _advice(outcome) or None,
        path_from_here(span.file.path, folder),
        span.file.position(span.start),
        span.file.position(span.end),
        f"{_said(outcome)}\n{span.text}",
    )
