"""Single values of the files, from the scalar as written to what it means; `Unfit` where it means nothing there."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from segrules.diagnostics import Diagnostic, did_you_mean
from segrules.language import syntax
from segrules.language.check_numbers import number
from segrules.language.check_time import length
from segrules.language.core import Duration, Literal
from segrules.language.parser import parse
from segrules.language.types import BOOLEAN, DATE, DURATION, TEXT, TIMESTAMP, common_type, list_of
from segrules.project.encodings import codec_of
from segrules.project.model import Keys, Range
from segrules.project.plain import Entries, Items, Plain, is_null, span_of, text_of
from segrules.project.yaml_problems import FOLD
from segrules.project.yaml_source import Scalar
from segrules.source import Fragment, Span

T = TypeVar("T")


class Unfit(ValueError):
    """A value that does not fit where it stands. `{key}` in the message is the key it stands under."""

    def __init__(
        self, message: str, *, help: str | None = None, code: str = "wrong-value", span: Span | None = None
    ) -> None:
        super().__init__(message)
        self.message, self.help, self.code, self.span = message, help, code, span


@dataclass(frozen=True, slots=True)
class Located(Generic[T]):
    """A value and where it is written."""

    value: T
    span: Span


def word(node: Plain) -> Located[str]:
    """Text that names something: a column, a path, an entity."""
    if not isinstance(node, Scalar) or is_null(node) or not node.fragment.text.strip():
        raise Unfit("`{key}` takes a text")
    return Located(text_of(node), node.span)


def path(node: Plain) -> Located[str]:
    """The path of a file, letter by letter."""
    found = word(node)
    return Located(node.fragment.text, found.span) if isinstance(node, Scalar) else found


def rule(node: Plain) -> Fragment:
    """An expression; a number, date or `true` is one too."""
    if not isinstance(node, Scalar):
        raise Unfit("`{key}` takes a rule, which is text", help=f"where brackets belong to the rule, {FOLD}")
    if not node.fragment.text.strip():
        raise Unfit("`{key}` has no rule")
    if comment := cut_comment(node):
        help = f"{FOLD}: there `#` is a character like any other"
        raise Unfit("` #` cuts this rule: what follows is a comment", help=help, code="cut-rule", span=comment)
    return node.fragment


def cut_comment(node: Scalar) -> Span | None:
    """The comment behind a rule that has a quote or bracket open where the comment starts."""
    span = node.span
    found = re.compile(r"[ \t]+(#[^\r\n]*)").match(span.file.text, span.end) if node.plain else None
    return Span(span.file, found.start(1), found.end(1)) if found and is_open(node.fragment.text) else None


def is_open(text: str) -> bool:
    """Whether a quote or bracket of an expression is still open at its end."""
    left = re.sub(r"'[^']*'|\"[^\"]*\"", "", text)
    return "'" in left or '"' in left or left.count("(") + left.count("[") > left.count(")") + left.count("]")


def one_of(*choices: str) -> Callable[[Plain], Any]:
    """A reader of one of some words."""

    def read(node: Plain) -> str:
        text = text_of(node) if isinstance(node, Scalar) else ""
        if text in choices:
            return text
        listed = ", ".join(f"`{choice}`" for choice in choices)
        help = did_you_mean(text, choices) if text else None
        raise Unfit("`{key}` is one of " + listed if len(choices) > 1 else "`{key}` can only be " + listed, help=help)

    return read


def version(node: Plain) -> int:
    if not isinstance(node, Scalar) or node.value != 1 or isinstance(node.value, bool):
        raise Unfit(
            "`{key}` is the version of the format, and this segrules knows version 1", help="write `segrules: 1`"
        )
    return 1


def month(node: Plain) -> int:
    value = node.value if isinstance(node, Scalar) else None
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 12:
        raise Unfit("`{key}` is a month, from 1 to 12", help="`4` for April")
    return value


def moment(node: Plain) -> Located[date | datetime]:
    """A day or an instant on the project's wall clock."""
    if isinstance(node, Scalar):
        value = node.value if isinstance(node.value, date) else iso_moment(node.fragment.text)
        if value is not None:
            return Located(value, node.span)
    raise Unfit("`{key}` takes a day or an instant", help="`2026-01-31` or `2026-01-31T12:00:00`")


def iso_moment(text: str) -> date | datetime | None:
    """The day or instant that a text is in ISO form."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?)?", text, re.ASCII) is None:
        return None
    try:
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        return None


def duration(node: Plain) -> Located[Duration]:
    """A length of time longer than none."""
    literal = _constant(node) if isinstance(node, Scalar) else None
    if literal is None or not isinstance(literal.value, Duration) or literal.value.count <= 0:
        raise Unfit("`{key}` takes a length of time", help="for example `2 days` or `24 hours`")
    return Located(literal.value, span_of(node))


def pairs(node: Plain) -> tuple[tuple[Located[str], Located[str]], ...]:
    """The columns of a join: one name for both sides, or `{own: other}`."""
    if isinstance(node, Scalar) and not is_null(node):
        return ((word(node), word(node)),)
    if isinstance(node, Entries) and node:
        return tuple((Located(str(key), key.span), word(value)) for key, value in node.items())
    raise Unfit("`{key}` takes the column that both sides share", help="or `{own column: column of the source}`")


def two_words(node: Plain) -> tuple[Located[str], Located[str]]:
    """Two columns: from and to."""
    if not isinstance(node, Items) or len(node) != 2:
        raise Unfit("`{key}` takes two columns", help="`[valid_from, valid_to]`")
    return word(node[0]), word(node[1])


def one_character(node: Plain) -> str:
    text = node.fragment.text if isinstance(node, Scalar) else ""
    text = "\t" if text in ("\\t", "tab") else text
    if len(text) != 1:
        raise Unfit("`{key}` takes one character", help="`';'`; a tab is `'\\t'`")
    return text


def encoding(node: Plain) -> str:
    text = text_of(node) if isinstance(node, Scalar) else ""
    if codec_of(text) is not None:
        return text
    raise Unfit(f"`{text}` is not an encoding", help="for example utf-8, windows-1251, windows-874, big5")


def keys(node: Plain) -> Keys:
    """Keys of the entity, of a type that is not known yet, or the name of a file in lists/ that has them."""
    help = "keys stand in brackets, `[101, 102]`; a list in a file is named alone, `guests.csv`"
    if isinstance(node, Scalar):
        if not isinstance(node.value, str) or not node.value.strip():
            raise Unfit("`{key}` takes a list of keys, or the name of a file in `lists/`", help=help)
        return Keys((), text_of(node), node.span)
    if not isinstance(node, Items):
        raise Unfit("`{key}` takes a list of keys, or the name of a file in `lists/`", help=help)
    if not node:
        raise Unfit("`{key}` is an empty list", code="empty-list", help="leave it out")
    return Keys(tuple(node), None, node.span)


def suppression(node: Plain) -> Fragment | bool:
    """A rule that takes rows out; `false`: none at all, not even those that are taken out everywhere."""
    return False if isinstance(node, Scalar) and node.value is False else rule(node)


def texts(node: Plain) -> tuple[str, ...]:
    """A list of texts; a single one is a list too. `NULL` without quotes is the text."""
    items = node if isinstance(node, Items) else [node]
    if not all(isinstance(item, Scalar) for item in items):
        raise Unfit("`{key}` takes a list of texts")
    return tuple(item.fragment.text for item in items if isinstance(item, Scalar))


def anything(node: Plain) -> Any:
    """A free value as plain Python."""
    if isinstance(node, Entries):
        return {str(key): anything(value) for key, value in node.items()}
    return [anything(item) for item in node] if isinstance(node, Items) else node.value


_RANGE = re.compile(r"(?P<low>[\d.,_]*\d\s*%?)?\s*\.\.\s*(?P<high>\d[\d.,_]*\s*%?)?")
_BOUND = re.compile(r"(?P<sign>>=|<=|==|>|<|=)?\s*(?P<value>\d[\d.,_]*\s*%?)")


def bounds(node: Plain) -> tuple[Range, str, Span]:
    """`1%..10%`, `100..`, `> 5` or one number, with its text."""
    text = text_of(node).strip() if isinstance(node, Scalar) else ""
    range_, bound = _RANGE.fullmatch(text), _BOUND.fullmatch(text)
    low = high = value = None
    if range_ and (range_["low"] or range_["high"]):
        low, high = _amount(range_["low"]), _amount(range_["high"])
        if low is not None and high is not None and low > high:
            raise Unfit(f"`{text}` is empty: its end lies before its start")
        return Range(low, high), text, span_of(node)
    if bound:
        value, sign = _amount(bound["value"]), bound["sign"]
        least = value if sign in (">=", ">", "==", "=", None) else None
        most = value if sign in ("<=", "<", "==", "=", None) else None
        return Range(least, most, over=sign == ">", under=sign == "<"), text, span_of(node)
    raise Unfit("`{key}` takes a range", help='`1%..10%`, `100..`, `..500`, `">= 100"` or one number')


def _amount(text: str | None) -> Decimal | None:
    if not text:
        return None
    digits = text.replace("_", "").rstrip("% ")
    if not re.fullmatch(r"\d+(\.\d+)?|\.\d+", digits):
        raise Unfit(f"`{text.strip()}` is not a number")
    return Decimal(digits) / 100 if text.rstrip().endswith("%") else Decimal(digits)


def amount(node: Plain) -> tuple[Decimal, str, Span]:
    """A number, or a share of 1 where it is written with `%`, with its text."""
    text = text_of(node).strip() if isinstance(node, Scalar) else ""
    value = _amount(text) if text else None
    if value is None:
        raise Unfit("`{key}` takes a number or a share", help="`500` or `20%`")
    return value, text, span_of(node)


def cost(node: Plain) -> Decimal:
    """What something costs: a number that is not negative, in the unit of the data."""
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value < 0:
        raise Unfit("`{key}` takes a number that is not negative", help="`0.35`")
    return Decimal(value)


def param(node: Plain) -> Literal:
    """A constant of the project: number, text, truth, day, length of time, or a list of one kind."""
    if isinstance(node, Items):
        return _list_param(node)
    if not isinstance(node, Scalar) or is_null(node):
        raise Unfit("`{key}` takes a value: a number, text, day, length of time, or a list of them")
    literal = _constant(node)
    return literal if literal is not None else Literal(node.fragment.text, TEXT, node.span)


def _list_param(node: Items) -> Literal:
    if not node:
        raise Unfit("`{key}` is an empty list, in which nothing ever is", code="empty-list")
    items = [param(item) for item in node]
    element = items[0].type
    for item in items:
        common = common_type(element, item.type)
        if common is None or isinstance(item.value, tuple):
            raise Unfit("`{key}` mixes values of several kinds", span=item.span, help="put texts in quotes")
        element = common
    return Literal(tuple(item.value for item in items), list_of(element), node.span)  # type: ignore[misc]


def _constant(node: Scalar) -> Literal | None:
    """A plain scalar that is not text as a constant."""
    findings: list[Diagnostic] = []
    literal: Any = None
    match node.value:
        case bool():
            literal = Literal(node.value, BOOLEAN, node.span)
        case int() | Decimal():
            literal = number(node.value, node.span, findings)
        case datetime():
            literal = Literal(node.value, TIMESTAMP, node.span)
        case date():
            literal = Literal(node.value, DATE, node.span)
        case str() if node.plain and node.value[:1].isdigit():
            literal = _measure(node.fragment, findings)
    if findings:
        raise Unfit(findings[0].message, help=findings[0].help, code=findings[0].code)
    return literal  # type: ignore[no-any-return]


def _measure(fragment: Fragment, findings: list[Diagnostic]) -> Any:
    """`10%`, `1_000` or `90 days`; None for other text."""
    match parse(fragment)[0]:
        case syntax.Constant(value=int() | Decimal() as value) if "_" in fragment.text:
            return number(value, fragment.span, findings)
        case syntax.Percent(value=value):
            return number(value, fragment.span, findings)
        case syntax.Length(count=count, unit=unit):
            found = length(count, unit, fragment.span, findings)
            return found if found.type == DURATION else None
    return None
