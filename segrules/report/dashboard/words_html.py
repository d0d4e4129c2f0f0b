"""A rule in plain words as HTML: a sentence or nested lists, and what the names in it mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from segrules.language.core import Expression
from segrules.planning.renaming import Thing
from segrules.report.dashboard.things import Items, thing_html
from segrules.report.html import escape
from segrules.report.words import Words, plain_words, value_words
from segrules.workflows.reporting.data import SegmentReport, TraitReport

_HEADS = {
    "all": "all of these hold",
    "any": "at least one of these holds",
    "none": "none of these holds",
    "not all": "not all of these hold",
}


def words_html(rule: Expression, entity: str, opening: str) -> str:
    """A rule in words. opening: HTML of what comes before, `A customer is in it`."""
    words = plain_words(rule, entity)
    if words.kind == "sentence":
        return f'<p class="words">{opening} if this holds: <b dir="auto">{escape(words.text)}</b>.</p>'
    lead = f"it {escape(words.lead)} " if words.lead else ""
    return f'<p class="words">{opening} if {lead}{_HEADS[words.kind]}:</p>\n{_list(words)}'


def _list(words: Words) -> str:
    return f'<ul class="words">{"".join(map(_item, words.parts))}</ul>'


def _item(words: Words) -> str:
    if words.kind == "sentence":
        return f'<li dir="auto">{escape(words.text)}'
    lead = f"{escape(words.lead)} " if words.lead else ""
    return f'<li dir="auto">{lead}{_HEADS[words.kind]}:{_list(words)}'


def meanings_html(uses: Iterable[Thing], items: Items, languages: Sequence[str]) -> str:
    """What the traits and segments that a rule names are, for those who want to know; nothing where it names none."""
    lines = "".join(_meanings(dict.fromkeys(uses), items, languages))
    if not lines:
        return ""
    return f'<details class="meanings"><summary>What the names mean</summary><dl>{lines}</dl></details>'


def _meanings(uses: Iterable[Thing], items: Items, languages: Sequence[str]) -> Iterator[str]:
    for thing in uses:
        match items.get(thing):
            case TraitReport(rule=rule) if rule is not None:
                said = value_words(rule, thing.entity)
            case SegmentReport(rule=rule) if rule is not None:
                said = plain_words(rule, thing.entity).text
            case _:
                continue
        yield f'<dt>{thing_html(thing, items, languages)}</dt><dd dir="auto">{escape(said)}</dd>'
