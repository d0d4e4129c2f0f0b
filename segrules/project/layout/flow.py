"""Mappings and lists in brackets, on one line: one blank after each comma and colon, known keys in their order."""

from __future__ import annotations

import re

from segrules.diagnostics import Diagnostic
from segrules.project.layout.rules import read_rule, rule_in_brackets
from segrules.project.layout.shapes import Rule, Shape, alone, inside, rank, resolved
from segrules.project.yaml_nodes import Mapping, Node, Scalar, Sequence, key_name

_COLON = re.compile(r" *: *")
_COMMA = re.compile(r" *, *")
_BLANKS = re.compile(r" *")
_CLOSE = re.compile(r" *(?:, *)?[\]}]")


def flow_text(node: Node, shape: Shape, findings: list[Diagnostic]) -> str | None:
    """The canonical text of what stands in brackets; None where it is to stay as it is.

    That is so where it takes several lines, or has keys without values, anchors, aliases or other rarities.
    """
    text = _value(node, shape, findings)
    return None if "\n" in node.span.text else text


def is_flow(node: Node) -> bool:
    """Whether a node stands in brackets."""
    return not isinstance(node, Scalar) and node.span.file.text.startswith(("[", "{"), node.span.start)


def _value(node: Node, shape: Shape, findings: list[Diagnostic]) -> str | None:
    match node:
        case Scalar():
            if isinstance(kind := alone(shape), Rule):
                rule, wrong = read_rule(node, kind)
                findings += wrong
                if rule is not None:
                    return rule_in_brackets(rule, node.span.text)
            return node.span.text or None
        case Mapping() if is_flow(node):
            return _mapping(node, resolved(shape, node), findings)
        case Sequence() if is_flow(node):
            return _sequence(node, resolved(shape, node), findings)
        case _:
            return None


def _mapping(node: Mapping, shape: Shape, findings: list[Diagnostic]) -> str | None:
    entries: list[tuple[int, str]] = []
    is_regular = True
    text, place = node.span.file.text, node.span.start + 1
    for number, (key, value) in enumerate(node.entries):
        name = key_name(key)
        written = _value(value, inside(shape, name), findings)
        starts = _follows(text, place, _COMMA if number else _BLANKS, key.span.start)
        is_regular &= written is not None and starts and _follows(text, key.span.end, _COLON, value.span.start)
        entries.append((rank(shape, name), f"{key.span.text}: {written}"))
        place = value.span.end
    entries.sort(key=lambda entry: entry[0])
    is_regular &= _follows(text, place, _CLOSE, node.span.end)
    return "{" + ", ".join(entry for _, entry in entries) + "}" if is_regular else None


def _sequence(node: Sequence, shape: Shape, findings: list[Diagnostic]) -> str | None:
    items: list[str] = []
    is_regular = True
    text, place = node.span.file.text, node.span.start + 1
    for number, item in enumerate(node.items):
        written = _value(item, inside(shape, ""), findings)
        is_regular &= written is not None and _follows(text, place, _COMMA if number else _BLANKS, item.span.start)
        items.append(written or "")
        place = item.span.end
    is_regular &= _follows(text, place, _CLOSE, node.span.end)
    return f"[{', '.join(items)}]" if is_regular else None


def _follows(text: str, place: int, between: re.Pattern[str], following: int) -> bool:
    """Whether nothing but this stands between two places."""
    return place <= following and between.fullmatch(text, place, following) is not None
