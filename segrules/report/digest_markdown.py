"""A digest in Markdown, as chats, pull requests and wikis take it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from segrules.report import digest_words as words
from segrules.report.dashboard.charts.words import isolated
from segrules.report.diff_markdown import text as escaped
from segrules.report.digest_pieces import Named, Sentence, Written
from segrules.workflows.reporting.digest import Digest


def markdown(found: Digest) -> str:
    """The whole digest. What is written in files and data cannot be taken for Markdown or HTML."""
    blocks = [f"# {text(words.title(found))}", "  \n".join(map(_sentence, words.introduction(found)))]
    for part in words.parts(found):
        blocks.append(f"## {text(part.title)}")
        if part.remark:
            blocks.append(text(part.remark))
        if part.lines:
            blocks.append("\n".join(f"- {_sentence(line)}" for line in part.lines))
        if part.table is not None and part.table.rows:
            blocks.append("\n".join(_table(part.table)))
    return "\n\n".join(block for block in blocks if block) + "\n"


def _table(table: words.Table) -> Iterator[str]:
    numbers = len(table.head) - 1 - table.words_at_end
    yield f"| {' | '.join(table.head)} |"
    yield f"|---|{'--:|' * numbers}{'---|' * table.words_at_end}"
    for row in table.rows:
        yield f"| {' | '.join(map(_sentence, row))} |"


def _sentence(sentence: Sentence) -> str:
    return "".join(map(_piece, sentence))


def _piece(piece: str | Named | Written) -> str:
    match piece:
        case Named(label):
            return f"**{isolated(text(label))}**"
        case Written(written):
            return _code(written)
        case _:
            return text(piece)


def _code(written: str) -> str:
    """Between more backticks than it has itself. A bar would end a cell, where there is one around it."""
    shown = " ".join(written.split()).replace("|", "\\|")
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {shown} {fence}" if longest else f"`{shown}`"


def text(value: str) -> str:
    """A user's words. A line inside a word, which CommonMark takes for nothing else, stays as it is: `at_risk`."""
    return re.sub(r"(?<=\w)\\_(?=\w)", "_", escaped(value))
