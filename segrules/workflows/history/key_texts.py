"""One key in files of text: rows of CSV and JSON, keys and lists that rules name."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from segrules.language.core import Literal
from segrules.language.types import Kind, Type
from segrules.project.list_files import LIST_FOLDER
from segrules.project.yaml_source import Mapping as YamlMapping
from segrules.project.yaml_source import Node, Scalar, Sequence, read_yaml
from segrules.source import Edit, SourceFile, Span, edited
from segrules.workflows.explaining.entity_keys import read_key

_NOBODY = {
    Kind.TEXT: "'(forgotten)'",
    Kind.INTEGER: "-9223372036854775807",
    Kind.DECIMAL: "-1",
    Kind.NUMBER: "-1",
    Kind.DATE: "1900-01-01",
    Kind.TIMESTAMP: "1900-01-01T00:00:00",
}
"""Keys that nobody has: what stands in kept rules in place of one that is forgotten, so that they still can be read."""

_CSV_VALUE = re.compile(r'\s*"(?:[^"]|"")*"|[^,;\t]*')


@dataclass(frozen=True, slots=True)
class OneKey:
    """A key as it is written, and what it is in each type that keys of its entity have or had."""

    entity: str
    text: str
    values: tuple[Literal, ...]

    def is_written(self, text: str) -> bool:
        """Whether a text is the key."""
        return text == self.text or any(
            (read := read_key(text.replace(" ", "T"), own.type, "UTC")) is not None and read.value == own.value
            for own in self.values
            if own.type.kind is not Kind.TEXT
        )

    def in_type(self, type: Type | None) -> Literal | None:
        """The key in one of the types; None where it is nothing in that."""
        return next((own for own in self.values if own.type == type), None)

    def signs(self) -> tuple[str, ...]:
        """Letters and digits of which some stand in every row that has the key; empty where that is not known."""
        if any(own.type.kind not in (Kind.TEXT, Kind.INTEGER) for own in self.values):
            return ("",)
        texts = (self.text, *(str(own.value) for own in self.values))
        return tuple(max(re.findall(r"[0-9A-Za-z]+", text), key=len, default="") for text in texts)

    @property
    def is_text(self) -> bool:
        return not self.values or any(own.type.kind is Kind.TEXT for own in self.values)

    @property
    def placeholder(self) -> str:
        return next((_NOBODY.get(own.type.kind, "'(forgotten)'") for own in self.values), "'(forgotten)'")


def one_key(entity: str, text: str, types: Iterable[Type], zone: str) -> OneKey:
    """A key in those types that it fits."""
    read = (read_key(text, type, zone) for type in types)
    return OneKey(entity, text, tuple(dict.fromkeys(value for value in read if value is not None)))


def other_lines(path: Path, key: OneKey, format: str) -> Iterator[tuple[str, bool]]:
    """The rows of a CSV or JSON file as they are written, each with whether it has the key in its first column."""
    signs = key.signs()
    with path.open(encoding="utf-8", newline="\n") as file:
        if format == "json":
            for line in file:
                yield line, any(sign in line for sign in signs) and key.is_written(_first_of_json(line))
            return
        is_header = True
        row = ""
        for line in file:
            row += line
            if row.count('"') % 2:  # a quoted value goes on in the next line
                continue
            may_be = not is_header and any(sign in row for sign in signs)
            yield row, may_be and key.is_written(_first_of_csv(row))
            is_header, row = False, ""
        if row:
            yield row, False


def own_values(path: Path, key: OneKey, format: str) -> Iterator[dict[str, Any]]:
    """The rows of a CSV or JSON file that have the key, by their columns; all values of a CSV file are texts."""
    header: list[str] = []
    for number, (row, is_own) in enumerate(other_lines(path, key, format)):
        if format != "json" and number == 0:
            header = next(csv.reader([row]), [])
        elif is_own:
            values = next(csv.reader(io.StringIO(row, newline="")), []) if format != "json" else []
            yield json.loads(row) if format == "json" else dict(zip(header, values, strict=False))


def _first_of_csv(row: str) -> str:
    return next(iter(next(csv.reader([row]), [])), "")


def _first_of_json(line: str) -> str:
    first = next(iter(json.loads(line, parse_float=str, parse_int=str).values()), "")
    return str(first).lower() if isinstance(first, bool) else str(first)


@dataclass(frozen=True, slots=True)
class Naming:
    """Where a file names a key. is_key: under `include` or `exclude`, or in a list, and not among other words."""

    span: Span
    is_key: bool

    @property
    def line(self) -> int:
        return self.span.file.position(self.span.start)[0]


def namings(texts: Mapping[str, str], key: OneKey, key_name: str | None) -> list[Naming]:
    """Where files of a project name a key, in their order; a key that is a text also where other words have it."""
    found: list[Naming] = []
    listed: set[str] = set()
    for path, text in texts.items():
        if not path.startswith(f"{LIST_FOLDER}/"):
            spans, names = _keys_beside_rules(path, text, key)
            listed |= names
            found += [Naming(span, True) for span in spans]
    for path, text in texts.items():
        if path.startswith(f"{LIST_FOLDER}/"):
            is_meant = key.is_text or path.removeprefix(f"{LIST_FOLDER}/") in listed
            found += [Naming(span, True) for span in _listed(path, text, key, None if is_meant else key_name)]
    if key.is_text:
        known = {(one.span.file.path, one.line) for one in found}
        found += [one for one in _words(texts, key) if (one.span.file.path, one.line) not in known]
    places = {path: place for place, path in enumerate(texts)}
    return sorted(found, key=lambda one: (places[one.span.file.path], one.span.start))


def without(texts: Mapping[str, str], key: OneKey, key_name: str | None) -> dict[str, str]:
    """The texts with a key that nobody has in place of this one, where it is named as a key."""
    found = [one for one in namings(texts, key, key_name) if one.is_key]
    changed: dict[str, list[Edit]] = {}
    for one in found:
        path = one.span.file.path
        plain = key.placeholder.strip("'") if path.startswith(f"{LIST_FOLDER}/") else key.placeholder
        changed.setdefault(path, []).append(Edit(one.span, plain))
    return {path: edited(text, changed[path]) if path in changed else text for path, text in texts.items()}


def _keys_beside_rules(path: str, text: str, key: OneKey) -> tuple[list[Span], set[str]]:
    """Where `include` and `exclude` of a rule file have the key, and the names of lists there."""
    root, _ = read_yaml(path, text)
    if not isinstance(root, YamlMapping) or not _is_of(root, key.entity):
        return [], set()
    segments = root.get("segments")
    spans: list[Span] = []
    names: set[str] = set()
    for _, segment in segments.entries if isinstance(segments, YamlMapping) else ():
        for word in ("include", "exclude"):
            keys: Node | None = segment.get(word) if isinstance(segment, YamlMapping) else None
            items = keys.items if isinstance(keys, Sequence) else (keys,) if isinstance(keys, Scalar) else ()
            written = [item for item in items if isinstance(item, Scalar)]
            spans += [item.span for item in written if key.is_written(item.fragment.text)]
            names |= {item.fragment.text for item in written}
    return spans, names


def _is_of(root: YamlMapping, entity: str) -> bool:
    named = root.get("entity")
    return not isinstance(named, Scalar) or named.fragment.text == entity


def _listed(path: str, text: str, key: OneKey, header: str | None) -> Iterator[Span]:
    """Where a list has the key; header: what the first line of a CSV must be."""
    file = SourceFile(path, text)
    is_csv = path.lower().endswith(".csv")
    for number, start in enumerate(file.line_starts):
        line = file.line(number + 1)
        value = _CSV_VALUE.match(line)[0] if is_csv else line  # type: ignore[index]
        bare = (_first_of_csv(value.strip()) if is_csv else value).strip()
        if is_csv and number == 0:
            if header is not None and bare != header:
                return
        elif bare and key.is_written(bare):
            yield Span(file, start, start + len(value))


def _words(texts: Mapping[str, str], key: OneKey) -> Iterator[Naming]:
    word = re.compile(rf"(?<!\w){re.escape(key.text)}(?!\w)")
    for path, text in texts.items():
        file = SourceFile(path, text)
        yield from (Naming(Span(file, *match.span()), False) for match in word.finditer(text))


def words_of(about: Any, key: OneKey) -> bool:
    """Whether what a run says of itself has the key, a text, among its words."""
    text = json.dumps(about, ensure_ascii=False)
    return key.is_text and re.search(rf"(?<!\w){re.escape(key.text)}(?!\w)", text) is not None
