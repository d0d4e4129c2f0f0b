"""Which names things of a project may have."""

from __future__ import annotations

import re
from typing import Literal as OneOf

from segrules.diagnostics import Diagnostic
from segrules.language.literals import BIDIRECTIONAL_CONTROLS
from segrules.language.words import RESERVED
from segrules.source import Span

MOST_BYTES = 200
"""Names of segments become names of files, which may have 255 bytes."""

NameKind = OneOf["entity", "relation", "lookup", "column", "trait", "segment", "segmentation", "stage", "param"]

ABOUT = ("label", "description", "owner", "tags", "persona", "channel", "message", "meta")
"""The keys of a segment that say something about it to people and pass into outputs."""

_OF_THE_LANGUAGE = {"segments": "`segments.vip`", "params": "`params.window`"}
_TABLES = ("entity", "relation", "lookup")


def name_finding(name: str, kind: NameKind, span: Span) -> Diagnostic | None:
    """What is wrong with a name of this kind. Columns may be called anything that has letters one can see."""
    shown = f"`{name}`"
    if not name.strip():
        return Diagnostic("invalid-name", f"this {kind} has no name", span)
    if any(character in BIDIRECTIONAL_CONTROLS or ord(character) < 32 for character in name):
        help = "type the name anew, without it"
        return Diagnostic("invalid-name", f"the name of this {kind} holds an invisible character", span, help)
    if kind == "column":
        return None
    if not name.isidentifier():
        help = f"names are letters, digits and `_`, and start with a letter{_instead(name)}"
        return Diagnostic("invalid-name", f"{shown} cannot be the name of {a_kind(kind)}", span, help)
    if len(name.encode()) > MOST_BYTES:
        return Diagnostic("invalid-name", f"the name of this {kind} is longer than {MOST_BYTES} bytes", span)
    if name in RESERVED and kind not in _TABLES:
        help = f"choose another name, such as `{name}_`"
        return Diagnostic(
            "invalid-name", f"{shown} is a word of the language, not a name of {a_kind(kind)}", span, help
        )
    if name in _OF_THE_LANGUAGE and kind in (*_TABLES, "segmentation"):
        message = f"{shown} cannot be the name of {a_kind(kind)}: rules write {_OF_THE_LANGUAGE[name]}"
        return Diagnostic("invalid-name", message, span, "choose another name")
    return None


def a_kind(kind: str) -> str:
    """`a trait`, `an entity`."""
    return f"an {kind}" if kind == "entity" else f"a {kind}"


def _instead(name: str) -> str:
    """A valid name close to a wrong one, as the end of a sentence."""
    words = "".join(letter if f"a{letter}".isidentifier() else "_" for letter in name)
    words = re.sub("_+", "_", words).strip("_")
    words = f"_{words}" if words[:1].isdigit() else words
    return f": `{words}`" if words.isidentifier() else ""
