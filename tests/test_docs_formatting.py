"""The page on formatting: its example and its table of keys are what `segrules fmt` does."""

from __future__ import annotations

from pathlib import Path

import markdown
import shell
from pages import DOCS, compare, compare_between

from segrules.project.layout.shapes import SHAPES, Keys

PAGE = DOCS / "formatting.md"

PLACES = {
    "`segrules.yml`": "project",
    "an entity, a relation, a lookup": "table",
    "a derived relation": "derived relation",
    "`value` of a relation": "value",
    "a source": "source",
    "a format": "format",
    "a column": "column",
    "`limits`": "limits",
    "`history`": "history",
    "an approval": "approval",
    "a file of `segments/`": "segments file",
    "a segment": "segment",
    "`expect` of a segment": "expectations",
    "`examples`": "examples",
    "a segmentation": "segmentation",
    "an assertion of `prove`": "assertion",
    "a file of `tests/`": "tests file",
    "a case": "case",
    "a file of `environments/`": "environment",
}


def test_the_example_is_what_fmt_makes_of_it(tmp_path: Path, update: bool) -> None:
    before, after = markdown.blocks(PAGE)
    (tmp_path / "segments").mkdir()
    (tmp_path / "segrules.yml").write_text("segrules: 1\n", "utf-8")
    path = tmp_path / before.attributes["file"]
    path.write_text(before.text, "utf-8")
    assert shell.segrules(["fmt"], tmp_path) == (f"wrote {before.attributes['file']}\n", 0)
    compare(PAGE, {after: path.read_text("utf-8")}, update)


def test_the_table_of_keys_is_fresh(update: bool) -> None:
    lines = ["| in | keys |", "|---|---|"]
    for place, name in PLACES.items():
        shape = SHAPES[name]
        assert isinstance(shape, Keys)
        lines.append(f"| {place} | {', '.join(f'`{key}`' for key in shape.order)} |")
    compare_between(PAGE, "order", "\n".join(lines) + "\n", update)


def test_every_place_with_known_keys_is_in_the_table() -> None:
    assert {name for name, shape in SHAPES.items() if isinstance(shape, Keys)} - set(PLACES.values()) == {"tree"}
