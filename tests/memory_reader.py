"""Projects written in tests as text, and findings in a form that is easy to compare."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from segrules.diagnostics import Diagnostic
from segrules.project.loader import load
from segrules.project.model import Project, Rules
from segrules.project.reader import MAX_BYTES, RULE_FILE_ENDINGS
from segrules.project.resolve import resolve

SHOP = """\
segrules: 1
name: shop
as_of: 2026-01-31
timezone: Asia/Bangkok
entities:
  customer:
    source: data/customers.parquet
    key: customer_id
    columns:
      customer_id: integer
      country: {type: text, values: [TH, US]}
      email: text
      age: {type: integer, min: 0, max: 120}
      joined_on: {type: date, missing: never}
      tags: list of text
    lookups:
      demographics: {source: data/d.csv, on: customer_id, columns: {customer_id: integer, income: integer}}
relations:
  orders:
    source: data/orders.parquet
    key: customer_id
    time: ordered_at
    order: order_id
    columns:
      order_id: integer
      customer_id: integer
      ordered_at: timestamp
      product_id: integer
      amount: decimal(12,2)
      channel: text
    lookups:
      product: {source: data/p.csv, on: product_id, columns: {product_id: integer, category: text}}
"""


@dataclass(frozen=True)
class MemoryReader:
    """Files by path. `unreadable` has findings in place of texts."""

    files: dict[str, str]
    unreadable: dict[str, Diagnostic] = field(default_factory=dict)
    root: Path | None = None

    def list(self, folder: str, endings: tuple[str, ...] = RULE_FILE_ENDINGS) -> tuple[str, ...]:
        known = (path for path in (*self.files, *self.unreadable) if path.startswith(f"{folder}/"))
        return tuple(sorted(path for path in known if path.endswith(endings)))

    def text(self, path: str, most_bytes: int = MAX_BYTES) -> str | Diagnostic:
        if path in self.unreadable:
            return self.unreadable[path]
        return (
            self.files[path]
            if path in self.files
            else Diagnostic("file-missing", f"there is no file `{path}`", path=path)
        )


def reader(segments: str = "", tests: str = "", project: str = SHOP) -> MemoryReader:
    files = {"segrules.yml": project, "segments/rules.yml": segments, "tests/cases.yml": tests}
    return MemoryReader({path: text for path, text in files.items() if text})


def loaded(segments: str = "", project: str = SHOP) -> Project:
    """A project that loads without any finding."""
    found, findings = load(reader(segments, project=project))
    assert shown(findings) == []
    assert found is not None
    return found


def resolved(segments: str, project: str = SHOP) -> Rules:
    """The rules of the only entity, resolved without errors."""
    rules, findings = resolve(loaded(segments, project))
    assert [line for line in shown(findings) if not line.startswith("negative")] == []
    (own,) = rules.values()
    return own


def shown(findings: Iterable[Diagnostic]) -> list[str]:
    """Each finding as `code at line:column on 'words': message`, in the order of places."""
    return [_shown(finding) for finding in sorted(findings, key=lambda finding: _place(finding))]


def _place(finding: Diagnostic) -> tuple[str, int]:
    return (finding.span.file.path, finding.span.start) if finding.span else (finding.path or "", -1)


def _shown(finding: Diagnostic) -> str:
    if finding.span is None:
        return f"{finding.code} in {finding.path}: {finding.message}"
    line, column = finding.span.file.position(finding.span.start)
    return f"{finding.code} at {line}:{column} on {finding.span.text!r}: {finding.message}"


def load_findings(segments: str = "", project: str = SHOP) -> list[str]:
    return shown(load(reader(segments, project=project))[1])


def all_findings(segments: str = "", project: str = SHOP) -> list[str]:
    """What loading and resolving find, warnings about missing values apart."""
    found, findings = load(reader(segments, project=project))
    more = resolve(found)[1] if found else ()
    return [line for line in shown((*findings, *more)) if not line.startswith("negative-on-missing")]
