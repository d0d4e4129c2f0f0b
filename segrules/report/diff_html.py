"""A difference as a page of its own, with everything on it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from segrules.report import diff_words as words
from segrules.report.html import escape, page
from segrules.workflows.reviewing.diff import Difference


def html(found: Difference, floor: int, *, with_keys: bool) -> str:
    """The whole difference as one file."""
    title = f"Segments: {words.headline(found)}"
    parts = [f"<h1>{escape(title)}</h1>", f"<p class='soft'>{_inline(words.basis(found))}</p>"]
    parts += [
        *_exceeded(found),
        *_members(found, floor),
        *_flows(found, floor),
        *_contract(found),
        *_entries(found, floor, with_keys),
    ]
    return page(title, "\n".join(parts))


def _inline(line: str) -> str:
    """A line as HTML, what stands in backticks as code."""
    escaped = escape(line)
    return re.sub(r"``\s(.+?)\s``|`([^`]+)`", lambda found: f"<code>{found[1] or found[2]}</code>", escaped)


def _table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]], texts: int) -> str:
    """A table; the first columns have texts, the others numbers."""

    def cells(row: Sequence[str], mark: str) -> str:
        kinds = ("" if place < texts else ' class="number"' for place in range(len(row)))
        return "".join(f"<{mark}{kind}>{escape(cell)}</{mark}>" for kind, cell in zip(kinds, row, strict=True))

    body = "\n".join(f"<tr>{cells(row, 'td')}</tr>" for row in rows)
    return (
        f'<div class="scroll"><table><caption>{escape(caption)}</caption>\n<thead><tr>{cells(head, "th")}</tr></thead>'
        f"\n<tbody>\n{body}\n</tbody></table></div>"
    )


def _exceeded(found: Difference) -> Iterator[str]:
    lines = words.exceeded(found)
    if lines:
        items = "".join(f"\n<li>{_inline(line)}</li>" for line in lines)
        yield f"<h2>More than the limits allow</h2>\n<ul>{items}\n</ul>"


def _members(found: Difference, floor: int) -> Iterator[str]:
    rows = words.rows(found, floor)
    if rows:
        yield "<h2>Members</h2>"
        head = ["segment", "", *words.NUMBERS]
        cells = [[_named(row.name, row.label), row.verdict, *row.numbers] for row in rows]
        yield _table("Rows in each segment, before the change and after it", head, cells, 2)


def _named(name: str, label: str | None) -> str:
    return f"{label} ({name})" if label else name


def _flows(found: Difference, floor: int) -> Iterator[str]:
    for flow in words.flows(found):
        head, *rest = words.matrix(flow, floor)
        yield f"<h2>Who moves between the stages of {escape(flow.segmentation.name)}</h2>"
        yield _table(words.flow_words(flow, floor), ["before ↓ now →", *head[1:]], rest, 1)


def _contract(found: Difference) -> Iterator[str]:
    if found.contract:
        yield "<h2>Beside the rules</h2>\n<ul>"
        for change in found.contract:
            used = ", ".join(f"`{thing.name}`" for thing in change.users)
            yield f"<li>{_inline(change.text + (f', which {used} used' if used else ''))}</li>"
        yield "</ul>"


def _entries(found: Difference, floor: int, with_keys: bool) -> Iterator[str]:
    yield "<h2>Each change</h2>"
    for entry in words.entries(found, floor, with_keys=with_keys):
        owner = f" · owner {escape(entry.owner)}" if entry.owner else ""
        name = f"{entry.thing.kind} <code>{escape(entry.thing.name)}</code>"
        title = f"{escape(entry.label or entry.thing.name)} <span class='soft'>{name}, {entry.verdict}{owner}</span>"
        lines = "".join(f"\n<li>{_inline(line)}</li>" for line in entry.lines)
        yield f"<h3>{title}</h3>" + (f"\n<ul>{lines}\n</ul>" if lines else "")
