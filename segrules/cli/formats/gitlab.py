"""The Code Quality report of GitLab, which it compares between the branches of a merge request."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from segrules.cli.formats.finding import PROJECT_FILE, Finding, fingerprints

_LEVELS = {"error": "critical", "warning": "minor", "info": "info"}


def gitlab(findings: Sequence[Finding], folder: Path) -> list[dict[str, Any]]:
    """An entry for each finding. GitLab wants a file and a line: one of no file stands at the start of segrules.yml."""
    return [
        {
            "description": finding.sentence,
            "check_name": finding.code,
            "fingerprint": fingerprint,
            "severity": _LEVELS[finding.severity.value],
            "location": {
                "path": (finding.file or folder / PROJECT_FILE).as_posix(),
                "lines": {"begin": finding.start[0] if finding.start is not None else 1},
            },
        }
        for finding, fingerprint in zip(findings, fingerprints(findings), strict=True)
    ]
