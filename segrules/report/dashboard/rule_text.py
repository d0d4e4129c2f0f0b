"""A rule as its author wrote it, in colours: each word by its kind, names as links to what they stand for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal as OneOf

from segrules.language import parse
from segrules.language.core import Expression, Past, Reference
from segrules.language.parser import words_of
from segrules.language.trees import walk
from segrules.language.words import END, Word
from segrules.language.wrapping import wrapped
from segrules.planning.renaming import Thing
from segrules.project.model import Keys, Segment, Tree
from segrules.report.dashboard.anchors import href
from segrules.report.dashboard.charts.words import several
from segrules.report.dashboard.things import Items, anchor_of, title_of
from segrules.report.html import escape
from segrules.source import Fragment, Span, whole_file

WIDTH = 88
"""Characters of a line before it is broken, as `segrules fmt` breaks it."""

Kind = OneOf["function", "keyword", "number", "text", "date", "param", "segment", "trait", "column", "sign"]

_NAMES = ("NAME", "QUOTED")
_KINDS: Mapping[str, Kind] = {
    "TEXT": "text",
    "NUMBER": "number",
    "PERCENT": "number",
    "DATE": "date",
    "MOMENT": "date",
    "TRUTH": "number",
    "UNIT": "number",
}
_SIGNS = frozenset(
    ["COMPARE", "ARROW", "PLUS", "MINUS", "TIMES", "DOT", "COMMA", "COLON", "OPEN", "CLOSE", "OPEN_LIST", "CLOSE_LIST"]
)


@dataclass(frozen=True, slots=True)
class Named:
    """What the names in a rule refer to, by where they stand; everything in the report; languages of labels."""

    at: Mapping[Span, Thing]
    items: Items
    languages: Sequence[str]


def named_in(
    rules: Sequence[Expression | None], entity: str, uses: Sequence[Thing], items: Items, languages: Sequence[str]
) -> Named:
    """The names in rules of an entity."""
    at: dict[Span, Thing] = {}
    for rule in rules:
        for node in walk(rule) if rule is not None else ():
            reference = node.item if isinstance(node, Past) else node
            if isinstance(reference, Reference) and reference.span is not None:
                at[reference.span] = _thing(reference, entity, uses)
    return Named(at, items, languages)


def _thing(node: Reference, entity: str, uses: Sequence[Thing]) -> Thing:
    """What a reference refers to: one behind lookups is that of its name among those that the rule uses."""
    kinds = ("segment", "stage") if node.to == "segment" else (node.to,)
    found = (use for use in uses if use.name == node.name and use.kind in kinds)
    own = (use for use in uses if use.name == node.name and use.kind in kinds and use.entity == entity)
    return next(found if node.path else own, Thing(entity, node.to, node.name))


def segment_rule_html(segment: Segment, named: Named) -> str:
    """The rule of a segment with what stands beside it, as a block of text."""
    lines = [*_tree(segment.rule, named, 0)]
    for key, keys in (("include", segment.include), ("exclude", segment.exclude)):
        if keys is not None:
            lines.append(f"{_span('keyword', f'{key}:')} {escape(_keys(keys))}")
    if segment.suppress is not None:
        lines.append(f"{_span('keyword', 'suppress:')} {expression_html(segment.suppress, named, 10)}")
    return f'<pre class="rule wrapped">{chr(10).join(lines)}</pre>'


def _keys(keys: Keys) -> str:
    """How many keys are named, and in which file; the keys themselves stand in no report."""
    return f"the list {keys.file}" if keys.file is not None else several(len(keys.written), "key", "keys")


def _tree(tree: Tree, named: Named, depth: int) -> Iterator[str]:
    """The lines of a tree, as YAML has them."""
    indent = "  " * depth
    if tree.when is not None:
        yield expression_html(tree.when, named, len(indent))
        return
    yield _span("keyword", f"{tree.kind}:")
    for item in tree.items:
        first, *others = _tree(item, named, depth + 2)
        yield f"{indent}  {_span('sign', '-')} {first}"
        yield from others


def expression_html(written: Fragment, named: Named, indent: int = 0) -> str:
    """An expression in colours, on as many lines as it needs, those behind the first moved by `indent`."""
    words = [word for word in words_of(written) if word.kind != END]
    shown, fragment = words, written
    tree, _ = parse(written)
    if tree is not None:
        again = whole_file("", "\n".join(wrapped(tree, WIDTH - indent)))
        formatted = [word for word in words_of(again) if word.kind != END]
        if [(word.kind, word.text) for word in formatted] == [(word.kind, word.text) for word in words]:
            shown, fragment = formatted, again
    if tree is None or not words:
        return escape(written.text)
    return "".join(_coloured(words, shown, fragment.text, named)).replace("\n", "\n" + " " * indent)


def _coloured(words: Sequence[Word], shown: Sequence[Word], text: str, named: Named) -> Iterator[str]:
    """Each word as HTML with the blanks before it. `shown` are the same words where they stand in `text`."""
    at, place = 0, 0
    while at < len(words):
        end = _end_of_name(words, at)
        yield escape(text[place : shown[at].start])
        yield _word(words[at:end], text[shown[at].start : shown[end - 1].end], _is_called(words, end), named)
        place, at = shown[end - 1].end, end
    yield escape(text[place:])


def _end_of_name(words: Sequence[Word], at: int) -> int:
    """Behind a word, or all words of a dotted name."""
    end = at + 1
    if words[at].kind in _NAMES:
        while end + 1 < len(words) and words[end].kind == "DOT" and words[end + 1].kind in _NAMES:
            end += 2
    return end


def _is_called(words: Sequence[Word], end: int) -> bool:
    return end < len(words) and words[end].kind == "OPEN" and words[end - 1].kind == "NAME"


def _word(words: Sequence[Word], text: str, is_called: bool, named: Named) -> str:
    first = words[0]
    if first.kind in _KINDS:
        return _span(_KINDS[first.kind], text)
    if first.kind in _SIGNS:
        return escape(text)
    if first.kind not in _NAMES:
        return _span("keyword", text)
    if is_called and len(words) == 1:
        return _span("function", text)
    if first.text == "params" and len(words) > 1:
        return _span("param", text)
    thing = named.at.get(first.span.to(words[-1].span))
    if thing is None:
        return _span("column", text)
    kind: Kind = "trait" if thing.kind == "trait" else "segment"
    title = escape(title_of(thing, named.items, named.languages))
    at = anchor_of(thing, named.items)
    if at is None:
        return _span(kind, text)
    return f'<a class="w-{kind}" href="{href(at)}" title="{title}"><bdi>{escape(text)}</bdi></a>'


def _span(kind: Kind, text: str) -> str:
    shown = f"<bdi>{escape(text)}</bdi>" if kind in ("column", "text", "param", "trait", "segment") else escape(text)
    return f'<span class="w-{kind}">{shown}</span>'
