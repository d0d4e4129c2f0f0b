"""A file as its layout sees it: blocks of parts, each with its comments; values are the words that stand there."""

from __future__ import annotations

from dataclasses import dataclass, field

from segrules.project.layout.rules import ReadRule
from segrules.project.layout.shapes import Shape


@dataclass(frozen=True, slots=True)
class Line:
    """A line between values: a comment and how far it stands to the right, or nothing."""

    indent: int
    text: str


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment beside something, with its column from 0; `blanks` stand before it."""

    text: str
    column: int
    blanks: int


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value without parts of its own. `lines` after the first are indented relative to the part they belong to."""

    lines: tuple[str, ...]
    comment: Comment | None = None
    is_below: bool = False
    """Begins on the line after its key."""
    is_first: bool = False
    """The comment stands in the line of the key, not in that of the last words."""


@dataclass(frozen=True, slots=True)
class RuleLeaf:
    """An expression; how many lines it takes shows when it is written."""

    rule: ReadRule
    comment: Comment | None = None
    is_broken: bool = False
    """Its author began a line at `and` or `or`."""
    is_block: bool = False
    """It stands after `|` or `>`, and so does its comment."""


@dataclass(slots=True)
class Part:
    """A key with its value, or an item of a list; `head` is `label:` or `-`, `above` what stands over it."""

    name: str
    head: str
    column: int
    above: list[Line]
    value: Leaf | RuleLeaf | Block


@dataclass(slots=True)
class Block:
    """The parts of a mapping or list, and the comments behind the last one. `column` is where it stands in the file."""

    shape: Shape
    is_mapping: bool
    column: int
    parts: list[Part] = field(default_factory=list)
    tail: list[Line] = field(default_factory=list)
    comment: Comment | None = None
    """Beside the key or dash before the block."""


@dataclass(frozen=True, slots=True)
class Page:
    """A whole file: what stands above the first part, the parts, and what stands below the last."""

    header: tuple[str, ...]
    block: Block
    footer: tuple[str, ...]
    sorts_keys: bool
    """Anchors must stand before what refers to them."""
