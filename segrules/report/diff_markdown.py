"""A difference as a comment on a pull request: what matters first, and never longer than GitHub takes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from segrules.report import diff_words as words
from segrules.workflows.reviewing.diff import Difference

MOST_CHARACTERS = 65_000
"""A little below what GitHub takes for a comment, 65,536."""

_OPEN = ("changed", "new", "gone", "has errors now", "had errors before")


def markdown(found: Difference, floor: int, *, with_keys: bool, most: int | None = MOST_CHARACTERS) -> str:
    """The difference in GitHub's Markdown. most: characters at most; details that do not fit are counted instead."""
    head = f"## Segments: {words.headline(found)}\n\n{inline(words.basis(found))}"
    blocks = [
        block
        for block in (*_exceeded(found), *_members(found, floor), *_flows(found, floor), *_contract(found))
        if block
    ]
    blocks += _entries(found, floor, with_keys)
    return _fitted(head, blocks, most)


def _fitted(head: str, blocks: Sequence[str], most: int | None) -> str:
    """The blocks that fit one after the other, and how many did not."""
    parts, length = [head], len(head)
    room = None if most is None else most - 200
    for place, block in enumerate(blocks):
        if room is not None and length + len(block) + 2 > room:
            left = len(blocks) - place
            parts.append(f"_{left:,} more parts do not fit here; `segrules diff --report diff.html` has them all._")
            break
        parts.append(block)
        length += len(block) + 2
    return "\n\n".join(parts)


def _exceeded(found: Difference) -> Iterator[str]:
    lines = words.exceeded(found)
    if lines:
        more = [f"and {len(lines) - 20:,} more"] if len(lines) > 20 else []
        yield "\n".join(["### More than the limits allow", "", *(f"- {inline(line)}" for line in lines[:20] + more)])


def _members(found: Difference, floor: int) -> Iterator[str]:
    rows = words.rows(found, floor)
    if not rows:
        return
    lines = [f"| | | {' | '.join(words.NUMBERS)} |", f"|---|---|{'--:|' * len(words.NUMBERS)}"]
    for row in rows:
        cells = (_named(row.name, row.label), row.verdict, *row.numbers)
        lines.append(f"| {' | '.join(cells)} |")
    for start in range(2, len(lines), 200):  # a block that fits for each 200 segments
        yield "\n".join([*lines[:2], *lines[start : start + 200]])


def _flows(found: Difference, floor: int) -> Iterator[str]:
    for flow in words.flows(found):
        head, *rest = words.matrix(flow, floor)
        lines = [f"### Who moves between the stages of {text(flow.segmentation.name)}", ""]
        lines += [text(words.flow_words(flow, floor)), ""]
        lines.append(f"| before ↓ now → | {' | '.join(map(text, head[1:]))} |")
        lines.append(f"|---|{'--:|' * (len(head) - 1)}")
        lines += [f"| **{text(first)}** | {' | '.join(cells)} |" for first, *cells in rest]
        yield "\n".join(lines)


def _contract(found: Difference) -> Iterator[str]:
    if found.contract:
        lines = ["### Beside the rules", ""]
        for change in found.contract:
            used = ", ".join(f"`{thing.name}`" for thing in change.users[:10])
            more = f" and {len(change.users) - 10:,} more" if len(change.users) > 10 else ""
            lines.append("- " + inline(f"{change.text}{f', which {used}{more} used' if used else ''}"))
        yield "\n".join(lines)


def _entries(found: Difference, floor: int, with_keys: bool) -> Iterator[str]:
    """A part for each thing that changed itself; what only moves, or reads otherwise, as lists that open."""
    lists: dict[str, list[str]] = {}
    for entry in words.entries(found, floor, with_keys=with_keys):
        if entry.verdict in _OPEN:
            owner = f" · owner {text(entry.owner)}" if entry.owner else ""
            title = f"### {text(entry.label or entry.thing.name)}\n\n"
            title += f"{entry.thing.kind} `{entry.thing.name}`, {entry.verdict}{owner}"
            yield "\n".join([title, *([""] if entry.lines else []), *(f"- {inline(line)}" for line in entry.lines)])
        else:
            lines = f": {'; '.join(map(inline, entry.lines))}" if entry.lines else ""
            name = _named(entry.thing.name, entry.label)
            lists.setdefault(entry.verdict, []).append(f"- {entry.thing.kind} {name}{lines}")
    for verdict, items in lists.items():
        count = f"{len(items):,} {words.for_many(verdict, len(items))}"
        for start in range(0, len(items), 200):
            some = items[start : start + 200]
            title = f"<summary>{count}</summary>"
            yield "\n".join(["<details>" + title, "", *some, "", "</details>"])


def _named(name: str, label: str | None) -> str:
    """What a marketer calls it, and what the rules do."""
    return f"**{text(label)}** `{name}`" if label else f"`{name}`"


def inline(line: str) -> str:
    """A line with code in backticks: what stands between is text."""
    parts = re.split(r"(``\s.+?\s``|`[^`]+`)", line)
    return "".join(part if place % 2 else text(part) for place, part in enumerate(parts))


def text(value: str) -> str:
    """A user's words, with what Markdown or HTML would take for its own written out."""
    escaped = re.sub(r"([\\`*_{}\[\]<>#|~!])", r"\\\1", re.sub(r"\s+", " ", value))
    return re.sub(r"(?<!\w)@", "@\u200b", escaped)  # nobody is notified
