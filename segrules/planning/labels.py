"""What a column that a pass adds is called: its expression in short, as its author would know it again."""

from __future__ import annotations

from datetime import date, datetime

from segrules.language.core import (
    Aggregate,
    And,
    Call,
    Column,
    Compare,
    Duration,
    Elements,
    Expression,
    IsMissing,
    Literal,
    Membership,
    Not,
    Or,
)

_LONGEST = 48


def label(node: Expression) -> str:
    """The expression in about the words of a rule, cut short: ``age < 30``, ``country in TH, TW``."""
    text = words(node)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"


def words(node: Expression) -> str:
    """The expression in about the words of a rule."""
    match node:
        case Column(name=name):
            return name
        case Literal(value=value):
            return ", ".join(map(constant, value)) if isinstance(value, tuple) else constant(value)
        case Compare(operator=operator, left=left, right=right):
            return f"{words(left)} {operator} {words(right)}"
        case Membership(item=item, values=values):
            return f"{words(item)} in {words(values)}"
        case IsMissing(item=item):
            return f"{words(item)} is missing"
        case Call(function=function, arguments=arguments):
            simple = all(isinstance(part, Column | Literal) for part in arguments)
            return f"{function} {' '.join(map(words, arguments)) if simple else '…'}"
        case Elements(function=function, items=items):
            return f"{function} {words(items)}"
        case And(items=items):
            return " and ".join(map(words, items))
        case Or(items=items):
            return " or ".join(map(words, items))
        case Not(item=item):
            return f"not {words(item)}"
        case Aggregate(function=function, value=value, where=where, window=window):
            tests = " and ".join(words(test) for test in (where, window) if test is not None)
            folded = f"{function} {words(value)}" if value is not None else function
            return f"{folded} where {tests}" if tests else folded
        case _:
            return type(node).__name__.lower()


def constant(value: object) -> str:
    """A constant in about the words of a rule."""
    match value:
        case None:
            return "missing"
        case bool():
            return str(value).lower()
        case Duration(count=count, unit=unit):
            return f"{count} {unit}" if count in (1, -1) else f"{count} {unit}s"
        case datetime():
            return value.isoformat(sep=" ").removesuffix(" 00:00:00")
        case date():
            return value.isoformat()
        case _:
            return " ".join(str(value).split())
