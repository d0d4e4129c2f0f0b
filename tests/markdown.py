"""Markdown pages as tests see them: fenced blocks with what their first line says, and pages written anew."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

_FENCE = re.compile(r"^(?P<mark>```+)(?P<info>[^\n`]*)\n(?P<text>.*?)^(?P=mark)[ \t]*$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block. Of ```` ```yaml wrong file=a.yml ````: language yaml, words {wrong}, attributes {file: a.yml}."""

    page: Path
    line: int
    language: str
    words: frozenset[str]
    attributes: Mapping[str, str] = field(hash=False)
    text: str
    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line}"


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order; `start` and `end` are where their texts stand."""
    content = page.read_text(encoding="utf-8")
    found = []
    for match in _FENCE.finditer(content):
        language, *rest = match["info"].split() or [""]
        named = dict(word.split("=", 1) for word in rest if "=" in word)
        words = frozenset(word for word in rest if "=" not in word)
        line = content.count("\n", 0, match.start()) + 1
        found.append(Block(page, line, language, words, named, match["text"], *match.span("text")))
    return found


def between(page: Path, name: str) -> str:
    """What stands between `<!-- name -->` and `<!-- end of name -->`."""
    return page.read_text(encoding="utf-8").split(f"<!-- {name} -->\n")[1].split(f"<!-- end of {name} -->")[0]


def fill(page: Path, texts: Mapping[Block, str]) -> None:
    """Writes the page anew with other texts in some of its blocks."""
    content = page.read_text(encoding="utf-8")
    for block in sorted(texts, key=lambda block: -block.start):
        content = content[: block.start] + texts[block] + content[block.end :]
    page.write_text(content, encoding="utf-8")


def fill_between(page: Path, name: str, text: str) -> None:
    """Writes the page anew with another text between the two comments."""
    content = page.read_text(encoding="utf-8")
    old = between(page, name)
    marks = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
    page.write_text(content.replace(old.join(marks), text.join(marks)), encoding="utf-8")
