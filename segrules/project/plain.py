"""YAML nodes as dictionaries and lists that remember where they stand: what documents are made from."""

from __future__ import annotations

from unicodedata import normalize

from segrules.project.yaml_source import Mapping, Node, Scalar, Sequence
from segrules.source import Span


class Key(str):
    """A key of a mapping, in NFC, and where it is written."""

    __slots__ = ("span",)
    span: Span

    def __new__(cls, text: str, span: Span) -> Key:
        key = super().__new__(cls, text)
        key.span = span
        return key


class Entries(dict[Key, "Plain"]):
    """A mapping and where it is written."""

    __slots__ = ("span",)

    def __init__(self, span: Span) -> None:
        super().__init__()
        self.span = span


class Items(list["Plain"]):
    """A list and where it is written."""

    __slots__ = ("span",)

    def __init__(self, items: list[Plain], span: Span) -> None:
        super().__init__(items)
        self.span = span


Plain = Scalar | Entries | Items


def plain(node: Node) -> Plain:
    """A node with its mappings as dictionaries by text, its lists as lists."""
    match node:
        case Mapping():
            entries = Entries(node.span)
            for key, value in node.entries:
                entries[Key(text_of(key), key.span)] = plain(value)
            return entries
        case Sequence():
            return Items([plain(item) for item in node.items], node.span)
        case Scalar():
            return node


def text_of(scalar: Scalar) -> str:
    """A scalar's text in NFC, the form in which names are compared."""
    text = scalar.fragment.text
    return text if text.isascii() else normalize("NFC", text)


def is_null(node: Plain) -> bool:
    return isinstance(node, Scalar) and node.value is None


def span_of(node: Plain) -> Span:
    return node.span
