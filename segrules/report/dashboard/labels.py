"""What people call a segment: labels, in one language or several, and names, ready to stand in any text.

A label in several languages is all of them, the report's own first and the others hidden; the page's switch shows one
of the others instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from segrules.report.html import escape


def label_text(about: Mapping[str, Any], languages: Sequence[str], name: str = "") -> str:
    """The label as text, in the first of the languages that it has; the name where there is none."""
    found = texts(about.get("label"), languages)
    return found[0][1] if found else name


def label_html(about: Mapping[str, Any], languages: Sequence[str], name: str = "") -> str:
    """The label, or else the name, whatever the script and direction of the text around it."""
    found = texts(about.get("label"), languages)
    if not found:
        return name_html(name)
    first, *others = (_bdi(language, text, number > 0) for number, (language, text) in enumerate(found))
    return f'<span class="label">{first}{"".join(others)}</span>' if others else first


def name_html(name: str) -> str:
    """A name as it is written in files."""
    return f'<bdi class="name">{escape(name)}</bdi>'


def texts(value: Any, languages: Sequence[str]) -> tuple[tuple[str | None, str], ...]:
    """What a label, or another text of `about`, says: (language, text), the report's own language first.

    None stands for the language of a text that does not say which it is in.
    """
    if not isinstance(value, Mapping):
        return ((None, str(value)),) if value else ()
    order = {language: place for place, language in enumerate(languages)}
    found = [(str(language), str(text)) for language, text in value.items() if text]
    return tuple(sorted(found, key=lambda pair: order.get(pair[0], len(order))))


def owner_of(about: Mapping[str, Any]) -> str:
    return str(about.get("owner") or "")


def tags_of(about: Mapping[str, Any]) -> list[str]:
    tags = about.get("tags") or ()
    return [str(tag) for tag in (tags if isinstance(tags, list | tuple) else (tags,))]


def _bdi(language: str | None, text: str, is_hidden: bool) -> str:
    lang = f' lang="{escape(language)}"' if language else ""
    return f"<bdi{lang}{' hidden' if is_hidden else ''}>{escape(text)}</bdi>"
