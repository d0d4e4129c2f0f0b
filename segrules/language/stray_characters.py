"""Characters that the language has no use for, and what their author most likely meant."""

from __future__ import annotations

import re
from unicodedata import category, digit, name, normalize

from segrules.diagnostics import Diagnostic
from segrules.language.literals import BIDIRECTIONAL_CONTROLS
from segrules.language.words import Word
from segrules.source import Fragment, Span

_SIGNS = {
    "=>": "write `>=`",
    "=<": "write `<=`",
    "=!": "write `!=`",
    "=": "`=` compares with `==`",
    "&&": "write `and`",
    "&": "write `and`",
    "||": "write `or`",
    "|": "write `or`",
    "!": "write `not`",
    "¬": "write `not`",
    "∧": "write `and`",
    "∨": "write `or`",
    "≠": "write `!=`",
    "≤": "write `<=`",
    "≥": "write `>=`",
    "∈": "write `in`",
    "→": "write `->`",
    "×": "write `*`",
    "÷": "write `/`",
    "−": "write `-`",
    "–": "write `-`",
    "—": "write `-`",
    "…": "write the values out",
    "{": "a list is written `[1, 2]`",
    "}": "a list is written `[1, 2]`",
    ";": "one rule is one expression; join conditions with `and` or `or`",
    "#": "a comment goes on a line of its own, outside the rule",
    "`": "a name that needs quotes is written in double quotes, text in single ones",
}
"""Signs of other languages, spreadsheets and word processors; where one begins another, the longer stands first."""

_AMOUNT = re.compile(r"\s*([0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?)")
_CURLY_QUOTES = frozenset("‘’‚‛“”„‟«»‹›「」『』")


def explain_character(fragment: Fragment, before: Word | None) -> Diagnostic:
    """What is wrong with the next character after the word `before`, which begins no word of the language."""
    text = fragment.text
    position = before.end if before else 0
    while text[position] in " \t\r\n":
        position += 1
    character = text[position]
    one = fragment.span_of(position, position + 1)
    if character in "'\"":
        kind, example = ("text", "'Bangkok'") if character == "'" else ("name", '"total spend"')
        return Diagnostic("syntax", f"the quote that opens this {kind} is never closed", one, f"as in `{example}`")
    if before is not None and before.text in ("<", ">", "=", "!") and character == "=":
        return Diagnostic(
            "syntax",
            f"`{before.text} =` is not an operator",
            before.span.to(one),
            f"write `{before.text}=` as one word",
        )
    if before is not None and before.text == "==" and before.end == position and character == "=":
        return Diagnostic("syntax", "`===` is not part of the language", before.span.to(one), "`==` compares")
    for sign, help in _SIGNS.items():
        if text.startswith(sign, position):
            end = position + len(sign)
            return Diagnostic("syntax", f"`{sign}` is not part of the language", fragment.span_of(position, end), help)
    if character in _CURLY_QUOTES:
        return Diagnostic(
            "syntax",
            f"`{character}` is not a quote that rules know",
            one,
            "use straight quotes: `'text'`, `\"a name\"`",
        )
    if character in BIDIRECTIONAL_CONTROLS:
        return Diagnostic(
            "invalid-name",
            f"an invisible character that changes the direction of writing stands here ({_called(character)})",
            one,
            "delete it",
        )
    if category(character) == "Sc" and not text[position + 1 : position + 2].isalpha():
        help = _without_currency(text, position, before)
        return Diagnostic("syntax", f"`{character}` is not part of the language", one, help)
    return _explain_unusual(character, one)


def _without_currency(text: str, position: int, before: Word | None) -> str:
    """How to write an amount with the sign of a currency at a place."""
    number = _AMOUNT.match(text, position + 1)
    if number is None and before is not None and before.kind == "NUMBER":
        return f"write the number alone: `{before.text}`"
    amount = number[1].replace(",", "_") if number else "100"
    return f"write the number alone{':' if number else ', as in'} `{amount}`"


def _explain_unusual(character: str, one: Span) -> Diagnostic:
    kind = category(character)
    plain = normalize("NFKC", character)
    match kind:
        case "Zs" | "Zl" | "Zp":
            return Diagnostic(
                "syntax", f"an unusual blank stands here ({_called(character)})", one, "replace it by an ordinary blank"
            )
        case "Cf" | "Cc":
            return Diagnostic("syntax", f"an invisible character stands here ({_called(character)})", one, "delete it")
        case "Nd":
            return Diagnostic(
                "syntax", f"`{character}` is not a digit that rules know", one, f"write `{digit(character)}`"
            )
    if plain != character and plain.isascii():
        return Diagnostic("syntax", f"`{character}` is not the ordinary `{plain}`", one, f"write `{plain}`")
    help = 'a name with such a character is written in double quotes, as in `"total spend"`'
    return Diagnostic("syntax", f"`{character}` is not part of the language", one, help)


def _called(character: str) -> str:
    return name(character, f"U+{ord(character):04X}").lower()
