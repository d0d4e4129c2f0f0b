"""The text of a file and its nodes as a page of parts. Comments and blank lines go to the part they stand above.

A comment that stands as far to the right as the parts of the block above it belongs to the end of that block.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import NamedTuple

from segrules.diagnostics import Diagnostic
from segrules.project.layout.flow import flow_text, is_flow
from segrules.project.layout.parts import Block, Comment, Leaf, Line, Page, Part, RuleLeaf
from segrules.project.layout.rules import is_broken, read_rule
from segrules.project.layout.shapes import Rule, Shape, alone, inside, resolved
from segrules.project.yaml_nodes import Mapping, Node, Scalar, Sequence, key_name

_REST_OF_LINE = re.compile(r"( *)(#[^\n]*)?(?:\n|\Z)")
_GAP_LINE = re.compile(r"( *)(#[^\n]*)?(?:\n|\Z)")
_COLON = re.compile(r" *:(?= |\n|\Z)")
_DASH = re.compile(r"-(?= |\n|\Z)")
_PROPERTIES = re.compile(r" *([&!][^\s,\[\]{}]*(?: +[&!][^\s,\[\]{}]*)*)(?= |\n|\Z)")
_ALIAS = re.compile(r" *(\*[^\s,\[\]{}]+)")
_BLOCK_SIGNS = re.compile(r"[|>][-+0-9]*")
_BLANK_LINES = re.compile(r"(?:\n *(?=\n))*")
_ABOUT_NEXT_LINE = re.compile(r"# *segrules *:")
_MARK = re.compile(r"(?:%[^\n]*|---(?: +#[^\n]*)?|\.\.\.(?: +#[^\n]*)?) *(?:\n|\Z)")


class UnusualLayout(Exception):
    """The file is written in a way that this reader does not follow, such as with keys after `?`."""


def read_page(root: Node, shape: Shape, findings: list[Diagnostic]) -> Page:
    """A file as a page. Rules that cannot be read are findings, and stay as they stand."""
    reader = _Reader(root.span.file.text, findings)
    header, start = reader.margin(0)
    if isinstance(root, Scalar) or is_flow(root) or reader.text[start : root.span.start].strip(" "):
        raise UnusualLayout
    block, gap = reader.block(root, resolved(shape, root))
    _claimed(block, gap.lines, -1)
    footer, end = reader.margin(gap.end)
    if end != len(reader.text):
        raise UnusualLayout
    own = max((number + 1 for number, text in enumerate(header) if not text), default=len(header))
    while own and _ABOUT_NEXT_LINE.match(header[own - 1]):
        own -= 1
    block.parts[0].above[:0] = [Line(0, text) for text in header[own:]]
    return Page(tuple(header[:own]), block, tuple(footer), not reader.has_anchors)


class _Gap(NamedTuple):
    """What stands between two values: a comment beside the first, lines, and where the line of the next begins."""

    beside: Comment | None
    lines: list[Line]
    end: int


@dataclass(slots=True)
class _Reader:
    text: str
    findings: list[Diagnostic]
    has_anchors: bool = False

    def margin(self, place: int) -> tuple[list[str], int]:
        """The comments, blank lines and marks such as `---` from a place on, and where they end."""
        lines = []
        while place < len(self.text) and (line := _GAP_LINE.match(self.text, place) or _MARK.match(self.text, place)):
            lines.append(line[0].strip())
            place = line.end()
        return lines, place

    def block(self, node: Mapping | Sequence, shape: Shape) -> tuple[Block, _Gap]:
        """A mapping or list that is not in brackets, and what follows it."""
        start = node.span.start
        column = self._column(start)
        block = Block(shape, isinstance(node, Mapping), column)
        gap = _Gap(None, [], start - column)
        entries = node.entries if isinstance(node, Mapping) else tuple((None, item) for item in node.items)
        for key, value in entries:
            if block.parts:
                start = gap.end + column
                if self.text[gap.end : start].strip(" "):
                    raise UnusualLayout
            last = block.parts[-1].value if block.parts else None
            above = _claimed(last, gap.lines, column) if isinstance(last, Block) else gap.lines
            part, gap = self._part(key, value, start, shape, column)
            part.above[:0] = above
            block.parts.append(part)
        if not block.parts:
            raise UnusualLayout
        return block, gap

    def _part(self, key: Scalar | None, value: Node, start: int, shape: Shape, column: int) -> tuple[Part, _Gap]:
        """A key with its value, or a dash with its item, that begins at `start`; and what follows it."""
        mark = _DASH.match(self.text, start) if key is None else _COLON.match(self.text, key.span.end)
        if mark is None or (key is not None and key.span.start != start):
            raise UnusualLayout
        name = key_name(key) if key is not None else ""
        head = self.text[start : mark.start()].rstrip() + mark[0].strip()
        place = mark.end()
        if properties := _PROPERTIES.match(self.text, place):
            self.has_anchors = True
            head, place = f"{head} {properties[1]}", properties.end()
        part = Part(name, head, column, [], Leaf(("",)))
        if alias := _ALIAS.match(self.text, place):
            self.has_anchors = True
            gap = self._gap(alias.end())
            part.value = Leaf((alias[1],), gap.beside)
        elif isinstance(value, Scalar) and value.plain and not value.fragment.text:
            gap = self._gap(place)
            part.value = Leaf(("",), gap.beside)
        else:
            gap = self._value(part, value, resolved(inside(shape, name), value), place)
        return part, gap

    def _value(self, part: Part, node: Node, shape: Shape, place: int) -> _Gap:
        """Gives the part its value, which is written behind `place`; what follows it."""
        before = _Gap(None, [], place)
        if self.text[place : node.span.start].strip(" "):
            before = self._gap(place)
        if not before.end <= node.span.start or self.text[before.end : node.span.start].strip(" "):
            raise UnusualLayout
        if isinstance(node, Scalar) or is_flow(node):
            leaf, gap = self._leaf(node, shape, part.column)
            if before.beside and leaf.comment:
                part.above.append(Line(0, before.beside.text))
            elif isinstance(leaf, RuleLeaf):
                leaf = replace(leaf, comment=leaf.comment or before.beside)
            elif before.beside:
                leaf = replace(leaf, comment=before.beside, is_first=True)
            if isinstance(leaf, Leaf):
                leaf = replace(leaf, is_below=before.end > place)
            part.above += [line for line in before.lines if line.text]
            part.value = leaf
            return gap
        block, gap = self.block(node, shape)
        block.parts[0].above[:0] = before.lines
        block.comment = before.beside
        part.value = block
        return gap

    def _leaf(self, node: Node, shape: Shape, column: int) -> tuple[Leaf | RuleLeaf, _Gap]:
        start, written = node.span.start, node.span.text.rstrip(" \n")
        if isinstance(node, Scalar):
            signs = _BLOCK_SIGNS.match(written) if not node.plain else None
            leaf, gap = (
                self._block_text(start, signs[0], len(written), column) if signs else self._scalar(start, written)
            )
            if isinstance(kind := alone(shape), Rule):
                rule, wrong = read_rule(node, kind)
                self.findings += wrong
                if rule is not None:
                    return RuleLeaf(rule, leaf.comment, is_broken(rule), is_block=signs is not None), gap
            return leaf, gap
        gap = self._gap(start + len(written))
        flow = flow_text(node, shape, self.findings)
        first, *rest = written.split("\n")
        lines = (flow,) if flow is not None else (first, *(_moved(line, -column) for line in rest))
        return Leaf(lines, gap.beside), gap

    def _scalar(self, start: int, written: str) -> tuple[Leaf, _Gap]:
        """A text with or without quotes; how far its further lines stand to the right means nothing."""
        gap = self._gap(start + len(written))
        first, *rest = written.split("\n")
        stripped = (line.lstrip(" ") for line in rest)
        return Leaf((first, *(f"  {line}" if line else "" for line in stripped)), gap.beside), gap

    def _block_text(self, start: int, signs: str, length: int, column: int) -> tuple[Leaf, _Gap]:
        """Text after `|` or `>`, whose lines are moved together, to stand two blanks to the right of the key."""
        header = _REST_OF_LINE.match(self.text, start + len(signs))
        if header is None:
            raise UnusualLayout
        end = self._line_end(max(start + length, header.end(2)))
        if "+" in signs and (blank := _BLANK_LINES.match(self.text, end)):
            end = blank.end()
        lines = self.text[header.end() : end].split("\n") if end > header.end() else []
        if lines and end == len(self.text) and "-" not in signs:  # no line break follows, and none is to be added
            signs = signs.replace("+", "") + "-"
        margin = next((len(line) - len(line.lstrip(" ")) for line in lines if line.strip(" ")), 0)
        move = -column if signs.strip("|>-+") else 2 - margin
        leaf = Leaf((signs, *(_moved(line, move) for line in lines)), self._comment(header), is_first=True)
        return leaf, self._gap(end)

    def _gap(self, place: int) -> _Gap:
        rest = _REST_OF_LINE.match(self.text, place)
        if rest is None:
            raise UnusualLayout
        lines: list[Line] = []
        place = rest.end()
        while place < len(self.text) and (line := _GAP_LINE.match(self.text, place)):
            if line[2] or (lines and lines[-1].text) or not lines:  # of blank lines in a row one
                lines.append(Line(len(line[1]), (line[2] or "").rstrip()))
            place = line.end()
        return _Gap(self._comment(rest), lines, place)

    def _line_end(self, place: int) -> int:
        end = self.text.find("\n", place)
        return end if end >= 0 else len(self.text)

    def _comment(self, rest: re.Match[str]) -> Comment | None:
        return Comment(rest[2].rstrip(), self._column(rest.start(2)), len(rest[1])) if rest[2] else None

    def _column(self, place: int) -> int:
        return place - self.text.rfind("\n", 0, place) - 1


def _moved(line: str, by: int) -> str:
    """A line further to the right, or to the left as far as there are blanks."""
    return (" " * by + line if by >= 0 else line[min(-by, len(line) - len(line.lstrip(" "))) :]) if line else line


def _claimed(block: Block, lines: list[Line], outside: int) -> list[Line]:
    """Puts comments that stand in the column of a block, which ends above them, into it; the other lines."""
    count = 0
    for number, line in enumerate(lines):
        if line.text and not (line.indent >= block.column and line.indent > outside):
            break
        count = number + 1 if line.text else count
    last = block.parts[-1].value
    inner = lines[:count]
    block.tail += _claimed(last, inner, block.column) if isinstance(last, Block) else inner
    return lines[count:]
