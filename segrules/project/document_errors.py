"""What a document's check complains of, as findings at the very words, and the document without those words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from segrules.diagnostics import Diagnostic, did_you_mean, guess
from segrules.project.leaves import Unfit
from segrules.project.plain import Entries, Items, text_of
from segrules.project.yaml_source import Mapping, Node, Scalar
from segrules.project.yaml_source import Sequence as YamlList
from segrules.source import Span


@dataclass(frozen=True, slots=True)
class Problem:
    """One complaint: its kind, the keys and numbers that lead to it, what a reader of values says, known keys there."""

    kind: str
    place: tuple[int | str, ...]
    unfit: Unfit | None
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    """A node of the file, and the key under which it stands."""

    key: Scalar | None
    node: Node

    @property
    def name(self) -> str:
        return text_of(self.key) if self.key else "this"

    @property
    def key_span(self) -> Span:
        return self.key.span if self.key else first_line(self.node.span)


def findings_of(root: Node, problems: Sequence[Problem], names: frozenset[str]) -> tuple[Diagnostic, ...]:
    """A finding for each problem, in the order of the file."""
    findings = [_finding(root, problem, names) for problem in problems]
    return tuple(sorted(findings, key=lambda finding: finding.span.start if finding.span else 0))


def first_line(span: Span) -> Span:
    """The first line of a span, for what is said of a whole mapping."""
    text = span.text.split("\n", 1)[0].rstrip()
    return Span(span.file, span.start, span.start + len(text))


def _finding(root: Node, problem: Problem, names: frozenset[str]) -> Diagnostic:
    found = _locate(root, problem.place)
    match problem:
        case Problem("extra_forbidden"):
            return _unknown_key(found, problem.allowed, names)
        case Problem("missing", place=(*_, key)):
            owner = _locate(root, problem.place[:-1])
            subject = f"`{owner.name}`" if owner.key else "the file" if len(problem.place) == 1 else "this entry"
            return Diagnostic("missing-key", f"{subject} needs `{key}`", owner.key_span)
        case Problem(unfit=Unfit() as unfit):
            message = unfit.message.replace("{key}", found.name)
            is_about_key = unfit.code == "missing-key" or not found.node.span.text.strip()
            span = unfit.span or (found.key_span if is_about_key else _shown(found.node))
            return Diagnostic(unfit.code, message, span, unfit.help)
        case _:
            wanted = "a list" if problem.kind == "list_type" else "`key: value` lines"
            subject = f"`{found.name}` takes {wanted}" if found.key else f"{wanted} belong here"
            span = _shown(found.node) if found.node.span.text.strip() else found.key_span
            return Diagnostic("wrong-value", f"{subject}, not {_what(found.node)}", span)


def _unknown_key(found: _Found, allowed: tuple[str, ...], names: frozenset[str]) -> Diagnostic:
    name = found.name
    help = did_you_mean(name, allowed)
    fix = guess(help, found.key_span)
    if help is None and name in names:
        help = f"the project declares `{name}`; check the indentation"
    if help is None and not name.isidentifier() and "when" in allowed:
        help = "a rule stands directly behind the name of its segment, without brackets, or behind `when:`"
    if help is None and allowed:
        help = f"known here: {', '.join(f'`{key}`' for key in allowed)}"
    return Diagnostic("unknown-key", f"`{name}` is not a key that belongs here", found.key_span, help, fix=fix)


def _shown(node: Node) -> Span:
    return node.span if isinstance(node, Scalar) else first_line(node.span)


def _what(node: Node) -> str:
    match node:
        case Mapping():
            return "a mapping"
        case YamlList():
            return "a list"
        case Scalar():
            return "a single value" if node.fragment.text else "nothing"


def _locate(root: Node, place: Iterable[int | str]) -> _Found:
    """The node that keys and numbers lead to, as far as they lead; a single value may stand for a mapping."""
    found = _Found(None, root)
    for part in place:
        match found.node:
            case Mapping(entries=entries):
                inside = next((entry for entry in entries if text_of(entry[0]) == part), None)
                if inside is None:
                    return found
                found = _Found(*inside)
            case YamlList(items=items) if isinstance(part, int):
                found = _Found(None, items[part])
            case _:
                return found
    return found


def prune(data: Entries, problems: Sequence[Problem]) -> bool:
    """Take what the problems are about out of a document; False where nothing would be left."""
    places = {problem.place[:-1] if problem.kind == "missing" else problem.place for problem in problems}
    removed = [_remove(data, place) for place in sorted(places, key=_order, reverse=True)]
    return all(removed)


def _order(place: tuple[int | str, ...]) -> tuple[tuple[int, str], ...]:
    """Places in an order in which later items of a list come later."""
    return tuple((part, "") if isinstance(part, int) else (0, part) for part in place)


def _remove(data: Entries, place: tuple[int | str, ...]) -> bool:
    node: Any = data
    owner: Any = None
    last: int | str | None = None
    for part in place:
        inside = node.get(part) if isinstance(node, Entries) else None  # type: ignore[call-overload]
        if isinstance(node, Items) and isinstance(part, int) and part < len(node):
            inside = node[part]
        if inside is None:
            break
        owner, last, node = node, part, inside
    if owner is None:
        return False
    del owner[last]
    return True
