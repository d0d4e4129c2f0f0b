"""Contracts written into the text of segrules.yml: comments, order and every other byte stay as they are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from segrules.project.model import Column
from segrules.project.yaml_source import Mapping as Node
from segrules.project.yaml_source import Scalar, read_yaml
from segrules.source import Span

_ANCHORS = ("key", "on", "source", "table")


@dataclass(frozen=True, slots=True)
class _Edit:
    """Text that takes the place of [start, end)."""

    start: int
    end: int
    text: str


def fill(path: str, text: str, wanted: Mapping[str, Sequence[Column]]) -> str:
    """The text of segrules.yml with `columns` for each table id of `wanted` (`orders.product`) that has none."""
    root, _ = read_yaml(path, text)
    edits = [edit for table, columns in wanted.items() if (edit := _edit(root, table, columns, text))]
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def written_columns(columns: Sequence[Column], depth: int) -> Iterator[str]:
    """A line of YAML for each column."""
    for column in columns:
        yield f"{' ' * depth}{scalar(column.name)}: {column.type}"


def scalar(text: str) -> str:
    """A name as YAML: plain where nobody could read it as something else."""
    plain = re.fullmatch(r"[^\W\d][\w./-]*", text) and text.casefold() not in ("true", "false", "null")
    return text if plain else json.dumps(text, ensure_ascii=False)


def _edit(root: object, table: str, columns: Sequence[Column], text: str) -> _Edit | None:
    owner = _owner(root, table)
    if owner is None:
        return None
    key, given = owner.key("columns"), owner.get("columns")
    if key is not None and given is not None:
        if isinstance(given, Node) and not given.entries:
            return _Edit(given.span.start, given.span.end, _flow(columns))
        is_empty = isinstance(given, Scalar) and given.value is None
        return _below(key.span, columns, text, _indent(key.span) + 2, ()) if is_empty else None
    if owner.span.text.startswith("{"):
        last = owner.entries[-1][1].span.end
        return _Edit(last, last, f", columns: {_flow(columns)}")
    anchors = [name for name in _ANCHORS if owner.key(name) is not None]
    if not anchors:
        return None
    _, value = next(entry for entry in owner.entries if entry[0] is owner.key(anchors[0]))
    indent = _indent(owner.entries[0][0].span)
    return _below(value.span, columns, text, indent + 2, (f"{' ' * indent}columns:",))


def _owner(root: object, table: str) -> Node | None:
    """The mapping that describes a table, found by its id."""
    name, *lookups = table.split(".")
    if not isinstance(root, Node):
        return None
    for part in ("entities", "relations"):
        place = root.get(part)
        found = place.get(name) if isinstance(place, Node) else None
        for lookup in lookups:
            nested = found.get("lookups") if isinstance(found, Node) else None
            found = nested.get(lookup) if isinstance(nested, Node) else None
        if isinstance(found, Node):
            return found
    return None


def _below(span: Span, columns: Sequence[Column], text: str, indent: int, title: tuple[str, ...]) -> _Edit:
    """Lines after the line on which a span ends."""
    line, _ = span.file.position(max(span.end - 1, span.start))
    starts = span.file.line_starts
    place = starts[line] if line < len(starts) else len(text)
    end = "\r\n" if "\r\n" in text else "\n"
    lines = "".join(f"{line}{end}" for line in (*title, *written_columns(columns, indent)))
    is_cut = place == len(text) and not text.endswith(("\n", "\r"))
    return _Edit(place, place, end + lines if is_cut else lines)


def _indent(span: Span) -> int:
    return span.file.position(span.start)[1] - 1


def _flow(columns: Sequence[Column]) -> str:
    return "{" + ", ".join(f"{scalar(column.name)}: {_flow_type(column)}" for column in columns) + "}"


def _flow_type(column: Column) -> str:
    """A type inside braces, where a comma would end it."""
    return f'"{column.type}"' if "," in str(column.type) else str(column.type)
