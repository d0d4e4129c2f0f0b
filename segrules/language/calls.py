"""Calls: their arguments and qualifiers, from the parts of the grammar to Call and Case nodes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from segrules.diagnostics import Diagnostic
from segrules.language import syntax
from segrules.source import Span

Parts = list[Any]
UNITS = ("second", "minute", "hour", "day", "week", "month", "quarter", "year")


@dataclass(frozen=True, slots=True)
class Arm:
    """`condition -> value`, or with no condition `else value`."""

    condition: syntax.Expression | None
    value: syntax.Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Qualifier:
    """What one qualifier sets in its Call."""

    kind: str
    fields: dict[str, Any]
    span: Span


# windows


def trailing(parts: Parts) -> syntax.Trailing | Diagnostic:
    opening, extent = parts
    direction: Any = opening.text.split()[1]
    return _bare_unit(opening.text, extent) or syntax.Trailing(direction, extent, span=opening.span.to(extent.span))


def calendar(parts: Parts) -> syntax.Calendar:
    (word,) = parts
    _, which, *unit = word.text.split()
    return syntax.Calendar(which, " ".join(unit), span=word.span)


def from_to(parts: Parts) -> syntax.FromTo:
    return syntax.FromTo(parts[1], parts[3], span=parts[0].span.to(parts[3].span))


def since(parts: Parts) -> syntax.Since:
    return syntax.Since(parts[1], span=parts[0].span.to(parts[1].span))


def before(parts: Parts) -> syntax.Before:
    return syntax.Before(parts[1], span=parts[0].span.to(parts[1].span))


def _bare_unit(words: str, extent: syntax.Expression) -> Diagnostic | None:
    match extent:
        case syntax.Name(parts=(syntax.Identifier(text=name, quoted=False),)) if name.removesuffix("s") in UNITS:
            opening, unit = " ".join(words.split()), name.removesuffix("s")
            return Diagnostic(
                "syntax", f"how many {unit}s is missing before `{name}`", extent.span, f"write `{opening} 1 {unit}`"
            )
    return None


# arguments


def argument(parts: Parts) -> syntax.Argument:
    match parts:
        case [value]:
            return syntax.Argument(value, span=value.span)
        case [value, direction]:
            return syntax.Argument(value, direction.text, span=value.span.to(direction.span))
        case _:
            value, _, alias = parts
            return syntax.Argument(value, alias=alias, span=value.span.to(alias.span))


def keyword_argument(parts: Parts) -> syntax.Argument:
    keyword, _, value = parts
    return syntax.Argument(value, keyword=keyword, span=keyword.span.to(value.span))


def arm(parts: Parts) -> Arm:
    condition, _, value = parts
    return Arm(condition, value, condition.span.to(value.span))


def otherwise(parts: Parts) -> Arm:
    word, value = parts
    return Arm(None, value, word.span.to(value.span))


# qualifiers


def step(parts: Parts) -> syntax.Step:
    *words, test = parts
    return syntax.Step(len(words) == 2, words[-1].kind == "THEN_NOT", test, span=words[0].span.to(test.span))


def where(parts: Parts) -> Qualifier:
    steps = tuple(parts[2]) if len(parts) == 3 else ()
    return Qualifier("where", {"where": parts[1], "steps": steps}, parts[0].span)


def window(parts: Parts) -> Qualifier | Diagnostic:
    (found,) = parts
    match found:
        case syntax.Trailing(direction="next", span=span):
            return Diagnostic(
                "impossible-duration",
                "rows after the as-of instant are never seen, so a window `in next` has none",
                span,
                "look back with `in last`, or test a column: `any(orders where due_on is in next 30 days)`",
            )
    return Qualifier("window", {"window": found}, found.span)


def within(parts: Parts) -> Qualifier | Diagnostic:
    word, extent = parts
    return _bare_unit("within", extent) or Qualifier("within", {"within": extent}, word.span)


def by(parts: Parts) -> Qualifier:
    return Qualifier("by", {"by": parts[1]}, parts[0].span)


# the call


def call(parts: Parts) -> syntax.Call | syntax.Case | Diagnostic:
    function, *inner, close = parts
    arguments = inner[1][::2] if len(inner) > 1 else []
    qualifiers = inner[2] if len(inner) > 2 else []
    span = function.span.to(close.span)
    if function.text == "case" and not function.quoted:
        return _case(function, arguments, qualifiers, span)
    fields: dict[str, Any] = {}
    for qualifier in qualifiers:
        if qualifier.fields.keys() & fields.keys():
            return _written_twice(function, qualifier)
        fields |= qualifier.fields
    for item in arguments:
        if isinstance(item, Arm):
            return Diagnostic(
                "syntax",
                f"`{'->' if item.condition else 'else'}` has no meaning in `{function.text}`",
                item.span,
                "it belongs to `case(condition -> value, else value)`",
            )
    return syntax.Call(function, tuple(arguments), **fields, span=span)


def _written_twice(function: syntax.Identifier, qualifier: Qualifier) -> Diagnostic:
    if qualifier.kind == "window":
        help = "one call has one window; a second condition on time goes into `where`"
    elif qualifier.kind == "where":
        help = "join the conditions with `and`"
    else:
        help = None
    what = "a window" if qualifier.kind == "window" else f"`{qualifier.kind}`"
    return Diagnostic("syntax", f"{what} is given twice in `{function.text}`", qualifier.span, help)


def _case(
    function: syntax.Identifier, items: list[Arm | syntax.Argument], qualifiers: list[Qualifier], span: Span
) -> syntax.Case | Diagnostic:
    example = "write `case(orders > 9 -> 'many', orders > 0 -> 'some', else 'none')`"
    for qualifier in qualifiers:
        return Diagnostic("syntax", "`case` looks at no rows of its own", qualifier.span, example)
    for place, item in enumerate(items):
        if isinstance(item, syntax.Argument):
            return Diagnostic("syntax", f"`{_shown(item.span)}` in `case` has no `->`", item.span, example)
        if item.condition is None and place < len(items) - 1:
            return Diagnostic("syntax", "`else` comes last in `case`, and once", item.span, example)
    arms = [item for item in items if isinstance(item, Arm)]
    conditions = tuple((item.condition, item.value) for item in arms if item.condition is not None)
    if not conditions:
        return Diagnostic("syntax", "`case` needs at least one `condition -> value`", function.span, example)
    return syntax.Case(conditions, arms[-1].value if arms[-1].condition is None else None, span=span)


def _shown(span: Span) -> str:
    words = span.words
    return words if len(words) <= 40 else words[:39] + "…"
