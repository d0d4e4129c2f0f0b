"""The record of the last runs, and what is printed and written of it: one table, the curves, what it was measured with.

A record has an entry for each group, so that a run of some groups leaves the others as they were.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from drawing import draw
from figures import HEAD, Curve, Figure, Finding, Note, as_json, from_json, line

DOCS = Path(__file__).parents[1] / "docs"
LIBRARIES = (
    "segrules", "duckdb", "sqlglot", "lark", "pydantic", "polars", "pandas", "pyarrow", "z3-solver",
    "psycopg", "pyspark", "rule-engine", "zen-engine", "common-expression-language",
)  # fmt: skip

Record = dict[str, dict[str, Any]]
"""By group: `setting`, where and with what it was measured, and `findings`."""


def entry(findings: Sequence[Finding], command: str) -> dict[str, Any]:
    """A group's part of a record."""
    return {"setting": {**setting(), "command": command}, "findings": [_short(as_json(one)) for one in findings]}


def setting() -> dict[str, Any]:
    """Versions and machine."""
    versions = {"Python": platform.python_version()}
    for name in LIBRARIES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = f"{platform.system()} {platform.machine()}"
    return {"versions": versions, "cores": os.cpu_count(), "memory_gib": round(memory), "system": system}


def _short(value: Any) -> Any:
    """Numbers with four digits that count: more are noise, and a change in each run."""
    match value:
        case float():
            return float(f"{value:.4g}")
        case dict():
            return {key: _short(item) for key, item in value.items()}
        case list() | tuple():
            return [_short(item) for item in value]
        case _:
            return value


def as_markdown(record: Record) -> str:
    """The table of all figures, notes, and what each group was measured with."""
    findings = [from_json(one) for part in record.values() for one in part["findings"]]
    lines = [*HEAD, *(line(one) for one in findings if isinstance(one, Figure))]
    if len(lines) == len(HEAD):
        lines = []
    notes = [one.text for one in findings if isinstance(one, Note)]
    return "\n".join([*lines, *_paragraphs(notes), *_paragraphs(_measured(record))]) + "\n"


def curves_as_markdown(curves: Iterable[Curve]) -> str:
    """The points of each curve as a table: for a terminal."""
    return "".join(f"\n{_points(curve)}" for curve in curves)


def _points(curve: Curve) -> str:
    xs = sorted({x for points in curve.points.values() for x, _ in points})
    lines = [f"| {curve.title}: {curve.x} | " + " | ".join(f"{x:,.0f}" for x in xs) + " |", "|---|" + "--:|" * len(xs)]
    for side, points in curve.points.items():
        cells = (f"{dict(points)[x]:.3g} s" if x in dict(points) else "" for x in xs)
        lines.append(f"| {side} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _paragraphs(texts: Iterable[str]) -> list[str]:
    return [line for text in texts for line in ("", text)]


def _measured(record: Record) -> list[str]:
    """A sentence for each setting that groups were measured in."""
    groups: dict[str, list[str]] = {}
    for group, part in record.items():
        groups.setdefault(json.dumps(part["setting"]), []).append(group)
    sentences = []
    for text, names in groups.items():
        found = json.loads(text)
        versions = ", ".join(f"{name} {number}" for name, number in found["versions"].items())
        sentences.append(
            f"Measured by `{found['command']}` ({', '.join(names)}) on {found['cores']} cores with "
            f"{found['memory_gib']} GiB, {found['system']}: {versions}."
        )
    return sentences


def update_docs(new: Record, docs: Path = DOCS, order: Sequence[str] = ()) -> None:
    """Puts the groups of `new` in the place of theirs in performance.json, and writes the page and pictures of all."""
    file = docs / "performance.json"
    old: Record = json.loads(file.read_text("utf-8")) if file.exists() else {}
    both = old | new
    record = {group: both[group] for group in sorted(both, key=lambda one: order.index(one) if one in order else 99)}
    for curve in curves_of(new):
        draw(curve, docs / "images" / f"cost-{curve.name}.svg")
    file.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", "utf-8")
    fill(docs / "performance.md", as_markdown(record))


def fill(page: Path, text: str) -> None:
    """Puts the text between `<!-- figures -->` and `<!-- end of figures -->`."""
    before, rest = page.read_text("utf-8").split("<!-- figures -->\n")
    after = rest.split("<!-- end of figures -->")[1]
    page.write_text(f"{before}<!-- figures -->\n{text}<!-- end of figures -->{after}", "utf-8")


def curves_of(record: Mapping[str, dict[str, Any]]) -> list[Curve]:
    findings = (from_json(one) for part in record.values() for one in part["findings"])
    return [one for one in findings if isinstance(one, Curve)]
