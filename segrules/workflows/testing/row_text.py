"""Rows and tests as YAML that is ready to paste."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from unicodedata import category

_WORDS = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))


def scalar(value: object) -> str:
    """A value as YAML, for use inside brackets and braces."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
        case str():
            return value if _is_plain(value) else _quoted(value)
        case tuple() | list():
            return f"[{', '.join(map(scalar, value))}]"
        case _:
            return str(value)


def _is_plain(text: str) -> bool:
    """Whether a text needs no quotes: words of letters (with their marks) and digits, a letter first."""
    words = re.split("[ -]", text)
    return all(map(_is_word, words)) and text[0].isalpha() and text.lower() not in _WORDS


def _is_word(text: str) -> bool:
    return bool(text) and all(one.isalnum() or one == "_" or category(one).startswith("M") for one in text)


def _quoted(text: str) -> str:
    if text.isprintable() and "\\" not in text:
        return "'" + text.replace("'", "''") + "'"
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    """A character inside double quotes."""
    if character in '"\\':
        return f"\\{character}"
    return character if character.isprintable() else f"\\U{ord(character):08x}"


def flow(row: Mapping[str, object]) -> str:
    """A mapping in braces."""
    return "{" + ", ".join(f"{_key(name)}: {scalar(value)}" for name, value in row.items()) + "}"


def _key(name: str) -> str:
    """A name as a key; `demographics.income` needs no quotes."""
    return name if "." in name and all(map(_is_plain, name.split("."))) else scalar(name)


def example(values: Mapping[str, object], is_member: bool) -> str:
    """The example that a segment takes a row in, or leaves it out, to be put under `examples:`."""
    return f"{'in' if is_member else 'out'}: [{flow(values)}]"


def case(
    name: str,
    given: Mapping[str, Sequence[Mapping[str, object]]],
    thing: str,
    expected: str,
    as_of: date | datetime | None,
) -> str:
    """A case, to be put under `cases:` of a file in tests/. expected: what is expected of the thing, as YAML."""
    return case_of(name, given, {thing: expected}, as_of)


def case_of(
    name: str,
    given: Mapping[str, Sequence[Mapping[str, object]]],
    expected: Mapping[str, str],
    as_of: date | datetime | None,
) -> str:
    """The same for several things."""
    lines = [f"- name: {_quoted(name)}"]
    lines += [f"  as_of: {as_of.isoformat()}"] if as_of is not None else []
    lines += ["  given:"]
    for table, rows in given.items():
        if len(rows) == 1:
            lines.append(f"    {_key(table)}: [{flow(rows[0])}]")
        else:
            lines += [f"    {_key(table)}:", *(f"      - {flow(row)}" for row in rows)]
    things = ", ".join(f"{scalar(thing)}: {value}" for thing, value in expected.items())
    return "\n".join([*lines, f"  expect: {{{things}}}"])
