"""JUnit XML, as build servers read it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from segrules.cli.formats.finding import PROJECT_FILE, Finding

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Case:
    """One test of a suite; `failure` and `remark` are texts of any number of lines."""

    name: str
    file: str
    seconds: float = 0.0
    failure: str | None = None
    remark: str | None = None


def junit(suite: str, cases: Sequence[Case]) -> str:
    """The XML of one suite. What XML cannot hold is left out; ASCII only, so that no output encoding can break it."""
    failed = sum(case.failure is not None for case in cases)
    seconds = sum(case.seconds for case in cases)
    totals = f'tests="{len(cases)}" failures="{failed}" errors="0" skipped="0" time="{seconds:.3f}"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<testsuites {totals}>",
        f"  <testsuite name={_attribute(suite)} {totals}>",
        *(_case(case) for case in cases),
        "  </testsuite>",
        "</testsuites>",
    ]
    return "\n".join(lines).encode("ascii", "xmlcharrefreplace").decode("ascii")


def of_findings(findings: Sequence[Finding], *, fail_on: str) -> list[Case]:
    """Each finding that fails the run as a failed test, another as a test with a note; a passed one for none."""
    failing = ("error", "warning") if fail_on == "warning" else ("error",)
    cases = [_of_finding(finding, finding.severity.value in failing) for finding in findings]
    return cases or [Case("no findings", PROJECT_FILE)]


def _of_finding(finding: Finding, fails: bool) -> Case:
    file = finding.file.as_posix() if finding.file is not None else PROJECT_FILE
    place = "" if finding.file is None else file
    if finding.start is not None:
        place += f":{finding.start[0]}:{finding.start[1]}"
    name = f"{place} {finding.code}".lstrip()
    return Case(name, file, failure=finding.text if fails else None, remark=None if fails else finding.text)


def _case(case: Case) -> str:
    head = f"    <testcase name={_attribute(case.name)} classname={_attribute(case.file)}"
    head += f' file={_attribute(case.file)} time="{case.seconds:.3f}"'
    inner = ""
    if case.failure is not None:
        first = case.failure.strip().split("\n", 1)[0]
        inner += f"\n      <failure message={_attribute(first)}>{_content(case.failure)}</failure>"
    if case.remark is not None:
        inner += f"\n      <system-out>{_content(case.remark)}</system-out>"
    return f"{head}>{inner}\n    </testcase>" if inner else f"{head}/>"


def _attribute(text: str) -> str:
    return quoteattr(_NOT_XML.sub("", text))


def _content(text: str) -> str:
    return escape(_NOT_XML.sub("", text))
