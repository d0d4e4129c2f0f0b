"""Rules as YAML: without quotes on one line where that is safe, else on lines of their own after `>-`."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from segrules.diagnostics import Diagnostic
from segrules.language import format_expression, parse, syntax
from segrules.language.wrapping import INDENT, wrapped
from segrules.project.definitions import split_name
from segrules.project.layout.shapes import Rule
from segrules.project.yaml_nodes import ImpossibleDateError, Scalar, plain_value

WIDTH = 120

_PLAIN_START = re.compile(r"[^\s\-?:,\[\]{}#&*!|>'\"%@`]|[-?:](?=\S)")
_ENDS_PLAIN = re.compile(r":(?:\s|$)|\s#")
_ENDS_FLOW = re.compile(r"[,\[\]{}:]")
_DELICATE = re.compile("[\t\n\r\x85\u2028\u2029\ufeff]")


@dataclass(frozen=True, slots=True)
class ReadRule:
    """An expression with its canonical text on one line; `name` is ` as day`, what stands behind it."""

    expression: syntax.Expression
    text: str
    name: str


def parsed_rule(scalar: Scalar, shape: Rule) -> tuple[syntax.Expression | None, str, tuple[Diagnostic, ...]]:
    """The expression that a rule is, the name behind it, and what is wrong."""
    rule, name = scalar.fragment, ""
    if shape.is_named:
        rule, _ = split_name(scalar.fragment)
        name = re.sub(r"\s+as\s+", " as ", scalar.fragment.text[len(rule.text) :].rstrip(), count=1)
    expression, findings = parse(rule)
    return expression, name, findings


def read_rule(scalar: Scalar, shape: Rule) -> tuple[ReadRule | None, tuple[Diagnostic, ...]]:
    """A rule that may be written anew; None for one that stays as it stands, and what is wrong."""
    if not isinstance(scalar.value, str) or not scalar.value.strip():
        return None, ()  # a number, date or truth is a rule, too, and has no layout
    expression, name, findings = parsed_rule(scalar, shape)
    if expression is None or findings:
        return None, findings
    text = format_expression(expression) + name
    if _DELICATE.search(text) or not _is_text(text):
        return None, ()
    return ReadRule(expression, text, name), ()


def is_broken(rule: ReadRule) -> bool:
    """Whether a line ends before or after an `and` or `or` that joins the whole of a rule."""
    expression = rule.expression
    if not isinstance(expression, syntax.Logic):
        return False
    text = expression.span.file.text
    pairs = itertools.pairwise(operand.span for operand in expression.operands)
    return any("\n" in text[before.end : after.start] for before, after in pairs)


def rule_lines(rule: ReadRule, indent: int, head: str, *, is_broken: bool) -> tuple[str, ...]:
    """What stands after `head`, and the lines below it, indented relative to the head."""
    if not is_broken and indent + len(head) + 1 + len(rule.text) <= WIDTH and _is_plain(rule.text):
        return (rule.text,)
    *lines, last = wrapped(rule.expression, WIDTH - indent - INDENT - len(rule.name), is_broken=is_broken)
    return (">-", *(f"{' ' * INDENT}{line}" for line in (*lines, last + rule.name)))


def rule_in_brackets(rule: ReadRule, written: str) -> str:
    """A rule inside `{}` or `[]`, in quotes (those of its author) where a comma, colon or bracket would end it."""
    text = rule.text
    if _is_plain(text) and not _ENDS_FLOW.search(text):
        return text
    if written.startswith("'") or '"' in text or "\\" in text:
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"'


def _is_plain(text: str) -> bool:
    """Whether YAML reads the words to their end without quotes."""
    return bool(_PLAIN_START.match(text)) and not _ENDS_PLAIN.search(text)


def _is_text(text: str) -> bool:
    """Whether YAML takes these words for text, also without quotes."""
    try:
        return isinstance(plain_value(text), str)
    except ImpossibleDateError:
        return False
