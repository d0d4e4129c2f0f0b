"""Random syntax trees, such as the parser can give, for property tests; and the nodes of a tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any
from unicodedata import normalize

from hypothesis import strategies as st

from segrules.language import format_expression, syntax
from segrules.language.literals import BIDIRECTIONAL_CONTROLS
from segrules.language.parser import parse
from segrules.language.words import RESERVED
from segrules.source import whole_file

NOWHERE = whole_file("test", "x").span
OR, AND, NOT, TEST, SUM, PRODUCT, SIGNED, ATOM = range(8)
UNITS = ("second", "minute", "hour", "day", "week", "month", "quarter", "year")
WORDS_AS_NAMES = (
    "orders",
    "_x1",
    "day",
    "last",
    "missing",
    "contains",
    "any",
    "ago",
    "asc_",
    "ลูกค้า",
    "tổng",
    "имя",
    "国家",
)

Draw = Callable[[st.SearchStrategy[Any]], Any]


def read(text: str) -> Any:
    """The tree of a text that has no fault."""
    tree, findings = parse(whole_file("rule", text))
    assert findings == (), (text, findings)
    return tree


def nodes(part: Any) -> Iterator[Any]:
    """Every node of a tree, the outer before the inner."""
    yield part
    for child in children(part):
        yield from nodes(child)


def children(part: Any) -> Iterator[Any]:
    """The nodes directly inside a node, or in a tuple of them."""
    parts = part if isinstance(part, tuple) else [getattr(part, field.name) for field in fields(part) if field.compare]
    for item in parts:
        if isinstance(item, tuple):
            yield from children(item)
        elif is_dataclass(item) and hasattr(item, "span"):
            yield item


def depth(node: Any) -> int:
    """The levels of a tree."""
    return 1 + max(map(depth, children(node)), default=0)


def _nfc(text: str) -> str:
    return normalize("NFC", text)


PLAIN_NAMES = st.sampled_from(WORDS_AS_NAMES) | st.text(
    st.characters(categories=["Ll", "Lo", "Mn", "Mc", "Nd"]), min_size=1, max_size=5
).map(_nfc).filter(lambda text: text.isidentifier() and text not in RESERVED and text != "else")
QUOTED_NAMES = st.sampled_from(sorted(RESERVED)) | st.text(min_size=1, max_size=6).map(_nfc).filter(
    lambda text: text.strip() != "" and not BIDIRECTIONAL_CONTROLS.intersection(text)
)
DIGITS = st.integers(0, 10**38 - 1)


def _shifted(digits: int, exponent: int) -> Decimal:
    return Decimal((0, tuple(map(int, str(digits))), exponent))


CONSTANTS = (
    DIGITS
    | st.builds(_shifted, DIGITS, st.integers(-38, -1))
    | st.booleans()
    | st.text(max_size=8)
    | st.dates()
    | st.datetimes()
)


@st.composite
def expressions(draw: Draw, level: int = OR, depth: int = 3) -> Any:
    """An expression that can stand, as it is, where one that binds as tightly as `level` can."""
    bound, node = draw(_leaves() if depth == 0 else _leaves() | _branches(depth - 1))
    return node if bound >= level else syntax.Parentheses(node, span=NOWHERE)


def _leaves() -> st.SearchStrategy[tuple[int, Any]]:
    leaves = (
        CONSTANTS.map(lambda value: syntax.Constant(value, span=NOWHERE))
        | st.builds(_shifted, DIGITS, st.integers(-40, -2)).map(lambda value: syntax.Percent(value, span=NOWHERE))
        | lengths()
        | (lengths() | names(no_unit=True)).map(lambda length: syntax.Ago(length, span=NOWHERE))
        | st.sampled_from([syntax.Moment("today", span=NOWHERE), syntax.Moment("now", span=NOWHERE)])
        | names()
    )
    return leaves.map(lambda leaf: (ATOM, leaf))


@st.composite
def identifiers(draw: Draw) -> Any:
    quoted = draw(st.booleans())
    return syntax.Identifier(draw(QUOTED_NAMES if quoted else PLAIN_NAMES), quoted, span=NOWHERE)


@st.composite
def names(draw: Draw, no_unit: bool = False) -> Any:
    parts = draw(st.lists(identifiers(), min_size=1, max_size=3))
    if no_unit and parts[0].text in UNITS:
        parts[0] = syntax.Identifier("x", False, span=NOWHERE)
    return syntax.Name(tuple(parts), span=NOWHERE)


@st.composite
def lengths(draw: Draw) -> Any:
    count = draw(st.integers(0, 1000).map(Decimal) | st.just(Decimal("1.5")))
    return syntax.Length(count, draw(st.sampled_from(UNITS)), span=NOWHERE)


@st.composite
def _branches(draw: Draw, depth: int) -> tuple[int, Any]:
    def one(level: int) -> Any:
        return draw(expressions(level, depth))

    def choice(*options: Any) -> Any:
        return draw(st.sampled_from(options))

    def listed() -> Any:
        return syntax.ListOf(tuple(draw(st.lists(expressions(OR, depth), max_size=3))), span=NOWHERE)

    here: dict[str, Any] = {"span": NOWHERE}
    operator: dict[str, Any] = {"operator_span": NOWHERE, "span": NOWHERE}
    negated = draw(st.booleans())
    match choice("logic", "not", "minus", "sum", "product", "test", "(", "[", "call", "case"):
        case "logic":
            word, level, inner = choice(("or", OR, AND), ("and", AND, NOT))
            operands = tuple(draw(st.lists(expressions(inner, depth), min_size=2, max_size=3)))
            return level, syntax.Logic(word, operands, operators=(NOWHERE,) * (len(operands) - 1), span=NOWHERE)
        case "not":
            return NOT, syntax.Unary("not", one(NOT), **here)
        case "minus":
            return SIGNED, syntax.Unary("-", one(SIGNED), **here)
        case "sum":
            return SUM, syntax.Arithmetic(choice("+", "-"), one(SUM), one(PRODUCT), **operator)
        case "product":
            return PRODUCT, syntax.Arithmetic(choice("*", "/", "%"), one(PRODUCT), one(SIGNED), **operator)
        case "(":
            return ATOM, syntax.Parentheses(one(OR), **here)
        case "[":
            return ATOM, listed()
        case "call":
            return ATOM, draw(calls(depth))
        case "case":
            arms = tuple((one(OR), one(OR)) for _ in range(choice(1, 2)))
            return ATOM, syntax.Case(arms, choice(None, one(OR)), **here)
    match choice("compare", "in", "between", "is", "text", "list", "window"):
        case "compare":
            node: Any = syntax.Comparison(choice("==", "!=", "<", "<=", ">", ">="), one(SUM), one(SUM), **operator)
        case "in":
            node = syntax.In(negated, one(SUM), choice(listed(), draw(names())), **here)
        case "between":
            node = syntax.Between(negated, one(SUM), one(SUM), one(SUM), **here)
        case "is":
            node = syntax.Is(one(SUM), choice("missing", "known"), **here)
        case "text":
            test = choice("contains", "starts with", "ends with", "matches")
            node = syntax.TextTest(test, negated, one(SUM), one(SUM), **operator)
        case "list":
            values = choice(listed(), draw(names()))
            node = syntax.ListTest(choice("any", "all"), negated, one(SUM), values, **operator)
        case _:
            node = syntax.InWindow(one(SUM), draw(windows(depth, ("last", "next"))), **here)
    return TEST, node


@st.composite
def windows(draw: Draw, depth: int, directions: tuple[str, ...] = ("last",)) -> Any:
    def one() -> Any:
        return draw(expressions(SUM, depth))

    match draw(st.integers(0, 4)):
        case 0:
            length = draw(lengths() | names(no_unit=True))
            return syntax.Trailing(draw(st.sampled_from(directions)), length, span=NOWHERE)
        case 1:
            unit = draw(st.sampled_from(["week", "month", "quarter", "year"]))
            return syntax.Calendar(draw(st.sampled_from(["this", "last"])), unit, span=NOWHERE)
        case 2:
            return syntax.FromTo(one(), one(), span=NOWHERE)
        case 3:
            return syntax.Since(one(), span=NOWHERE)
        case _:
            return syntax.Before(one(), span=NOWHERE)


@st.composite
def calls(draw: Draw, depth: int) -> Any:
    maybe = st.none() | st.none()
    test = expressions(OR, depth)
    arguments = draw(st.lists(_arguments(depth), max_size=3))
    function = syntax.Identifier(draw(st.sampled_from(["count", "sum", "if", "sequence"])), False, span=NOWHERE)
    if not arguments:
        return syntax.Call(function, (), span=NOWHERE)
    where = draw(maybe | test)
    steps = [] if where is None else draw(st.lists(_steps(depth), max_size=2))
    return syntax.Call(
        function,
        tuple(arguments),
        where=where,
        steps=tuple(steps),
        window=draw(maybe | windows(depth)),
        within=draw(maybe | lengths() | names(no_unit=True)),
        by=draw(maybe | names()),
        span=NOWHERE,
    )


@st.composite
def _arguments(draw: Draw, depth: int) -> Any:
    value = draw(expressions(OR, depth))
    extra = draw(
        st.just({})
        | st.sampled_from([{"direction": "asc"}, {"direction": "desc"}])
        | identifiers().map(lambda name: {"alias": name})
        | identifiers().map(lambda name: {"keyword": name})
    )
    return syntax.Argument(value, **extra, span=NOWHERE)


@st.composite
def _steps(draw: Draw, depth: int) -> Any:
    test = draw(expressions(OR, depth))
    if format_expression(test).startswith("not "):  # which after `then` would be a step of its own kind
        test = syntax.Parentheses(test, span=NOWHERE)
    return syntax.Step(draw(st.booleans()), draw(st.booleans()), test, span=NOWHERE)
