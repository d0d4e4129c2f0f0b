"""`segrules test`: runs the project's test cases and examples."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, assert_never

import typer

from segrules.cli.arguments import Env, Project, Set, project_folder, settings_of
from segrules.cli.findings import Format, Report, place, report, to_json
from segrules.cli.terminal import Paint, note_findings, out, paint_for, path_from_here, plain, shown_path
from segrules.cli.text import safe

if TYPE_CHECKING:
    from segrules.cli.formats.finding import Finding
    from segrules.cli.formats.junit import Case
    from segrules.workflows.testing.unit_tests import TestReport, TestResult

Mutate = Annotated[bool, typer.Option("--mutate", help="Try small changes of the rules: does some test notice each?")]
ScoreMin = Annotated[
    int | None,
    typer.Option(min=0, max=100, metavar="PERCENT", help="With --mutate: exit 1 where fewer are noticed."),
]
Coverage = Annotated[
    bool, typer.Option("--coverage", help="Say which outcomes of the rules the tests have seen, and which not.")
]
FailUnder = Annotated[
    float | None,
    typer.Option(min=0, max=100, metavar="PERCENT", help="With --coverage: exit 1 where tests see less."),
]
CoverageReport = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="With --coverage: write the rules with what was seen, as HTML."),
]
Suggest = Annotated[bool, typer.Option("--suggest", help="Print examples for segments, on the bounds of their rules.")]
Write = Annotated[
    bool, typer.Option("--write", help="With --suggest: put the examples into the files of the segments.")
]

ChangedSince = Annotated[
    str | None,
    typer.Option(metavar="REVISION", help="With --coverage or --mutate: only rules changed since then."),
]
Update = Annotated[
    bool, typer.Option("--update", help="Make the cases of tests/ expect what comes out, and show what changes.")
]
Diff = Annotated[bool, typer.Option("--diff", help="With --update: only show what would change.")]


def test(
    project: Project = Path(),
    name: Annotated[
        str | None, typer.Option("-k", metavar="NAME", help="Only tests whose name has this in it.")
    ] = None,
    mutate: Mutate = False,
    score_min: ScoreMin = None,
    changed_since: ChangedSince = None,
    coverage: Coverage = False,
    fail_under: FailUnder = None,
    coverage_report: CoverageReport = None,
    suggest: Suggest = False,
    write: Write = False,
    update: Update = False,
    diff: Diff = False,
    format: Annotated[Format, typer.Option(help="How results are written.")] = "text",
    env: Env = None,
    sets: Set = None,
) -> None:
    """Run the test cases of tests/ and the examples beside the rules."""
    folder = project_folder(project)
    _one_of({"--mutate": mutate, "--coverage": coverage, "--suggest": suggest, "--update": update})
    _goes_with("--mutate", mutate, {"--score-min": score_min is not None})
    _goes_with("--coverage` or `--mutate", coverage or mutate, {"--changed-since": changed_since is not None})
    of_coverage = {"--fail-under": fail_under is not None, "--coverage-report": coverage_report is not None}
    _goes_with("--coverage", coverage, of_coverage)
    _goes_with("--suggest", suggest, {"--write": write})
    _goes_with("--update", update, {"--diff": diff})
    if update:
        from segrules.cli.update import updated

        updated(folder, name, settings_of(env, sets), format, is_only_shown=diff)
    if coverage:
        from segrules.cli.coverage import Options, cover

        cover(folder, name, settings_of(env, sets), format, Options(fail_under, coverage_report, changed_since))
    if suggest:
        from segrules.cli.suggest import suggest as suggested

        suggested(folder, name, settings_of(env, sets), format, write)
    if mutate:
        from segrules.cli.mutation import mutation

        mutation(folder, name, settings_of(env, sets), format, score_min, changed_since)
    from segrules.project.environments import has_invalid_setting
    from segrules.project.loader import folder_reader
    from segrules.workflows.testing.unit_tests import run_tests

    tested = run_tests(folder_reader(folder), name=name, settings=settings_of(env, sets))
    if format != "github":  # where stdout and stderr are one log, annotations say it all
        note_findings(tested.findings, folder)
    broken = any(finding.severity.value == "error" for finding in tested.findings)
    if not broken:
        refuse_no_test(name, tested)
    out(written(tested, folder, format))
    failed = broken or not all(result.passed for result in tested.results)
    raise typer.Exit(2 if has_invalid_setting(tested.findings) else int(failed))


def refuse_no_test(name: str | None, tested: TestReport) -> None:
    """A usage error where `-k` names no test."""
    if name is not None and not tested.results:
        raise typer.BadParameter(f"no test has `{name}` in its name", param_hint="-k")


def _one_of(asked: Mapping[str, bool]) -> None:
    """A usage error where more than one of these options is given."""
    given = [option for option, is_given in asked.items() if is_given]
    if len(given) > 1:
        raise typer.BadParameter("run one after the other", param_hint=" and ".join(given))


def _goes_with(option: str, is_given: bool, others: Mapping[str, bool]) -> None:
    """A usage error where another option is given without the one that it belongs to."""
    for other, is_other_given in others.items():
        if is_other_given and not is_given:
            raise typer.BadParameter(f"it goes with `{option}`", param_hint=other)


def written(tested: TestReport, folder: Path, format: Format) -> str:
    """The results in one of the formats."""
    match format:
        case "text":
            return as_text(tested, folder, paint_for(sys.stdout))
        case "json":
            return to_json(as_json(tested))
        case "junit":
            return as_junit(tested, folder)
        case "github" | "gitlab" | "sarif":
            return as_findings(tested, folder, format)
        case _:
            assert_never(format)


def as_junit(tested: TestReport, folder: Path, more: Sequence[Case] = ()) -> str:
    """A case for each test, and `more`; where the rules have errors and no test could run, one for each finding."""
    from segrules.cli.formats.finding import of_rules
    from segrules.cli.formats.junit import Case, junit, of_findings

    cases = [
        Case(result.name, result.file, result.seconds, failure=None if result.passed else result.message)
        for result in tested.results
    ]
    if not cases and tested.findings:
        cases = of_findings(of_rules(tested.findings, folder), fail_on="error")
    return junit("segrules test", [*cases, *more])


def as_findings(tested: TestReport, folder: Path, format: Report, more: Sequence[Finding] = ()) -> str:
    """The findings of the rules, the tests that failed, and `more`; tests that passed are none."""
    from segrules.cli.formats.finding import of_rules, of_test

    failed = [
        of_test(result.name, path_from_here(result.file, folder), result.line, result.message)
        for result in tested.results
        if not result.passed
    ]
    found = (*of_rules(tested.findings, folder), *failed, *more)
    return report(found, folder, format, command="test", closing=_counts(tested, plain))


def as_text(tested: TestReport, folder: Path, paint: Paint) -> str:
    """Each failed test with what it says, then how many passed and failed."""
    blocks = [_failure(result, folder, paint) for result in tested.results if not result.passed]
    return "\n\n".join([*blocks, _counts(tested, paint)])


def _counts(tested: TestReport, paint: Paint) -> str:
    if not tested.results:
        return "no tests were run"
    failed = sum(not result.passed for result in tested.results)
    passed = len(tested.results) - failed
    seconds = sum(result.seconds for result in tested.results)
    counts = [paint(f"{passed:,} passed", "passed")] if passed or not failed else []
    counts += [paint(f"{failed:,} failed", "failed")] if failed else []
    return f"{', '.join(counts)} in {seconds:.2f} s"


def _failure(result: TestResult, folder: Path, paint: Paint) -> str:
    head = f"{shown_path(result.file, folder)}:{result.line} {paint('failed', 'error')}: {safe(result.name)}"
    return "\n".join([head, *("  " + safe(line) for line in result.message.splitlines())])


def as_json(tested: TestReport) -> dict[str, Any]:
    """How many tests passed and failed, each test, and findings of the rules."""
    passed = sum(result.passed for result in tested.results)
    names = ("name", "file", "line", "passed", "seconds", "message")
    return {
        "passed": passed,
        "failed": len(tested.results) - passed,
        "tests": [{name: getattr(result, name) for name in names} for result in tested.results],
        "findings": [place(finding) for finding in tested.findings],
    }
