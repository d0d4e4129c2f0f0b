"""Another value for a param: of the kind that the rule files give it."""

from __future__ import annotations

from collections.abc import Mapping

from segrules.language.core import Literal
from segrules.language.types import TEXT, UNKNOWN, Kind, Type, list_of
from segrules.project.leaves import Unfit, param
from segrules.project.plain import Items, Plain, plain
from segrules.project.yaml_source import Scalar, read_yaml

_KINDS: Mapping[Kind, tuple[str, str, str]] = {
    Kind.BOOLEAN: ("true or false", "truth values", "true"),
    Kind.TEXT: ("text", "texts", "TH"),
    Kind.DATE: ("a date", "dates", "2026-01-31"),
    Kind.TIMESTAMP: ("a time", "times", "2026-01-31T12:00:00"),
    Kind.DURATION: ("a length of time", "lengths of time", "90 days"),
}
_NUMBER = ("a number", "numbers", "100")
"""How one and several are called, and an example."""


def from_yaml(node: Plain, old: Literal) -> Literal:
    """The value that a file has, in place of the old one. Raises Unfit where it is of another kind."""
    new = param(node)
    if not _is_alike(new.type, old.type):
        raise _misfit(new, old, "'0123'" if old.type == TEXT else None)
    return new


def from_text(text: str, old: Literal) -> Literal:
    """The value of a command line. A text is taken letter by letter; a list may stand without its brackets."""
    if old.type == TEXT:
        return Literal(text, TEXT)
    is_list = old.type.kind is Kind.LIST
    if not text.strip():
        raise Unfit(f"`{{key}}` is {_described(old.type)}, and there is no value", help=_example(old.type))
    written = f"[{text}]" if is_list and not text.lstrip().startswith("[") else text.strip()
    node, findings = read_yaml("--set", written)
    if node is None or findings:
        raise Unfit(f"`{text}` cannot be read as {_described(old.type)}", help=_example(old.type))
    value = plain(node)
    if old.type == list_of(TEXT) and isinstance(value, Items):
        return Literal(tuple(_text(item, old.type) for item in value), old.type) if value else param(value)
    new = param(value)
    if not _is_alike(new.type, old.type):
        raise _misfit(new, old, None)
    return Literal(new.value, new.type)


def _text(node: Plain, type: Type) -> str:
    if not isinstance(node, Scalar):
        raise Unfit("`{key}` is a list of texts", help=_example(type))
    return node.fragment.text


def _is_alike(new: Type, old: Type) -> bool:
    """Whether a value of one type can stand where one of another stood: numbers are numbers, with digits or without."""
    if UNKNOWN in (new, old):
        return True
    if new.kind is Kind.LIST and old.kind is Kind.LIST and new.element and old.element:
        return _is_alike(new.element, old.element)
    return new.kind is old.kind or (new.is_numeric and old.is_numeric)


def _misfit(new: Literal, old: Literal, example: str | None) -> Unfit:
    shown = new.span.text if new.span else str(new.value)
    message = f"`{{key}}` is {_described(old.type)}, and `{shown}` is {_described(new.type)}"
    return Unfit(message, help=f"write it like `{example}`" if example else _example(old.type))


def _described(type: Type) -> str:
    if type.kind is Kind.LIST and type.element is not None:
        return f"a list of {_words(type.element)[1]}"
    return _words(type)[0]


def _example(type: Type) -> str:
    element = type.element if type.kind is Kind.LIST and type.element else type
    one = _words(element)[2]
    return f"write it like `{one}, {one}`" if element is not type else f"write it like `{one}`"


def _words(type: Type) -> tuple[str, str, str]:
    return _NUMBER if type.is_numeric else _KINDS[type.kind]
