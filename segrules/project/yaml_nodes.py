"""What a YAML file says: scalars, mappings and sequences that remember where they stand. No YAML library here."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from unicodedata import normalize

from segrules.source import Fragment, Span

Value = None | bool | int | Decimal | str | date | datetime


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value. `fragment.text` is its text, `value` what YAML 1.2 takes it for; `plain` means without quotes."""

    value: Value
    fragment: Fragment
    plain: bool

    @property
    def span(self) -> Span:
        return self.fragment.span


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys with their nodes, in the order of the file; a key written twice is here once, as first written."""

    entries: tuple[tuple[Scalar, Node], ...]
    span: Span = field(compare=False, repr=False)

    def get(self, name: str) -> Node | None:
        """The node under the key `name`."""
        return next((node for key, node in self.entries if _is_named(key, name)), None)

    def key(self, name: str) -> Scalar | None:
        """The key `name` as written."""
        return next((key for key, _ in self.entries if _is_named(key, name)), None)


@dataclass(frozen=True, slots=True)
class Sequence:
    """The items of a list."""

    items: tuple[Node, ...]
    span: Span = field(compare=False, repr=False)


Node = Scalar | Mapping | Sequence


def key_name(key: Scalar) -> str:
    """The name that a key stands for: its text in NFC, the form in which keys are compared."""
    return normalize("NFC", key.fragment.text)


def _is_named(key: Scalar, name: str) -> bool:
    return key.fragment.text == name or key_name(key) == normalize("NFC", name)


_WORDS: dict[str, bool | None] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
# Leading zeros make text, so that codes keep them. Lengths are bounded because Python refuses to print longer integers,
# and exponents because whoever makes an integer of 1e999999999 never ends.
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,999})")
_OTHER_BASE = re.compile(r"0o[0-7]{1,999}|0x[0-9a-fA-F]{1,999}")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]{1,999}|(0|[1-9][0-9]{0,999})(\.[0-9]{0,999})?)([eE][-+]?[0-9]{1,3})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATETIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?")


class ImpossibleDateError(ValueError):
    """A plain scalar is written like a date or time that no calendar or clock has."""


def plain_value(text: str) -> Value:
    """The meaning of a plain scalar: YAML 1.2's core schema, with dates, and without infinities.

    Raises ImpossibleDateError for text such as 2026-02-30.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "0123456789-+.":
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return Decimal(text)
    if _OTHER_BASE.fullmatch(text):
        return int(text, 0)
    return _date_or_text(text)


def _date_or_text(text: str) -> Value:
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
        if _DATETIME.fullmatch(text):
            whole, _, fraction = text.partition(".")
            return datetime.fromisoformat(whole).replace(microsecond=int(fraction.ljust(6, "0")))
    except ValueError as error:
        raise ImpossibleDateError(text) from error
    return text
