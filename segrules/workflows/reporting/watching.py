"""Which rule files a project has and when each was written: what has to be another for a report to be made anew."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from segrules.project.list_files import LIST_ENDINGS, LIST_FOLDER
from segrules.project.reader import ENVIRONMENT_FOLDER, PROJECT_FILE, RULE_FOLDER, TEST_FOLDER, folder_reader

Written = Mapping[str, tuple[int, int] | None]


def written(root: Path) -> Written:
    """By path the time and size of segrules.yml, rules, tests, lists and environments; None where one went just now."""
    read = folder_reader(root)
    folders = [path for folder in (RULE_FOLDER, TEST_FOLDER, ENVIRONMENT_FOLDER) for path in read.list(folder)]
    return {path: _of(root / path) for path in (PROJECT_FILE, *folders, *read.list(LIST_FOLDER, LIST_ENDINGS))}


def _of(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
