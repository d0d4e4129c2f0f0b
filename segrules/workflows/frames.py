"""Frames that a program gives instead of the files of a project, as tables that an engine can read."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from segrules.diagnostics import Diagnostic, did_you_mean
from segrules.engines.arrow import ArrowFrame, NotAFrame, arrow_frame
from segrules.engines.duckdb import DuckDB
from segrules.engines.engine import EngineError
from segrules.project.model import Project
from segrules.sql.scans import Table
from segrules.workflows.sources import owners

Frames = Mapping[str, Any]
"""What a program gives, by table id: anything with the Arrow stream interface."""

NO_FRAMES: Frames = MappingProxyType({})


def opened_frames(project: Project, frames: Frames) -> tuple[dict[str, ArrowFrame], tuple[Diagnostic, ...]]:
    """The frames as Arrow rows, or which of them is no table of the project or no frame."""
    known = [table for table, _ in owners(project)]
    opened: dict[str, ArrowFrame] = {}
    findings = []
    for table, frame in frames.items():
        if table not in known:
            listed = ", ".join(f"`{name}`" for name in known)
            help = did_you_mean(str(table), known) or f"known are {listed}"
            findings.append(Diagnostic("invalid-source", f"there is no source `{table}` in the project", help=help))
            continue
        try:
            opened[table] = arrow_frame(frame)
        except NotAFrame as error:
            findings.append(Diagnostic("invalid-source", f"the source `{table}` {error.message}", help=error.help))
    return opened, tuple(findings)


def inspect_frames(engine: DuckDB, frames: Mapping[str, ArrowFrame]) -> tuple[dict[str, Table], tuple[Diagnostic, ...]]:
    """The table of each frame, which the engine reads from now on."""
    tables: dict[str, Table] = {}
    findings = []
    for table, frame in frames.items():
        try:
            tables[table] = _inspect(engine, f"frame of {table}", frame)
        except EngineError as error:
            if error.kind in ("interrupted", "memory", "disk-full"):
                raise
            findings.append(Diagnostic("data-unreadable", f"the source `{table}` cannot be read: {error.message}"))
    return tables, tuple(findings)


def _inspect(engine: DuckDB, name: str, frame: ArrowFrame) -> Table:
    """Two words are the name, so that nothing in a plan has it."""
    stored = [(column, "") for column in frame.names]
    in_queries = Table("frame", name=name, physical=(*stored, *frame.refused)).names[: len(stored)]
    described = engine.scan_frame(name, frame.renamed(in_queries))
    types = [kind for _, kind in described]
    return Table("frame", name=name, physical=(*zip(frame.names, types, strict=True), *frame.refused))
