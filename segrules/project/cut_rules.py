"""Rules that YAML cut at a comma inside `{}` or `[]`: found, reported, and taken out, so that no scrap is a rule."""

from __future__ import annotations

import re
from collections.abc import Iterator

from segrules.diagnostics import Diagnostic
from segrules.project.leaves import is_open
from segrules.project.names import ABOUT
from segrules.project.yaml_problems import FOLD
from segrules.project.yaml_source import Mapping, Node, Scalar, Sequence
from segrules.source import Span

_FREE_OF_RULES = frozenset((*ABOUT, "examples", "expect", "values", "params", "carry", "format", "include", "exclude"))
"""Keys under which a lone quote or bracket is text."""

_NEEDED = frozenset(("when", "all", "any", "none", "stages", "type"))
"""Keys without which a segment, segmentation or column is not one."""

_LIKE_A_RULE = re.compile(r"[<>=!()\[\]'\"+*/]|\s")


def without_cut_rules(node: Node) -> tuple[Node, tuple[Diagnostic, ...]]:
    """The node without what is part of a cut rule or useless without it, and a finding for each such rule."""
    findings: list[Diagnostic] = []
    return _cleaned(node, findings) or Mapping((), node.span), tuple(findings)


def _cleaned(node: Node, findings: list[Diagnostic]) -> Node | None:
    """What is left of a node; None where a rule was cut that it cannot do without."""
    match node:
        case Mapping():
            kept = _entries(node.entries, findings) if node.span.text.startswith("{") else node.entries
            entries = (
                (key, value if key.fragment.text in _FREE_OF_RULES else _cleaned(value, findings))
                for key, value in kept
            )
            whole = tuple((key, value) for key, value in entries if value is not None)
            lost = {key.fragment.text for key, _ in node.entries} - {key.fragment.text for key, _ in whole}
            is_useless = bool(lost & _NEEDED) or (node.entries and not whole)
            return None if is_useless else Mapping(whole, node.span)
        case Sequence():
            items = _items(node, findings) if node.span.text.startswith("[") else node.items
            left = tuple(item for part in items if (item := _cleaned(part, findings)) is not None)
            return None if node.items and not left else Sequence(left, node.span)
        case Scalar():
            return node


def _entries(entries: tuple[tuple[Scalar, Node], ...], findings: list[Diagnostic]) -> tuple[tuple[Scalar, Node], ...]:
    kept: list[tuple[Scalar, Node]] = []
    place = 0
    while place < len(entries):
        scraps = list(_scraps(entries, place))
        if scraps:
            findings.append(_finding(entries[place][1].span.to(scraps[-1])))
        else:
            kept.append(entries[place])
        place += 1 + len(scraps)
    return tuple(kept)


def _scraps(entries: tuple[tuple[Scalar, Node], ...], place: int) -> Iterator[Span]:
    """The keys without values behind the rule at `place` that belong to it."""
    value = entries[place][1]
    if not isinstance(value, Scalar) or not value.plain or not value.fragment.text:
        return
    text = value.fragment.text
    for following in range(place + 1, len(entries)):
        key, rest = entries[following]
        is_bare = key.plain and isinstance(rest, Scalar) and rest.plain and not rest.fragment.text
        if not is_bare or not (is_open(text) or _LIKE_A_RULE.search(key.fragment.text)):
            return
        text = f"{text}, {key.fragment.text}"
        yield key.span


def _items(node: Sequence, findings: list[Diagnostic]) -> tuple[Node, ...]:
    kept: list[Node] = []
    cut: Scalar | None = None
    text = ""
    for item in node.items:
        is_rule = isinstance(item, Scalar) and item.plain
        if cut is not None and is_rule and isinstance(item, Scalar):
            text = f"{text}, {item.fragment.text}"
            if not is_open(text):
                findings.append(_finding(cut.span.to(item.span)))
                cut = None
        elif is_rule and isinstance(item, Scalar) and is_open(item.fragment.text):
            cut, text = item, item.fragment.text
        else:
            kept.append(item)
    if cut is not None:
        findings.append(_finding(cut.span))
    return tuple(kept)


def _finding(span: Span) -> Diagnostic:
    message = "a comma inside `{}` or `[]` cuts this in two"
    is_type = span.text.startswith("decimal(")
    help = f"put it in quotes: `'{span.text}'`" if is_type else f"put it in quotes, or on a line of its own: {FOLD}"
    return Diagnostic("cut-rule", message, span, help)
