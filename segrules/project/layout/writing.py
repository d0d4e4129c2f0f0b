"""A page as text: two blanks further right for each level, known keys in their order, comments where they belong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from segrules.project.layout.parts import Block, Comment, Leaf, Line, Page, Part, RuleLeaf
from segrules.project.layout.rules import rule_lines
from segrules.project.layout.shapes import rank

INDENT = 2
_BEFORE_COMMENT = 2
"""The least number of blanks before a comment beside a value, unless its author put one there."""


def page_text(page: Page) -> str:
    """The text of the page, with `\\n` at the end of each line."""
    header = list(_single_blanks(page.header))
    lines = [*header, *_block(page.block, 0, page.sorts_keys), *page.footer]
    return "".join(f"{line}\n" for line in lines).lstrip("\n")


def _single_blanks(lines: Iterable[str]) -> Iterator[str]:
    """The lines, of several blank ones in a row only the first."""
    before = None
    for line in lines:
        if line or before != "":
            yield line
        before = line


def _block(block: Block, indent: int, sorts: bool) -> list[str]:
    parts = _sorted(block) if sorts else block.parts
    lines: list[str] = []
    for part in parts:
        lines += _part(part, indent, sorts)
    return lines + _above(block.tail, indent)


def _above(lines: Iterable[Line], indent: int) -> list[str]:
    return list(_single_blanks(f"{' ' * indent}{line.text}" if line.text else "" for line in lines))


def _sorted(block: Block) -> list[Part]:
    """The parts with known keys in their order. A blank line above the one that comes first goes to the old first."""
    parts = sorted(block.parts, key=lambda part: rank(block.shape, part.name)) if block.is_mapping else block.parts
    old, new = block.parts[0], parts[0]
    if old is not new and new.above and not new.above[0].text:
        new.above, old.above = new.above[1:], [new.above[0], *old.above]
    return parts


def _part(part: Part, indent: int, sorts: bool) -> list[str]:
    above = _above(part.above, indent)
    head = f"{' ' * indent}{part.head}"
    moved = indent - part.column
    match part.value:
        case Block() as block:
            lines = _block(block, indent + INDENT, sorts)
            if part.head != "-" or block.comment:
                return [*above, _beside(head, block.comment, moved), *lines]
            place = next(number for number, line in enumerate(lines) if line and not line.lstrip().startswith("#"))
            comments = [f"{' ' * indent}{line.lstrip()}" for line in lines[:place] if line]
            return [*above, *comments, f"{head} {lines[place][indent + INDENT :]}", *lines[place + 1 :]]
        case RuleLeaf(rule=rule, comment=comment, is_broken=is_broken, is_block=is_block):
            first, *rest = rule_lines(rule, indent, part.head, is_broken=is_broken)
            if comment and rest and not is_block:  # far behind the sign `>-` nobody would see it
                comment = replace(comment, column=0)
            return [*above, _beside(f"{head} {first}", comment, moved), *_shifted(rest, indent)]
        case Leaf(lines=words, comment=comment, is_below=is_below, is_first=is_first):
            below = [f"{' ' * INDENT}{words[0]}", *words[1:]] if is_below else words[1:]
            lines = [head if is_below else f"{head} {words[0]}".rstrip(), *_shifted(below, indent)]
            place = 0 if is_first else -1
            lines[place] = _beside(lines[place], comment, moved)
            return [*above, *lines]


def _shifted(lines: Sequence[str], indent: int) -> list[str]:
    return [f"{' ' * indent}{line}" if line else line for line in lines]


def _beside(line: str, comment: Comment | None, moved: int) -> str:
    """A line with the comment beside it, which keeps its column where there is room for it."""
    if comment is None:
        return line
    column = comment.column + moved
    is_as_before = column - comment.blanks == len(line) and comment.blanks
    return line.ljust(column if is_as_before else max(column, len(line) + _BEFORE_COMMENT)) + comment.text
