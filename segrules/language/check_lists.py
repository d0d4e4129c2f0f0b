"""`in_list('vips.csv')` and `in_list('staff.csv', email)`: from the name of a list's file to a test of membership."""

from __future__ import annotations

from dataclasses import replace

from segrules.diagnostics import Diagnostic, did_you_mean
from segrules.language.check_findings import Findings, described, refuse, unknown, words, written_name
from segrules.language.check_numbers import number
from segrules.language.check_operators import constants, membership
from segrules.language.check_time import is_unknown
from segrules.language.core import Column, Expression, Literal, Scalar
from segrules.language.scope import Row, Scope
from segrules.language.types import BOOLEAN, DATE, INTEGER, TEXT, TIMESTAMP, Kind, Type
from segrules.language.value_lists import MOST_VALUES, ValueList, read_value
from segrules.source import Span, whole_file

_TYPES = {Kind.BOOLEAN: BOOLEAN, Kind.INTEGER: INTEGER, Kind.TEXT: TEXT, Kind.DATE: DATE, Kind.TIMESTAMP: TIMESTAMP}
_FEW = 6


def in_list(arguments: tuple[Expression, ...], span: Span, scope: Scope, findings: Findings) -> Expression:
    """The test whether a value, or the entity's own column that a file is made for, is in the file's list."""
    if is_unknown(*arguments):
        return unknown(span)
    name, *values = arguments
    if not isinstance(name, Literal) or name.type.kind is not Kind.TEXT:
        message = f"`in_list` takes the name of a file first, and `{words(name)}` is none"
        return refuse(findings, "wrong-arguments", name.span, message, "`in_list('vips.csv')`, or `…, email)`")
    found = found_list(str(name.value), name.span, scope, findings)
    item = None if found is None else values[0] if values else _own_column(found, scope.entity, name.span, findings)
    if found is None or item is None:
        return unknown(span)
    return member(item, found, span, name.span, findings)


def found_list(name: str, span: Span | None, scope: Scope, findings: Findings) -> ValueList | None:
    """The list in a file of `lists/`, or None with a finding where it is not there or cannot be read."""
    found = scope.lists.get(name)
    if found is None:
        if "\\" in name or name.startswith("/") or ".." in name.split("/"):
            message = f"`{name}` leads out of the folder `lists/`, where lists are"
            refuse(findings, "wrong-arguments", span, message, "put the file there, and give its name alone")
            return None
        shown = ", ".join(f"`{known}`" for known in list(scope.lists)[:_FEW])
        help = did_you_mean(name.removeprefix("lists/"), scope.lists)
        help = help or (f"it has {shown}" if shown else "the files of lists are `lists/*.csv` and `lists/*.txt`")
        refuse(findings, "file-missing", span, f"there is no file `{name}` in the folder `lists/`", help)
        return None
    if found.problem is not None:
        findings.append(replace(found.problem, span=span))
        return None
    if not found.entries:
        refuse(findings, "empty-list", span, f"`lists/{found.name}` has no values", "name at least one value")
        return None
    return found


def _own_column(found: ValueList, entity: Row, span: Span | None, findings: Findings) -> Expression | None:
    """The entity's column that a file is compared with: the one that its header names, or else the key."""
    name = found.header if found.header in entity.columns else entity.key
    column = entity.columns.get(name or "")
    if column is None:  # the key has a finding of its own, or is not in the contract
        return None
    if found.header is not None and name != found.header:
        close = did_you_mean(found.header, entity.columns)
        if close is not None and close != f"did you mean `{name}`?":
            message = f"`{found.header}`, the header of `lists/{found.name}`, is not a column of `{entity.name}`"
            other = f"`in_list('{found.name}', {written_name(column.name)})` says what is compared"
            help = f"{close} If not, {other}"
            refuse(findings, "unknown-name", span, message, help)
            return None
    is_missing = column.may_be_missing and name != entity.key
    shown = whole_file("column", written_name(column.name)).span  # for messages: the rule does not write it
    return Column(entity.name, (), column.name, column.type, is_missing, shown)


def member(item: Expression, found: ValueList, span: Span, file: Span | None, findings: Findings) -> Expression:
    """The test whether an item is in a list; `file` is where the list is named. A finding where types differ."""
    type = item.type
    if type.kind is Kind.LIST:
        message = f"`{words(item)}` is a list itself, and `in_list` looks for one value"
        return refuse(findings, "wrong-type", item.span, message)
    if type.kind not in _TYPES and not type.is_numeric:
        message = f"`{words(item)}` is {described(type)}, of which there are no lists"
        return refuse(findings, "wrong-type", item.span, message)
    values = _values(found, type, words(item), file, findings)
    if values is None:
        return unknown(span)
    listed = constants(values, file or span, findings)
    listed = replace(listed, span=span) if isinstance(listed, Literal) else listed  # its values stand in no rule
    return membership(item, listed, values[:1], False, span, findings)


def _values(
    found: ValueList, type: Type, item: str, span: Span | None, findings: Findings
) -> tuple[Literal, ...] | None:
    """The distinct values of a list, in its order, or None with a finding."""
    if found.header is not None and _is_value(found.header, type):
        message = f"the first line of `lists/{found.name}`, `{_short(found.header)}`, is a value"
        refuse(findings, "unfit-value", span, message, "the first line of a CSV file has the names of its columns")
        return None
    values: dict[Scalar, Literal] = {}
    for line, text in found.entries:
        literal = _literal(text, type, span)
        if literal is None or literal.value is None:
            message = f"line {line} of `lists/{found.name}` has `{_short(text)}`, but `{item}` is {described(type)}"
            refuse(findings, "unfit-value", span, message, _help(type, found, item))
            return None
        values.setdefault(literal.value, literal)  # type: ignore[arg-type]
    if len(values) > MOST_VALUES:
        message = f"`lists/{found.name}` has {len(values):,} values, and a list can have {MOST_VALUES:,}"
        help = "make a lookup of it, and ask whether its column is known: `on_list.since is known`"
        refuse(findings, "file-too-large", span, message, help)
        return None
    return tuple(values.values())


def _literal(text: str, type: Type, span: Span | None) -> Literal | None:
    value = read_value(text, type)
    if value is None:
        return None
    if not type.is_numeric:
        return Literal(value, _TYPES[type.kind], span)
    problems: list[Diagnostic] = []
    literal = number(value, span, problems) if span is not None else None  # type: ignore[arg-type]
    return None if problems else literal


def _is_value(header: str, type: Type) -> bool:
    """Whether a header looks like a value, as where a file has none."""
    return "@" in header if type.kind is Kind.TEXT else read_value(header, type) is not None


def _help(type: Type, found: ValueList, item: str) -> str | None:
    match type.kind:
        case Kind.DATE:
            return "dates are written as `2026-01-31`"
        case Kind.TIMESTAMP:
            return "times are written as `2026-01-31 12:00:00`, in the time zone of the project"
        case Kind.BOOLEAN:
            return "`true` or `false`"
        case _ if found.header is not None and found.header != item:
            return f"its values are those of `{found.header}`; what they are compared with is the second argument"
        case _:
            return None


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
