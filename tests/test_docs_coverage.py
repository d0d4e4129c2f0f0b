"""The page of what can be said: each row is shown by a rule that exists and is tested, or gives a reason."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pages import DOCS

from segrules.project.loader import folder_reader, load
from segrules.project.model import Project

PAGE = DOCS / "coverage.md"
ROWS = [
    (match[1], match[2].replace(r"\|", "|"), match[3])
    for match in re.finditer(r"^\| ([^|]+?) \| ((?:\\\||[^|])+?) \| ([^|]*)\|$", PAGE.read_text("utf-8"), re.MULTILINE)
    if match[2] not in ("how it is written", "---")
]


def test_each_family_has_rows() -> None:
    text = PAGE.read_text("utf-8")
    assert re.findall(r"^## ([A-J])\. ", text, re.MULTILINE) == list("ABCDEFGHIJ")
    assert len(ROWS) == sum(line.startswith("| ") for line in text.splitlines()) - 10, "a row that is not read"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_row_is_shown_by_a_tested_rule(row: tuple[str, str, str]) -> None:
    _, written, where = row
    code = re.fullmatch(r"`(.+)`", written)
    shown = list(re.finditer(r"\[([\w/]+)\]\(([^)]+)\)((?: `[\w.]+`,?)*)", where))
    if code is None:
        assert len(written) > 60, "a reason that convinces has some words"
    else:
        assert shown, "which project has it?"
    for match in shown:
        folder = (DOCS / match[2]).resolve()
        folder = folder.parent if folder.suffix == ".md" else folder
        project, _ = load(folder_reader(folder))
        assert project is not None
        missing = set(re.findall(r"`([\w.]+)`", match[3])) - _names(project)
        assert missing == set(), f"{match[1]} has no such rule"
    texts = [_text((DOCS / match[2]).resolve()) for match in shown]
    assert code is None or any(_plain(code[1]) in text for text in texts), "nothing is written so"


def _names(project: Project) -> set[str]:
    rules = {item.name for item in (*project.traits, *project.segments, *project.segmentations)}
    return rules | {f"{one.name}.{label}" for one in project.segmentations for label in one.labels}


def _text(path: Path) -> str:
    folder = path.parent if path.suffix == ".md" else path
    return _plain("\n".join(file.read_text("utf-8") for file in sorted(folder.rglob("*.yml"))))


def _plain(text: str) -> str:
    return " ".join(text.split()).replace("( ", "(").replace(" )", ")")
