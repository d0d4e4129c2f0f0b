"""Slips where a value has ended, or a test is half written: no operator, the wrong one, or one too many."""

from __future__ import annotations

import re

from segrules.diagnostics import did_you_mean
from segrules.language import other_words
from segrules.language.calls import UNITS
from segrules.language.slips import Change, Slip, instead, shown
from segrules.language.slips_of_brackets import at_the_end, inside_bracket, wrong_comma, wrongly_closed
from segrules.language.slips_of_tests import (
    after_alone,
    after_window,
    foreign_date,
    half_between,
    in_year,
    second_test,
    spoken_comparison,
    tested,
    without_unit,
)
from segrules.language.words import END, Word
from segrules.source import Fragment

_TESTS = frozenset({"COMPARE", "IN", "BETWEEN", "TEXT_TEST", "LIST_TEST", "IS"})
_VALUES = frozenset({"NAME", "QUOTED", "TEXT", "NUMBER", "PERCENT", "DATE", "TRUTH", "MOMENT", "OPEN", "OPEN_LIST"})
_WINDOWS = frozenset({"IN_SPAN", "IN_PERIOD", "FROM", "SINCE", "BEFORE"})
_QUALIFIERS = {
    "WHERE": "count(orders where amount > 10)",
    "WITHIN": "max_count(events within 24 hours)",
    "BY": "rank(spend desc by country)",
    "THEN": "sequence(events where kind == 'visit' then kind == 'buy')",
    "THEN_NOT": "sequence(events where kind == 'visit' then not kind == 'buy')",
    "DIRECTLY": "sequence(events where kind == 'visit' directly then kind == 'buy')",
}
_STEPS = frozenset({"THEN", "THEN_NOT", "DIRECTLY"})
_NEW_TEST = frozenset({"AND", "OR", "COMMA", "WHERE", "THEN", "THEN_NOT", "ARROW", "ELSE"})


def after_value(word: Word, words: list[Word], fragment: Fragment) -> Slip:
    """What is wrong with `word`, which cannot follow `words`, at a place where no value may come."""
    before = words[-1]
    here = inside_bracket(words)
    match before.kind:
        case "IS":
            return _after_is(word, words, fragment)
        case "NOT":
            return _after_not(word, before)
        case "DIRECTLY":
            return Slip("`directly` comes before `then`", "write `where A directly then B`", before)
    if slip := foreign_date(word, before, fragment) or _half_written(word, words, fragment):
        return slip
    if slip := without_unit(word, words) or after_window(word, words, fragment) or second_test(word, words, fragment):
        return slip
    match word.kind:
        case kind if kind == END:
            return at_the_end(words)
        case kind if kind in _TESTS or kind == "NOT":
            return _chained(word, here, fragment)
        case "CLOSE" | "CLOSE_LIST":
            return wrongly_closed(word, words)
        case "COMMA":
            qualified = any(earlier.kind in _QUALIFIERS or earlier.kind in _WINDOWS for earlier in here)
            return wrong_comma(words, fragment, qualified)
        case kind if kind in _VALUES:
            return after_alone(word, words, fragment) or _operator_missing(word, words)
    if word.kind in _STEPS and len(here) < len(words):
        return Slip(f"`{shown(word)}` cannot stand here", _place_of_a_step(here))
    return _out_of_place(word, before)


# forms that take several words


def _after_is(word: Word, words: list[Word], fragment: Fragment) -> Slip:
    before = words[-1]
    at = before.joined(word)
    if slip := spoken_comparison(before, fragment) or (in_year(word, words, fragment) if word.kind == "IN" else None):
        return slip
    message = f"`{shown(at)}` is not part of the language"
    match word.kind:
        case "NOT":
            return _is_not(at, fragment)
        case "NAME" if word.text.lower() == "notnull":
            return instead(message, at, "is known")
        case "NAME" if word.text.lower() in ("missing", "known"):
            return instead(f"`{word.text}` is written in small letters", word, word.text.lower())
        case "NAME" if word.text.lower() in other_words.NOTHING:
            return instead(message, at, "is missing")
        case "TRUTH" | "NAME" if word.text.lower() in ("true", "false"):
            test = f"{'not ' if word.text.lower() == 'false' else ''}{tested(words, fragment, before)}"
            return Slip(message, f"a boolean column is a test by itself: write `{test}`", at)
        case "IN" | "BETWEEN" | "TEXT_TEST" | "LIST_TEST" | "COMPARE":
            changes = (Change(before.start, word.start, ""),)
            return Slip(
                f"`is` is too much before `{shown(word)}`", f"write `{shown(word)}` alone", before, changes=changes
            )
        case kind if kind in _VALUES:
            message, changes = f"`is` does not compare with `{shown(word)}`", (Change(before.start, before.end, "=="),)
            is_safe = kind in ("TEXT", "NUMBER", "PERCENT", "DATE")
            return Slip(message, "`==` compares", before, changes=changes, is_safe=is_safe)
    return Slip("after `is` comes `missing`, `known` or a window such as `in last 90 days`", at=before)


def _is_not(at: Word, fragment: Fragment) -> Slip:
    """`is not`, and what its author goes on with."""
    message = f"`{shown(at)}` is not part of the language"
    rest = fragment.text[at.end :]
    match rest.lower().split(maxsplit=3):
        case ["in", "last" | "next" | "this", *_] | ["from" | "since" | "before", *_]:
            return Slip(message, "write `not (day is in last 90 days)`", at)
        case ["in" | "between" | "contains" | "matches" as test, *_]:
            return Slip(message, f"write `not {test}`", at, changes=(Change(at.start, at.end, "not"),))
    state = re.compile(r"\s*(\w+)").match(rest)
    if state is not None and state[1].lower() in ("missing", "known", *other_words.NOTHING):
        own = "is missing" if state[1].lower() == "known" else "is known"
        changes = (Change(at.start, at.end + state.end(), own),)
        return Slip(message, f"write `{own}`", at, changes=changes)
    return instead(message, at, "!=")


def _after_not(word: Word, before: Word) -> Slip:
    help = "after a value, `not` comes before `in`, `between`, `contains`, `starts with`, `ends with` or `matches`"
    state = None
    match word.kind:
        case "IN_SPAN" | "IN_PERIOD":
            return Slip(f"`not` cannot stand before `{shown(word)}`", "write `not (day is in last 90 days)`", before)
        case "STATE":
            state = "is known" if word.text == "missing" else "is missing"
        case "IS":
            help = "write `is known` or `is missing`"
        case "NAME" if word.text.lower() in other_words.NOTHING:
            state = "is known"
    if state is None:
        return Slip("`not` cannot stand here", help, before)
    changes = (Change(before.start, word.end, state),)
    return Slip("`not` cannot stand here", f"write `{state}`", before, changes=changes)


def _half_written(word: Word, words: list[Word], fragment: Fragment) -> Slip | None:
    """The slip of a word where `and` must follow `between`, or `to` must follow `from`."""
    joins = {"BETWEEN": "and", "FROM": "to"}
    for earlier in reversed(inside_bracket(words)):
        if word.text != word.text.lower() == joins.get(earlier.kind):
            return instead(f"`{word.text}` is written in small letters", word, word.text.lower())
        at = earlier if word.kind in (END, "CLOSE", "CLOSE_LIST") else word
        match earlier.kind:
            case "BETWEEN":
                help = half_between(earlier, word, words, fragment)
                return Slip("`between` takes two values joined by `and`", help, at)
            case "FROM":
                help = "write `from 2025-01-01 to 2025-03-31`; `since` has no end"
                return Slip("`from` takes a second bound, after `to`", help, at)
            case "TO":
                return None
        if earlier.kind in _NEW_TEST:
            return None
    return None


def _chained(word: Word, here: list[Word], fragment: Fragment) -> Slip:
    places = [place for place, earlier in enumerate(here) if earlier.kind in _TESTS | _NEW_TEST]
    if not places or here[places[-1]].kind not in _TESTS:
        return Slip(f"`{shown(word)}` cannot stand here")
    first = here[places[-1]]
    message = f"`{shown(word)}` follows `{shown(first)}`: comparisons cannot be chained"
    help = "join two tests with `and`, or put one into parentheses"
    if first.kind == word.kind == "COMPARE":
        start = here[places[-2]].end if len(places) > 1 else fragment.text.rfind("(", 0, first.start) + 1
        low = fragment.text[start : first.start].strip().removeprefix("not ").strip()
        help = _unchained(low, first.text, fragment.text[first.end : word.start].strip(), word, fragment)
    return Slip(message, help, code="chained-comparison")


def _unchained(low: str, first: str, middle: str, word: Word, fragment: Fragment) -> str:
    high = "…"
    if simple := re.compile(r"\s*([^\s()\[\],]+)(?!\s*[(\[])").match(fragment.text, word.end):
        high = simple[1]
    between = f"{middle} between {low} and {high}"
    if first == word.text == "<=":
        return f"write `{between}`"
    help = f"write `{low} {first} {middle} and {middle} {word.text} {high}`"
    return f"{help}; `{between}` takes both ends in" if first[0] == word.text[0] == "<" else help


# values without an operator


def _operator_missing(word: Word, words: list[Word]) -> Slip:
    before = words[-1]
    if before.kind == "TEXT" and before.end == word.start:
        return Slip("the text ends before this", "a quote inside text is doubled: `'it''s'`")
    match before.kind, word.kind:
        case "PERCENT", _:
            help = f"modulo has blanks around it: `{before.text[:-1]} % {shown(word)}`"
            return Slip(f"`{before.text}` is a percentage", help, before)
        case "NUMBER", "NAME":
            return _not_a_unit(word, before)
        case _, "NAME":
            return _unexpected_name(word, before)
        case "DATE", "NUMBER":
            return Slip("a time follows its date after a `T`", "write `2026-01-31T09:30:00`")
        case "NUMBER", "NUMBER" if len(word.text) == 3:
            return Slip("digits are not grouped with blanks", f"write `{before.text}_{word.text}`")
        case "NAME" | "QUOTED", "OPEN" if len(words) > 1 and words[-2].kind == "DOT":
            return Slip(f"`{before.text}` after a dot is not a function", "write `count(orders)`", before)
        case "NAME" | "QUOTED", "OPEN":
            return Slip(f"no function can be called after `{shown(words[-2])}`", at=before)
    return _two_values(word, before)


def _two_values(word: Word, before: Word) -> Slip:
    help = "such as `and`, `==` or `+`"
    if before.kind == word.kind == "NAME":
        help += '; a name of several words is written in double quotes: `"total spend"`'
    return Slip(f"an operator is missing between `{shown(before)}` and `{shown(word)}`", help)


def _unexpected_name(word: Word, before: Word) -> Slip:
    small = word.text.lower()
    if small in other_words.IN_CAPITALS and small != word.text:
        return instead(f"`{word.text}` is written in small letters", word, small)
    if before.text != "not" and before.text.lower() == "not":
        return instead(f"`{before.text}` is written in small letters", before, "not")
    if before.text.lower() in ("if", "case"):
        return Slip(
            f"`{before.text}` takes its parts in parentheses", f"write {_CONDITIONALS[before.text.lower()]}", before
        )
    if small in other_words.OPERATORS:
        return _other_operator(word, other_words.OPERATORS[small])
    return _two_values(word, before)


def _other_operator(word: Word, help: str) -> Slip:
    """A word that another language has in this place; one that is always the same here can be put in its place."""
    message, own = f"`{word.text}` is not part of the language", help.strip("`")
    if own not in other_words.SAME:
        return Slip(message, f"write {help}")
    return instead(message, word, own)


_CONDITIONALS = {
    "if": "`if(condition, value, other value)`",
    "case": "`case(condition -> value, else value)`",
}


def _not_a_unit(word: Word, number: Word) -> Slip:
    if number.end == word.start and re.fullmatch(r"[eE][0-9]*", word.text):
        return Slip("numbers are written in full", "write `1_000_000`, or `0.001`", number.joined(word))
    small = word.text.lower()
    if small in other_words.IN_CAPITALS or small in other_words.OPERATORS:
        return _unexpected_name(word, number)
    if small in other_words.UNITS:
        help = f"write `{number.text} {other_words.UNITS[small]}`"
        changes = (Change(number.end, word.end, f" {other_words.UNITS[small]}"),)
        return Slip(f"`{word.text}` is not a unit of time", help, changes=changes, is_safe=small != "m")
    if re.fullmatch("[A-Z]{3}", word.text) or small in other_words.MONEY:
        help = f"write the number alone: `{number.text}`"
        return Slip(f"`{word.text}` cannot follow the number `{number.text}`", help)
    if number.end == word.start:
        help = f'a name that begins with a digit is written in double quotes: `"{number.text}{word.text}"`'
        return Slip(f"`{word.text}` cannot follow the number `{number.text}`", help, number.joined(word))
    help = (
        did_you_mean(word.text, [f"{unit}s" for unit in UNITS])
        or "units of time are seconds, minutes and so on to years"
    )
    return Slip(f"`{word.text}` cannot follow the number `{number.text}`", help)


# words in the wrong place


def _place_of_a_step(here: list[Word]) -> str:
    """Where a further step belongs in a call that is open: behind the first, before what ends it."""
    if any(word.kind == "WITHIN" or word.kind in _WINDOWS for word in here):
        return "`within` and the window stand behind the last step: `where A then B within 3 days`"
    if any(word.kind == "WHERE" for word in here):
        return f"steps stand side by side, as in `{_QUALIFIERS['THEN']}`"
    return "steps begin after `where`, and have no brackets around several of them: `where A then B then C`"


def _out_of_place(word: Word, before: Word) -> Slip:
    help = None
    match word.kind:
        case "STATE":
            return Slip(f"`is` is missing before `{word.text}`", f"write `is {word.text}`")
        case "UNIT":
            help = "a length of time is a number and a unit, or a param that holds both"
        case "AGO":
            help = "it follows a length of time, such as `30 days ago`"
        case "DIRECTION":
            help = "it goes inside a call, as in `rank(spend desc)`"
        case "ARROW":
            help = "it goes inside `case(condition -> value, else value)`"
        case "AS":
            help = "a name of its own is given inside a call, as in `any(returns as r where …)`"
        case "COLON":
            help = "in YAML, a rule that holds a colon goes after `>-`"
        case kind if kind in _QUALIFIERS:
            help = f"it goes inside a call, as in `{_QUALIFIERS[kind]}`"
        case kind if kind in _WINDOWS:
            help = (
                "a test of a day is `day is in last 90 days`; rows are picked inside: `count(orders in last 90 days)`"
            )
        case _:
            return Slip(f"`{shown(word)}` cannot stand after `{shown(before)}`")
    return Slip(f"`{shown(word)}` cannot stand here", help)
