"""tests/*.yml as cases: rows given to tables, of their columns' types, and what is expected of rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from segrules.diagnostics import Diagnostic
from segrules.project.case_expectations import Expectable, Expected, expectables, expected
from segrules.project.case_rows import GivenRow, Tables, default_rows, given_rows, orphan_findings, tables_of
from segrules.project.contract_types import wall_clock
from segrules.project.document_reading import read_document
from segrules.project.documents import CaseDocument, TestsDocument
from segrules.project.file_reading import elsewhere, read_file
from segrules.project.leaves import Located
from segrules.project.model import Project, Rules
from segrules.project.reader import TEST_FOLDER, Reader
from segrules.project.yaml_source import read_yaml
from segrules.source import Span

__all__ = ["Case", "Expected", "GivenRow", "load_cases"]

Findings = list[Diagnostic]


@dataclass(frozen=True, slots=True)
class Case:
    """One test: rows by table id (`orders.product`), and what the rules must make of them. The span is its name."""

    name: str
    as_of: date | datetime
    given: Mapping[str, tuple[GivenRow, ...]]
    expect: tuple[Expected, ...]
    span: Span


def load_cases(
    read: Reader, project: Project, rules: Mapping[str, Rules] | None = None
) -> tuple[tuple[Case, ...], tuple[Diagnostic, ...]]:
    """The cases of all test files that can be run as written, and all findings.

    `rules` tell the types of traits; without them expected values stay as YAML takes them.
    """
    findings: Findings = []
    tables = tables_of(project)
    known = expectables(project, rules or {})
    cases: list[Case] = []
    for path in read.list(TEST_FOLDER):
        document, unreadable = _document(read, path)
        unfit: Findings = []
        if document is not None:
            found = list(_cases(document, project, tables, known, unfit))
            cases += found if not unreadable else []
        findings += (*unreadable, *elsewhere(unfit, unreadable))
    if any(item.kind == "file" for item in project.broken):  # what it defines is not known, and no test is to blame
        findings = [finding for finding in findings if finding.code != "unknown-segment"]
    return tuple(cases), tuple(findings)


def _document(read: Reader, path: str) -> tuple[TestsDocument | None, Findings]:
    findings: Findings = []
    text = read_file(read, path, findings)
    if text is None:
        return None, findings
    node, wrong = read_yaml(path, text)
    if node is None:
        return None, list(wrong)
    document, unfit, _ = read_document(TestsDocument, node)
    return document, [*wrong, *elsewhere(unfit, wrong)]


def _cases(
    document: TestsDocument,
    project: Project,
    tables: Tables,
    known: Mapping[str, tuple[Expectable, ...]],
    findings: Findings,
) -> Iterator[Case]:
    before = len(findings)
    defaults = default_rows(document, tables, project.timezone, findings)
    is_whole = len(findings) == before
    for item in document.cases:
        before = len(findings)
        as_of = _as_of(item, document, project, findings)
        given = given_rows(item, defaults, tables, project.timezone, findings)
        findings += orphan_findings(project, given) if len(findings) == before else ()
        expects = [expected(name, node, project, known, given, findings) for name, node in item.expect.items()]
        if is_whole and as_of is not None and len(findings) == before:
            wanted = tuple(one for one in expects if one is not None)
            yield Case(item.name.value, as_of, given, wanted, item.name.span)


def _as_of(item: CaseDocument, document: TestsDocument, project: Project, findings: Findings) -> date | datetime | None:
    found: Located[Any] | None = item.as_of or document.as_of
    value = found.value if found else project.as_of
    if value is None:
        help = "write `as_of: 2026-01-31` in the case, at the top of the file, or in segrules.yml"
        message = "this case has no `as_of`, and a test never depends on the clock"
        findings.append(Diagnostic("invalid-test", message, item.name.span, help))
    return wall_clock(value, project.timezone) if isinstance(value, datetime) else value
