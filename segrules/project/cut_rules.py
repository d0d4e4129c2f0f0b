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

_FREE_OF_RULES = frozenset((*ABOUT, "examples", "expect", "values", "params", "carry", "format"))
"""Keys under which a lone quote or bracket is text."""

_LIKE_A_RULE = re.compile(r"[<>=!()\[\]'\"+*/]|\s")


def without_cut_rules(node: Node) -> tuple[Node, tuple[Diagnostic, ...]]:
    """The node without the entries and items that are parts of a cut rule, and a finding for each such rule."""
    findings: list[Diagnostic] = []
    return _cleaned(node, findings), tuple(findings)


def _cleaned(node: Node, findings: list[Diagnostic]) -> Node:
    match node:
        case Mapping():
            kept = _entries(node.entries, findings) if node.span.text.startswith("{") else node.entries
            entries = (
                (key, value if key.fragment.text in _FREE_OF_RULES else _cleaned(value, findings))
                for key, value in kept
            )
            return Mapping(tuple(entries), node.span)
        case Sequence():
            items = _items(node, findings) if node.span.text.startswith("[") else node.items
            return Sequence(tuple(_cleaned(item, findings) for item in items), node.span)
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
    return Diagnostic("cut-rule", message, span, f"put it on a line of its own: {FOLD}")
