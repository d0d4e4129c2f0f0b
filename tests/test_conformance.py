"""A public peer's test suite, restated as a project: every case passes unchanged."""

from __future__ import annotations

from pathlib import Path

from segrules.project.reader import folder_reader
from segrules.workflows.testing.unit_tests import run_tests

SUITE = Path(__file__).parent / "conformance"


def test_every_case_of_the_peer_passes() -> None:
    report = run_tests(folder_reader(SUITE))
    assert [(result.name, result.message) for result in report.results if not result.passed] == []
    assert len(report.results) == 110
