"""What files say of a segment or segmentation beside its rule: its name, and everything that is for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from segrules.report.dashboard.labels import label_html, name_html
from segrules.report.html import escape

_FIELDS = ("owner", "persona", "channel", "message", "tags")


def heading_html(about: Mapping[str, Any], name: str, languages: Sequence[str]) -> str:
    """The label, below it the name where that is another word, and the description."""
    lines = [f"<h1>{label_html(about, languages, name)}</h1>"]
    if about.get("label"):
        lines.append(f'<p class="soft">{name_html(name)}</p>')
    if about.get("description"):
        lines.append(f'<p class="lead">{label_html({"label": about["description"]}, languages)}</p>')
    return "\n".join(lines)


def about_html(about: Mapping[str, Any], languages: Sequence[str]) -> Iterator[str]:
    """Owner, persona and the like, as a list of what is said and what by."""
    found = [(field, about[field]) for field in _FIELDS if about.get(field)]
    meta = about.get("meta")
    found += list(meta.items()) if isinstance(meta, Mapping) else []
    if found:
        rows = (_row(field, value, languages) for field, value in found)
        yield f'<dl class="about">{"".join(rows)}</dl>'


def _row(field: Any, value: Any, languages: Sequence[str]) -> str:
    return f"<div><dt>{escape(_word(field))}</dt><dd>{_value(value, languages)}</dd></div>"


def _word(field: Any) -> str:
    return str(field).replace("_", " ").capitalize()


def _value(value: Any, languages: Sequence[str]) -> str:
    match value:
        case list() | tuple():
            return " ".join(f'<span class="tag"><bdi>{escape(str(one))}</bdi></span>' for one in value)
        case Mapping() if all(isinstance(text, str) for text in value.values()) and set(value) <= set(languages):
            return label_html({"label": value}, languages)
        case Mapping():
            said = "; ".join(f"{key}: {text}" for key, text in value.items())
            return f"<bdi>{escape(said)}</bdi>"
        case _:
            return f"<bdi>{escape(str(value))}</bdi>"
