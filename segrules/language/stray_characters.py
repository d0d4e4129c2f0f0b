"""Characters that the language has no use for, and what their author most likely meant."""

from __future__ import annotations

import re
from unicodedata import category, digit, name, normalize

from segrules.language.literals import BIDIRECTIONAL_CONTROLS
from segrules.language.slips import Change, Slip, instead, stretch
from segrules.language.words import Word
from segrules.source import Fragment

_INSTEAD = {
    "=>": ">=",
    "=<": "<=",
    "=!": "!=",
    "=": "==",
    "&&": "and",
    "&": "and",
    "||": "or",
    "|": "or",
    "!": "not",
    "¬": "not",
    "∧": "and",
    "∨": "or",
    "≠": "!=",
    "≤": "<=",
    "≥": ">=",
    "∈": "in",
    "→": "->",
    "×": "*",
    "÷": "/",
    "−": "-",
    "–": "-",
    "—": "-",
}
"""Signs of other languages, spreadsheets and word processors; where one begins another, the longer stands first."""

_DASHES = frozenset("–—")
"""They may stand for a range as well as for a minus."""

_HELP = {
    "=": "`=` compares with `==`",
    "…": "write the values out",
    "{": "a list is written `[1, 2]`",
    "}": "a list is written `[1, 2]`",
    ";": "one rule is one expression; join conditions with `and` or `or`",
    "#": "a comment goes on a line of its own, outside the rule",
    "`": "a name that needs quotes is written in double quotes, text in single ones",
}

_AMOUNT = re.compile(r"\s*([0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?)")
_CLOSING = {"‘": "’", "‚": "‘’", "’": "’", "“": "”", "„": "“”", "”": "”", "«": "»", "»": "«", "‹": "›", "›": "‹"}
_CURLY_QUOTES = frozenset("‘’‚‛“”„‟«»‹›「」『』")
_BEFORE_TEXT = frozenset({"COMPARE", "TEXT_TEST", "LIST_TEST", "OPEN_LIST", "COMMA"})


def explain_character(fragment: Fragment, before: Word | None, wants_value: bool) -> tuple[Slip, Word]:
    """What is wrong with the next character after the word `before`, which begins no word, and that character."""
    text = fragment.text
    position = before.end if before else 0
    while text[position] in " \t\r\n":
        position += 1
    character = text[position]
    one = stretch(fragment, position, position + 1)
    if character in "'\"":
        kind, example = ("text", "'Bangkok'") if character == "'" else ("name", '"total spend"')
        return Slip(f"the quote that opens this {kind} is never closed", f"as in `{example}`"), one
    if slip := _torn_operator(before, one) or _sign(fragment, position, wants_value):
        return slip, one
    if character in _CURLY_QUOTES:
        return _curly(text, position, before), one
    if character in BIDIRECTIONAL_CONTROLS:
        message = f"an invisible character that changes the direction of writing stands here ({_called(character)})"
        return Slip(message, "delete it", code="invalid-name"), one
    if category(character) == "Sc" and not text[position + 1 : position + 2].isalpha():
        return _currency(text, position, before), one
    return _unusual(one), one


def _torn_operator(before: Word | None, one: Word) -> Slip | None:
    """`< =` and `===`."""
    if before is None or one.text != "=":
        return None
    if before.text in ("<", ">", "=", "!"):
        message, sign = f"`{before.text} =` is not an operator", f"{before.text}="
        changes = (Change(before.start, one.end, sign),)
        return Slip(message, f"write `{sign}` as one word", before.joined(one), changes=changes)
    if before.text == "==" and before.end == one.start:
        changes = (Change(before.start, one.end, "=="),)
        return Slip("`===` is not part of the language", "`==` compares", before.joined(one), changes=changes)
    return None


def _sign(fragment: Fragment, position: int, wants_value: bool) -> Slip | None:
    """The slip of a sign that means something elsewhere."""
    text = fragment.text
    for sign in (*_INSTEAD, *_HELP):
        if text.startswith(sign, position):
            end = position + len(sign)
            at = stretch(fragment, position, end)
            message = f"`{sign}` is not part of the language"
            if sign not in _INSTEAD:
                return Slip(message, _HELP[sign], at)
            word = _INSTEAD[sign]
            help = _HELP.get(sign, f"write `{word}`")
            fits = word == "-" or (word == "not") == wants_value
            changes = (Change(position, end, _with_blanks(word, text, position, end)),) if fits else ()
            return Slip(message, help, at, changes=changes, is_safe=sign not in _DASHES)
    return None


def _with_blanks(word: str, text: str, start: int, end: int) -> str:
    """A word in place of a sign, which needs no blanks around it."""
    if not word.isalpha():
        return word
    before = " " if start and not text[start - 1].isspace() and text[start - 1] != "(" else ""
    return f"{before}{word}{'' if text[end : end + 1].isspace() else ' '}"


def _curly(text: str, position: int, before: Word | None) -> Slip:
    """The slip of a typographic quote; after an operator it opens a text, elsewhere most likely a name."""
    opening = text[position]
    ends = [end for sign in _CLOSING.get(opening, "") if (end := text.find(sign, position + 1)) > 0]
    end = min(ends, default=-1)
    message = f"`{opening}` is not a quote that rules know"
    if end < 0 or text[end + 1 : end + 2].isalnum():
        return Slip(message, "use straight quotes: `'text'`, `\"a name\"`")
    inner = text[position + 1 : end]
    is_text = opening in "‘‚’" or (before is not None and before.kind in _BEFORE_TEXT)
    straight = f"'{inner.replace(chr(39), chr(39) * 2)}'" if is_text else f'"{inner.replace(chr(34), chr(34) * 2)}"'
    changes = (Change(position, end + 1, straight),)
    return Slip(message, f"use straight quotes: `{straight}`", changes=changes, is_safe=is_text)


def _currency(text: str, position: int, before: Word | None) -> Slip:
    """The slip of a currency's sign at an amount."""
    message = f"`{text[position]}` is not part of the language"
    if number := _AMOUNT.match(text, position + 1):
        amount = number[1].replace(",", "_")
        return Slip(message, f"write the number alone: `{amount}`", changes=(Change(position, number.end(), amount),))
    if before is not None and before.kind == "NUMBER":
        help = f"write the number alone: `{before.text}`"
        return Slip(message, help, changes=(Change(before.end, position + 1, ""),))
    return Slip(message, "write the number alone, as in `100`")


def _unusual(one: Word) -> Slip:
    character = one.text
    kind = category(character)
    plain = normalize("NFKC", character)
    replaced = Change(one.start, one.end, " ")
    match kind:
        case "Zs" | "Zl" | "Zp":
            message = f"an unusual blank stands here ({_called(character)})"
            return Slip(message, "replace it by an ordinary blank", changes=(replaced,))
        case "Cf" | "Cc":
            message = f"an invisible character stands here ({_called(character)})"
            return Slip(message, "delete it", changes=(replaced._replace(text=""),))
        case "Nd":
            return instead(f"`{character}` is not a digit that rules know", one, str(digit(character)))
    if plain != character and plain.isascii():
        return instead(f"`{character}` is not the ordinary `{plain}`", one, plain)
    help = 'a name with such a character is written in double quotes, as in `"total spend"`'
    return Slip(f"`{character}` is not part of the language", help)


def _called(character: str) -> str:
    return name(character, f"U+{ord(character):04X}").lower()
