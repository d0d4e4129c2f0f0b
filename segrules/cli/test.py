"""`segrules test`: runs the project's test cases and examples."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from segrules.cli.arguments import Env, Project, Set, project_folder, settings_of
from segrules.cli.terminal import Paint, note_findings, out, paint_for, shown_path
from segrules.cli.text import safe

if TYPE_CHECKING:
    from segrules.workflows.unit_tests import TestReport, TestResult


def test(
    project: Project = Path(),
    name: Annotated[
        str | None, typer.Option("-k", metavar="NAME", help="Only tests whose name has this in it.")
    ] = None,
    format: Annotated[Literal["text", "json", "junit"], typer.Option(help="How results are written.")] = "text",
    env: Env = None,
    sets: Set = None,
) -> None:
    """Run the test cases of tests/ and the examples beside the rules."""
    folder = project_folder(project)
    from segrules.project.environments import has_invalid_setting
    from segrules.project.loader import folder_reader
    from segrules.workflows.unit_tests import run_tests

    report = run_tests(folder_reader(folder), name=name, settings=settings_of(env, sets))
    note_findings(report.findings, folder)
    broken = any(finding.severity.value == "error" for finding in report.findings)
    if name is not None and not report.results and not broken:
        raise typer.BadParameter(f"no test has `{name}` in its name", param_hint="-k")
    out(written(report, folder, format))
    failed = broken or not all(result.passed for result in report.results)
    raise typer.Exit(2 if has_invalid_setting(report.findings) else int(failed))


def written(report: TestReport, folder: Path, format: str) -> str:
    """The results in one of the formats."""
    match format:
        case "json":
            from segrules.cli.findings import to_json

            return to_json(as_json(report))
        case "junit":
            from segrules.cli.junit import Case, junit

            cases = [
                Case(result.name, result.file, result.seconds, failure=None if result.passed else result.message)
                for result in report.results
            ]
            return junit("segrules test", cases)
        case _:
            return as_text(report, folder, paint_for(sys.stdout))


def as_text(report: TestReport, folder: Path, paint: Paint) -> str:
    """Each failed test with what it says, then how many passed and failed."""
    if not report.results:
        return "no tests were run"
    failed = [result for result in report.results if not result.passed]
    blocks = [_failure(result, folder, paint) for result in failed]
    passed = len(report.results) - len(failed)
    seconds = sum(result.seconds for result in report.results)
    counts = [paint(f"{passed:,} passed", "passed")] if passed or not failed else []
    counts += [paint(f"{len(failed):,} failed", "failed")] if failed else []
    return "\n\n".join([*blocks, f"{', '.join(counts)} in {seconds:.2f} s"])


def _failure(result: TestResult, folder: Path, paint: Paint) -> str:
    head = f"{shown_path(result.file, folder)}:{result.line} {paint('failed', 'error')}: {safe(result.name)}"
    return "\n".join([head, *("  " + safe(line) for line in result.message.splitlines())])


def as_json(report: TestReport) -> dict[str, Any]:
    """How many tests passed and failed, each test, and findings of the rules."""
    from segrules.cli.findings import place

    passed = sum(result.passed for result in report.results)
    names = ("name", "file", "line", "passed", "seconds", "message")
    return {
        "passed": passed,
        "failed": len(report.results) - passed,
        "tests": [{name: getattr(result, name) for name in names} for result in report.results],
        "findings": [place(finding) for finding in report.findings],
    }
