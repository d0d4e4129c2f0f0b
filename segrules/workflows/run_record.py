"""What a run says of itself: run.json, but for the files."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from segrules.sql import DIALECTS
from segrules.sql.scans import rows_and_hash
from segrules.sql.text import text
from segrules.workflows.connecting import kind_of
from segrules.workflows.counting import Counted
from segrules.workflows.running import Run
from segrules.workflows.sources import owners


def record_of(run: Run, counted: Counted, sources: Mapping[str, Any] | None = None, **form: str) -> dict[str, Any]:
    """What was run on what, and how many members each segment has. sources: their fingerprints, where known.

    form: the layout and format of what is written, where something is.
    """
    if sources is None:
        sources = _fingerprints(run)
    return {
        "segrules": version("segrules"),
        "project": run.project.name,
        "as_of": run.as_of.given.isoformat(),
        "timezone": run.as_of.zone,
        "rules": run.rules_hash,
        "environment": run.settings.environment,
        "set": run.settings.values,
        "engine": {"name": kind_of(run.engine), "version": run.engine.version},
        **form,
        "sources": dict(sources),
        "entities": {entity: {"rows": rows} for entity, rows in counted.rows.items()},
        "segments": [
            {
                "segment": item.segment,
                "entity": item.entity,
                "members": item.members,
                "share": item.share,
                "about": item.about,
            }
            for item in counted.counts
        ],
    }


def _fingerprints(run: Run) -> dict[str, dict[str, object]]:
    """Per source what tells one state of its data from another: of frames and a server's tables, rows and a hash."""
    found = run.sources.fingerprint()
    is_elsewhere = run.engine is not run.local
    for name, owner in owners(run.project):
        table = run.tables[name]
        if table.kind == "frame" or (table.kind == "table" and is_elsewhere):
            dialect = DIALECTS[run.engine.dialect]
            ((rows, hashed),) = run.engine.run(text(rows_and_hash(table, owner.columns, dialect), dialect))
            found[name] = {**found.get(name, {}), "rows": rows, "hash": f"{int(hashed or 0) % 2**128:x}"}
    return found
