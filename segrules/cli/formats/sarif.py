"""SARIF 2.1.0, which code scanning reads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from segrules import __version__
from segrules.cli.formats.finding import Finding, Place, Replacement, fingerprints
from segrules.diagnostics import CODES

_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def sarif(findings: Sequence[Finding], command: str) -> dict[str, Any]:
    """A log with one run of `command`; its rules are the codes that occur."""
    kinds = {finding.code: finding for finding in findings}
    codes = list(kinds)
    results = [
        _result(finding, codes.index(finding.code), fingerprint)
        for finding, fingerprint in zip(findings, fingerprints(findings), strict=True)
    ]
    run = {
        "tool": {
            "driver": {
                "name": "segrules",
                "semanticVersion": __version__,
                "rules": [_rule(finding) for finding in kinds.values()],
            }
        },
        "automationDetails": {"id": f"segrules {command}/"},  # so that no command's results push out another's
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(finding: Finding) -> dict[str, Any]:
    page = f"docs/errors/{finding.code}.md" if finding.code in CODES else "docs/command-line.md"
    return {
        "id": finding.code,
        "shortDescription": {"text": finding.title},
        "help": {"text": f"{finding.title}. {page} in the documentation of segrules tells more."},
        "defaultConfiguration": {"level": _LEVELS[finding.usual.value]},
    }


def _result(finding: Finding, rule: int, fingerprint: str) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": _LEVELS[finding.severity.value],
        "message": {"text": finding.sentence},
        # the first name is the one that GitHub goes by, and would else fill with a hash of the line
        "partialFingerprints": {"primaryLocationLineHash": fingerprint, "segrules/v1": fingerprint},
    }
    if finding.fix is not None:
        result["fixes"] = [_fix(*finding.fix)]
    if finding.related:
        result["relatedLocations"] = [{"physicalLocation": _physical(place)} for place in finding.related]
    if finding.file is None:
        return result
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(finding.file)}}
    if finding.start is not None:
        physical["region"] = _region(finding.start, finding.end)
    return result | {"locations": [{"physicalLocation": physical}]}


def _physical(place: Place) -> dict[str, Any]:
    return {"artifactLocation": {"uri": _uri(place.file)}, "region": _region(place.start, place.end)}


def _region(start: tuple[int, int], end: tuple[int, int] | None) -> dict[str, int]:
    region = {"startLine": start[0], "startColumn": start[1]}
    return region if end is None else region | {"endLine": end[0], "endColumn": end[1]}


def _fix(title: str, replacements: Sequence[Replacement]) -> dict[str, Any]:
    changes = [
        {
            "artifactLocation": {"uri": _uri(file)},
            "replacements": [
                {"deletedRegion": _region(item.start, item.end), "insertedContent": {"text": item.text}}
                for item in replacements
                if item.file == file
            ],
        }
        for file in dict.fromkeys(item.file for item in replacements)
    ]
    return {"description": {"text": title}, "artifactChanges": changes}


def _uri(path: Path) -> str:
    return path.as_uri() if path.is_absolute() else quote(path.as_posix(), safe="/", errors="replace")
