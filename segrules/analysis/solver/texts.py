"""Texts as the solver has them: things of which it only knows what they are tested for.

The solver's own theory of texts takes long for what two tests say of one text, and much longer for more. So a text is a
value without parts, and each test of it against a constant is a predicate. Which answers a text can give at once is
told to the solver by `text_laws`. What a test asks of `lower(x)`, it asks of x.
"""

from __future__ import annotations

import json

import z3

from segrules.analysis.text_classes import TextTest, text_classes
from segrules.analysis.text_letters import Function, applied
from segrules.analysis.text_tests import Kind, text_test

TEXT = z3.DeclareSort("Text")
_OF_NUMBER = z3.Function("text", z3.IntSort(), TEXT)
_LENGTH = z3.Function("length of text", TEXT, z3.IntSort())
_CHANGED = {name: z3.Function(name, TEXT, TEXT) for name in ("lower", "upper", "trim")}
_PAIRS = {
    name: z3.Function(name, TEXT, TEXT, z3.BoolSort())
    for name in ("<", "contains", "starts_with", "ends_with", "matches")
}
_TEST = "test of text "


def text_value(text: str) -> z3.ExprRef:
    """A constant: the text of a number that is made of its letters."""
    return _OF_NUMBER(z3.IntVal(int.from_bytes(b"\1" + text.encode("utf-32-be", "surrogatepass"), "big")))


def constant_of(value: z3.ExprRef) -> str | None:
    """The text of a constant; None for what is none."""
    if not value.decl().eq(_OF_NUMBER):
        return None
    number = value.arg(0).as_long()
    data: bytes = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return data[1:].decode("utf-32-be", "surrogatepass")


def changed(function: Function, value: z3.ExprRef) -> z3.ExprRef:
    """A text after `lower`, `upper` or `trim`."""
    text = constant_of(value)
    return _CHANGED[function](value) if text is None else text_value(applied(function, text))


def length(value: z3.ExprRef) -> z3.ArithRef:
    """How many letters a text has, which `lower` and `upper` leave as many."""
    while value.decl().name() in ("lower", "upper"):
        value = value.arg(0)
    text = constant_of(value)
    return _LENGTH(value) if text is None else z3.IntVal(len(text))


def measured(value: z3.ExprRef) -> z3.ExprRef | None:
    """The text whose length a formula is."""
    return value.arg(0) if value.decl().eq(_LENGTH) else None


def compared(operator: str, one: z3.ExprRef, other: z3.ExprRef) -> z3.BoolRef:
    """Two texts in this order, by code point."""
    left, right = constant_of(one), constant_of(other)
    match operator:
        case "==" if right is not None:
            return found("==", one, right)
        case "==":
            return one == other if left is None else found("==", other, left)
        case "<=":
            return z3.Not(compared("<", other, one))
        case ">=":
            return z3.Not(compared("<", one, other))
        case ">":
            return compared("<", other, one)
    if right is not None:
        return found("<", one, right)
    return _PAIRS["<"](one, other) if left is None else found(">", other, left)


def contained(kind: Kind, text: z3.ExprRef, part: z3.ExprRef) -> z3.BoolRef:
    """Whether a text contains, starts with, ends with or matches another."""
    constant = constant_of(part)
    return _PAIRS[kind](text, part) if constant is None else found(kind, text, constant)


def found(kind: Kind, value: z3.ExprRef, constant: str) -> z3.BoolRef:
    """Whether a text passes a test against a constant."""
    if z3.is_app_of(value, z3.Z3_OP_ITE):
        test, one, other = value.children()
        return z3.If(test, found(kind, one, constant), found(kind, other, constant))
    base, functions = base_of(value)
    text = constant_of(base)
    answer = None if text is None else _answer(text_test(kind, constant, functions), text)
    if answer is not None:
        return z3.BoolVal(answer)
    if kind == "==" and not functions:
        return base == text_value(constant)
    return predicate(kind, constant, functions)(base)


def predicate(kind: Kind, constant: str, functions: tuple[Function, ...]) -> z3.FuncDeclRef:
    """A test as a predicate of texts."""
    return z3.Function(_TEST + json.dumps([kind, constant, functions]), TEXT, z3.BoolSort())


def words_of(predicate: z3.FuncDeclRef) -> tuple[Kind, str, tuple[Function, ...]] | None:
    """The kind, the constant and the functions of the test that a predicate is; None for what is none."""
    name = predicate.name()
    if not name.startswith(_TEST):
        return None
    kind, constant, functions = json.loads(name.removeprefix(_TEST))
    return kind, constant, tuple(functions)


def base_of(value: z3.ExprRef) -> tuple[z3.ExprRef, tuple[Function, ...]]:
    """The text that functions are applied to, and they; the one applied first stands first."""
    functions: list[Function] = []
    while value.decl().name() in _CHANGED and value.num_args() == 1:
        functions.insert(0, value.decl().name())
        value = value.arg(0)
    return value, tuple(functions)


def _answer(test: TextTest, text: str) -> bool | None:
    """Whether a text passes; None where engines may know other cases of its letters."""
    answers = {one.holds[0] for one in text_classes((test,), (text,)) or () if one.constant == text}
    return answers.pop() if len(answers) == 1 else None
