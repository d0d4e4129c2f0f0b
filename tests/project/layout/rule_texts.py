"""Texts of files to format: those of this repository, and the same with comments, blank lines and keys moved about."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random

import markdown

from segrules.diagnostics import has_errors
from segrules.project.cut_rules import without_cut_rules
from segrules.project.layout.parts import Block
from segrules.project.layout.reading import UnusualLayout, read_page
from segrules.project.layout.shapes import shape_of_file
from segrules.project.layout.writing import page_text
from segrules.project.yaml_nodes import Mapping, Node, Scalar
from segrules.project.yaml_source import read_yaml

ROOT = Path(__file__).parents[3]
Text = tuple[str, str]
"""The path in a project, and what stands in the file."""


@cache
def texts() -> tuple[Text, ...]:
    """Every file of the examples, the test cases and the pages."""
    files = [
        *ROOT.glob("examples/**/*.yml"),
        *ROOT.glob("tests/cases/**/*.yml"),
        *ROOT.glob("tests/docs_shop/**/*.yml"),
    ]
    found = [(_in_project(path), path.read_text("utf-8")) for path in sorted(files)]
    for page in sorted(ROOT.glob("docs/**/*.md")):
        blocks = [block for block in markdown.blocks(page) if block.language == "yaml"]
        found += [(block.attributes.get("file", "segments/rules.yml"), block.text) for block in blocks]
    return tuple(sorted({(path, text) for path, text in found if is_readable(text)}))


def is_readable(text: str) -> bool:
    root, wrong = read_yaml("a.yml", text)
    return root is not None and not has_errors(wrong) and not without_cut_rules(root)[1]


def _in_project(path: Path) -> str:
    for folder in ("segments", "tests", "environments"):
        if folder in path.parts[len(ROOT.parts) + 1 :]:
            return f"{folder}/{path.name}"
    return path.name


def disturbed(text: Text, random: Random) -> tuple[Text, tuple[str, ...]]:
    """The file in another order and with other blanks and comments, as far as it can still be read; the comments."""
    path, before = text
    words = [f"# remark {number}." for number in range(random.randint(0, 12))]
    after = before
    if random.random() < 0.7 and is_readable(shuffled := _shuffled(path, after, random)):
        after = shuffled
    for pattern, other in ((r"(?m)^( +)", r"\1\1"), (r" (==|<|>=|and) ", r"  \1   "), (r"([:,]) ", r"\1  ")):
        changed = re.sub(pattern, other, after)
        if random.random() < 0.3 and is_readable(changed):
            after = changed
    put = []
    for word in words:
        with_word = _put_in(after, word, random)
        if is_readable(with_word):
            put.append(word)
            after = with_word
    return (path, after), tuple(put)


def _put_in(text: str, word: str, random: Random) -> str:
    """The text with a comment above or beside a line that no text goes through, or a blank line."""
    root, _ = read_yaml("a.yml", text)
    lines = text.split("\n")
    inside = set(_lines_inside(root)) if root else set()
    number = random.choice([number for number in range(len(lines)) if number not in inside])
    blanks = " " * random.choice([0, 1, 2, 4, 6, len(lines[number]) - len(lines[number].lstrip())])
    match random.randint(0, 2):
        case 0 if number + 1 not in inside and lines[number] and "#" not in lines[number]:
            lines[number] += f"{random.choice([' ', '  ', '        '])}{word}"
        case 1:
            lines[number:number] = ["", f"{blanks}{word}", *[""] * random.randint(0, 2)]
        case _:
            lines.insert(number, f"{blanks}{word}")
    return "\n".join(lines)


def _lines_inside(node: Node) -> list[int]:
    """The numbers, from 0, of the lines on which a text or bracket goes on that began above."""
    first, last = (node.span.file.position(place)[0] - 1 for place in (node.span.start, node.span.end))
    if isinstance(node, Scalar) or node.span.text.startswith(("{", "[")):
        return list(range(first + 1, last + 1))
    parts = [part for entry in node.entries for part in entry] if isinstance(node, Mapping) else list(node.items)
    return [number for part in parts for number in _lines_inside(part)]


def _shuffled(path: str, text: str, random: Random) -> str:
    """The file with the keys of its mappings in any order."""
    root, _ = read_yaml(path, text)
    try:
        page = read_page(root, shape_of_file(path), [])  # type: ignore[arg-type]
    except UnusualLayout:
        return text
    _shuffle(page.block, random)
    return page_text(replace(page, sorts_keys=False))


def _shuffle(block: Block, random: Random) -> None:
    if block.is_mapping:
        random.shuffle(block.parts)
    for part in block.parts:
        if isinstance(part.value, Block):
            _shuffle(part.value, random)
