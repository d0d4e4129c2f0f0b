"""Nodes from the steps of a YAML reader (a scalar, a list starts, it ends, …), bounded in depth and size."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from segrules.diagnostics import Diagnostic
from segrules.project.yaml_nodes import (
    ImpossibleDateError,
    Mapping,
    Node,
    Scalar,
    Sequence,
    Value,
    key_name,
    plain_value,
)
from segrules.project.yaml_positions import fragment_of
from segrules.project.yaml_problems import FOLD, MAX_DEPTH, shown, too_deep, unsupported_tag
from segrules.source import SourceFile, Span

MAX_VALUES = 400_000
MAX_EXPANDED = 100_000

_PROPERTIES = re.compile(r"(?:[ \t\r\n]+|(?<!\S)#[^\r\n]*|!<[^>\r\n]*>|&[-\w]+|![^\s,\[\]{}]*)*")
_TAG = re.compile(r"(?<!\S)!(?:<[^>\r\n]*>|[^\s,\[\]{}]*)")
_TEXT_TAGS = ("!", "tag:yaml.org,2002:str")
_EMPTY_BLOCK = re.compile(r"[|>][+-]?[0-9]")


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not been read. `size` and `height` count what it expands to."""

    is_mapping: bool
    span: Span
    anchor: str | None
    items: list[Node] = field(default_factory=list)
    entries: list[tuple[Scalar, Node]] = field(default_factory=list)
    keys: dict[str, Scalar] = field(default_factory=dict)
    key: Scalar | None = None
    wants_value: bool = False
    size: int = 1
    height: int = 1
    end: int = 0


@dataclass(frozen=True, slots=True)
class _Anchored:
    node: Node
    size: int
    height: int


@dataclass(slots=True)
class Composer:
    """Builds one document's nodes, without recursion. Once `is_stopped`, there is no use in reading on."""

    file: SourceFile
    root: Node | None = None
    findings: list[Diagnostic] = field(default_factory=list)
    scalars: list[Span] = field(default_factory=list)
    is_stopped: bool = False
    _open: list[_Open] = field(default_factory=list)
    _anchors: dict[str, _Anchored | _Open] = field(default_factory=dict)
    _values: int = 0
    _expanded: int = 0

    def stop(self, finding: Diagnostic) -> None:
        """Take a finding after which nothing more can be read."""
        self.findings.append(finding)
        self.is_stopped = True

    def scalar(self, span: Span, style: str, value: str, anchor: str | None, tag: str | None) -> None:
        """A value, written in `style`; `span` begins with its anchor and tag, if any."""
        if anchor or tag:
            span = self._after_properties(span, span.end, tag if tag not in _TEXT_TAGS else None)
        fragment = fragment_of(span, style, value)
        meaning = self._meaning(fragment.text, span) if not style and not tag else fragment.text
        if not value and _EMPTY_BLOCK.match(span.text):
            message = f"{shown(fragment.span.text)} announces text on the next lines, and none follows"
            help = f"put it in quotes; for a rule, {FOLD}"
            self.findings.append(Diagnostic("yaml-syntax", message, fragment.span, help))
        self.scalars.append(span)
        node = Scalar(meaning, fragment, plain=not style)
        if anchor:
            self._anchors[anchor] = _Anchored(node, 1, 0)
        self._add(node, 1, 0, fragment.span.end)

    def start(self, is_mapping: bool, span: Span, anchor: str | None, tag: str | None) -> None:
        """A mapping or list begins; `span` covers what announces it."""
        if anchor or tag:
            span = self._after_properties(span, len(self.file.text), tag if tag != "!" else None)
        if len(self._open) == MAX_DEPTH:
            return self.stop(self._too_deep(span))
        started = _Open(is_mapping, span, anchor)
        self._open.append(started)
        if anchor:
            self._anchors[anchor] = started
        return None

    def end(self, span: Span) -> None:
        """The innermost mapping or list ends; `span` covers its closing bracket, if it has one."""
        ended = self._open.pop()
        whole = Span(self.file, ended.span.start, max(ended.end, ended.span.end))
        if span.text in ("]", "}"):
            whole = ended.span.to(span)
        node = Mapping(tuple(ended.entries), whole) if ended.is_mapping else Sequence(tuple(ended.items), whole)
        if ended.anchor and self._anchors.get(ended.anchor) is ended:
            self._anchors[ended.anchor] = _Anchored(node, ended.size, ended.height)
        self._add(node, ended.size, ended.height, whole.end)

    def alias(self, span: Span, name: str) -> None:
        """A reference to what an anchor names."""
        anchored = self._anchors.get(name)
        if anchored is None:
            message = f"{shown(span.text)} refers to an anchor that is not there"
            return self.stop(Diagnostic("yaml-syntax", message, span, f"for a rule that starts with `*`, {FOLD}"))
        if isinstance(anchored, _Open):
            return self.stop(
                Diagnostic("yaml-too-many-aliases", f"{shown(span.text)} stands inside what it refers to", span)
            )
        self._expanded += anchored.size
        if self._expanded > MAX_EXPANDED:
            message = f"the aliases of this file expand to more than {MAX_EXPANDED:,} values"
            return self.stop(
                Diagnostic("yaml-too-many-aliases", message, span, "write the values out, or use fewer aliases")
            )
        if len(self._open) + anchored.height > MAX_DEPTH:
            return self.stop(self._too_deep(span))
        return self._add(anchored.node, anchored.size, anchored.height, span.end)

    def _add(self, node: Node, size: int, height: int, end: int) -> None:
        self._values += 1
        if self._values > MAX_VALUES:
            message = f"the file holds more than {MAX_VALUES:,} values, the most that a rule file may have"
            return self.stop(Diagnostic("file-too-large", message, node.span, "split it into several files"))
        if not self._open:
            is_empty = isinstance(node, Scalar) and node.plain and not node.fragment.text
            self.root = None if is_empty else node
            return None
        parent = self._open[-1]
        parent.end = end
        parent.size += size
        if parent.height <= height:
            parent.height = height + 1
        if not parent.is_mapping:
            parent.items.append(node)
        elif not parent.wants_value:
            parent.key = self._checked_key(node, parent.keys)
            parent.wants_value = True
        else:
            if parent.key:
                parent.entries.append((parent.key, node))
            parent.wants_value = False
        return None

    def _checked_key(self, node: Node, keys: dict[str, Scalar]) -> Scalar | None:
        """The key, or None where the entry is not to be kept."""
        if not isinstance(node, Scalar):
            message = "a list or a mapping stands here as a key, and keys are text"
            help = f"where the bracket belongs to a rule, {FOLD}"
            self.findings.append(Diagnostic("yaml-unsupported", message, node.span, help))
            return None
        name = key_name(node)
        if name == "<<" and node.plain:
            message = "`<<` merges mappings in some YAML dialects, and rule files do not use it"
            self.findings.append(Diagnostic("yaml-unsupported", message, node.span, "write the entries out"))
            return None
        if name not in keys:
            keys[name] = node
            return node
        message = (
            f"{shown(node.fragment.text)} is written twice here"
            if name
            else "an entry without a key is written twice here"
        )
        help = f"the first one is in line {self.file.position(keys[name].span.start)[0]}"
        self.findings.append(Diagnostic("duplicate-key", message, node.span, help))
        return None

    def _meaning(self, text: str, span: Span) -> Value:
        try:
            return plain_value(text)
        except ImpossibleDateError:
            message = f"`{text}` is not a date or time that exists"
            help = "put it in quotes if it is meant as text"
            self.findings.append(Diagnostic("impossible-date", message, span, help))
            return text

    def _after_properties(self, span: Span, limit: int, refused_tag: str | None) -> Span:
        """The span without the anchor and tag at its start; a refused tag is a finding."""
        properties = _PROPERTIES.match(self.file.text, span.start, limit)
        start = properties.end() if properties else span.start
        if refused_tag is not None:
            tag = _TAG.search(self.file.text, span.start, start)
            written = Span(self.file, tag.start(), tag.end()) if tag else Span(self.file, span.start, start)
            self.findings.append(unsupported_tag(written))
        return Span(self.file, start, max(start, span.end))

    def _too_deep(self, span: Span) -> Diagnostic:
        place = Span(self.file, span.start, max(span.end, min(span.start + 1, len(self.file.text))))
        return too_deep(place)
