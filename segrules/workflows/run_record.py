"""What a run says of itself: run.json, but for the files."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from segrules.workflows.counting import Counted
from segrules.workflows.frames import fingerprint
from segrules.workflows.running import Run


def record_of(run: Run, counted: Counted, sources: Mapping[str, Any] | None = None, **form: str) -> dict[str, Any]:
    """What was run on what, and how many members each segment has. sources: their fingerprints, where known.

    form: the layout and format of what is written, where something is.
    """
    if sources is None:
        sources = {**run.sources.fingerprint(), **fingerprint(run.local, run.tables.items())}
    return {
        "segrules": version("segrules"),
        "project": run.project.name,
        "as_of": run.as_of.given.isoformat(),
        "timezone": run.as_of.zone,
        "rules": run.rules_hash,
        "environment": run.settings.environment,
        "set": run.settings.values,
        "engine": {"name": run.engine.dialect, "version": run.engine.version},
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
