"""The rules of a recorded run, read back from the texts that are kept with it."""

from __future__ import annotations

import json

from segrules.diagnostics import Diagnostic
from segrules.project.environments import Settings
from segrules.project.loader import load
from segrules.project.model import Project
from segrules.project.reader import TextReader
from segrules.workflows.history.records import RecordedRun, rules_path


def kept_project(run: RecordedRun) -> tuple[Project | None, tuple[Diagnostic, ...]]:
    """The project as it was at a run, and its findings; None where its files are not kept, or cannot be read."""
    try:
        texts = json.loads(rules_path(run.folder.parent, run.rules).read_text(encoding="utf-8"))
        sets = tuple(f"{name}={value}" for name, value in run.about["set"].items())
        return load(TextReader(texts), Settings(run.about["environment"], sets))
    except (OSError, ValueError, KeyError, AttributeError):
        return None, ()
