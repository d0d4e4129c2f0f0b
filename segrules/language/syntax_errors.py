"""What is wrong with a text that cannot be read, said in its author's words and at the very word."""

from __future__ import annotations

import re

from segrules.diagnostics import Diagnostic
from segrules.language.slips import Change, Slip, finding_of, instead, shown
from segrules.language.slips_after_value import after_value
from segrules.language.slips_of_brackets import closes_nothing, innermost_open, never_closed
from segrules.language.slips_of_tests import in_year, until_closed
from segrules.language.stray_characters import explain_character
from segrules.language.words import END, RESERVED, Word
from segrules.source import Fragment

_LONG_LIST = 40
_USED_AS_NAME = re.compile(
    r"[ \t\r\n]*(?:[=!<>]=|[-<>+*/%.]|(?:and|or|in|is|not|between|contains|matches|starts|ends)\b|\Z)"
)
"""What follows a name and hardly ever a reserved word."""


def explain(fragment: Fragment, words: list[Word], word: Word | None, wants_value: bool) -> Diagnostic:
    """The finding for a text that reads well up to `word` (None: a character that begins no word).

    `wants_value` says whether a value must come next; otherwise one has just ended, or a form is half written.
    """
    before = words[-1] if words else None
    if word is None:
        return finding_of(*explain_character(fragment, before, wants_value), fragment)
    if before is None and word.kind == END:
        return Diagnostic("syntax", "the rule is empty", fragment.span, "write a condition, such as `orders >= 5`")
    if before is None:
        slip = _at_the_start(word, fragment)
    elif wants_value:
        slip = _instead_of_value(word, words, fragment)
    else:
        slip = after_value(word, words, fragment)
    return finding_of(slip, word, fragment)


def _at_the_start(word: Word, fragment: Fragment) -> Slip:
    if word.kind in ("CLOSE", "CLOSE_LIST"):
        return closes_nothing(word)
    return _reserved(word, fragment) or _no_number(word, fragment) or Slip(f"a value is missing before `{shown(word)}`")


def _instead_of_value(word: Word, words: list[Word], fragment: Fragment) -> Slip:
    before = words[-1]
    if before.kind == "IN" and (slip := in_year(before, words[:-1], fragment) if len(words) > 1 else None):
        return slip
    if slip := _of_another_kind(word, before, fragment) or _no_number(word, fragment):
        return slip
    if before.kind in _BEFORE_VALUE and (slip := _reserved(word, fragment)):
        return slip
    match word.kind:
        case kind if kind == END or kind in ("CLOSE", "CLOSE_LIST", "COMMA"):
            return _value_missing_before_sign(word, words)
        case "COMPARE" | "TIMES":
            return _sign_instead_of_value(word, before)
        case "NOT":
            help = "it goes before the whole test: `not country == 'TH'`"
            return Slip(f"`not` cannot stand after `{shown(before)}`", help)
        case "ELSE":
            return Slip(
                "`else` has no meaning here", "it opens the last part of `case(condition -> value, else value)`"
            )
        case "WHERE" | "WITHIN" | "BY" | "SINCE" | "BEFORE" | "FROM" | "IN_SPAN" | "IN_PERIOD" if before.text == ",":
            return Slip(f"no comma goes before `{shown(word)}`", "delete the comma", before)
    return Slip(f"a value is missing between `{shown(before)}` and `{shown(word)}`")


_BEFORE_VALUE = frozenset({"OPEN", "COMMA", "AND", "OR", "NOT", "WHERE", "THEN", "THEN_NOT", "ARROW", "ELSE"})
"""After these a whole test may start, and a reserved word is more likely a name than an operator."""


def _reserved(word: Word, fragment: Fragment) -> Slip | None:
    if word.text not in RESERVED or not _USED_AS_NAME.match(fragment.text, word.end):
        return None
    help = f'a column of this name is written in double quotes: `"{word.text}"`'
    return Slip(f"`{word.text}` is a reserved word", help)


def _no_number(word: Word, fragment: Fragment) -> Slip | None:
    if word.text == "+":
        changes = (Change(word.start, word.end, ""),)
        return Slip("a number has no plus sign", "leave the `+` out", changes=changes)
    if word.text == "." and (digits := re.compile("[0-9]+").match(fragment.text, word.end)):
        changes = (Change(word.start, word.end, "0."),)
        return Slip("a number begins with a digit", f"write `0.{digits[0]}`", changes=changes)
    return None


def _of_another_kind(word: Word, before: Word, fragment: Fragment) -> Slip | None:
    """The slip where what comes next is not any value: a name, a list, a length of time."""
    opening = shown(before)
    match before.kind:
        case "DOT" if word.text in RESERVED:
            return Slip(f"`{word.text}` is a reserved word", f'as a name it is in double quotes: `."{word.text}"`')
        case "DOT":
            return Slip("a name is missing after this dot", at=before)
        case "AS" | "BY":
            help = (
                f'`{word.text}` is a reserved word; as a name it is in double quotes: `"{word.text}"`'
                if word.text in RESERVED
                else None
            )
            return Slip(f"after `{opening}` comes a name", help, before if word.kind == END else word)
        case "IN_SPAN" | "WITHIN":
            return Slip(f"after `{opening}` comes a length of time", "such as `30 days`, or a param", before)
        case "IN" | "LIST_TEST" if word.kind == "OPEN":
            return _list_in_parentheses(word, opening, fragment)
        case "IN" | "LIST_TEST" if word.kind in ("TEXT", "NUMBER", "PERCENT", "DATE", "TRUTH", "MOMENT"):
            return Slip(f"after `{opening}` comes a list", f"write `{opening} [{shown(word)}]`")
    return None


def _list_in_parentheses(bracket: Word, operator: str, fragment: Fragment) -> Slip:
    inner = until_closed(fragment.text, bracket.end)
    end = bracket.end + len(inner)
    help = f"write `{operator} [{' '.join(inner.split()) if len(inner) < _LONG_LIST else '1, 2'}]`"
    is_closed = fragment.text[end : end + 1] == ")"
    changes = (Change(bracket.start, bracket.end, "["), Change(end, end + 1, "]")) if is_closed else ()
    return Slip("a list is written in square brackets", help, changes=changes)


def _value_missing_before_sign(word: Word, words: list[Word]) -> Slip:
    before = words[-1]
    match before.kind, word.kind:
        case (("OPEN" | "OPEN_LIST"), kind) if kind == END:
            return never_closed(before)
        case "OPEN", "CLOSE":
            return Slip("nothing stands between these parentheses", at=before.joined(word))
        case "COMMA", ("CLOSE" | "CLOSE_LIST"):
            return Slip(f"nothing stands between this comma and `{word.text}`", "delete the comma", before)
        case _, "COMMA":
            return Slip("a value is missing before this comma")
        case _, ("CLOSE" | "CLOSE_LIST") if innermost_open(words) is None:
            return closes_nothing(word)
    help = "a percentage is written without a blank: `10%`" if before.text == "%" else None
    return Slip(f"something is missing after `{shown(before)}`", help, before)


def _sign_instead_of_value(word: Word, before: Word) -> Slip:
    adjacent = before.end == word.start
    match before.text, word.text:
        case "<", ">" if adjacent:
            return instead("`<>` is not part of the language", before.joined(word), "!=")
        case "*", "*" if adjacent:
            return Slip("`**` is not part of the language", "multiply: `x * x`", before.joined(word))
        case "(", "*":
            return Slip("`*` names no rows", "name the relation, as in `count(orders)`")
    return Slip(f"a value is missing between `{shown(before)}` and `{word.text}`")
