"""Whether a pattern is one that every engine reads alike: a careful part of RE2."""

from __future__ import annotations

import re
import warnings

from segrules.language.patterns import counts, tokens

_ESCAPES = "dDwWsSbAtnrfv"
_ESCAPES_IN_SET = "dDwWsStnrfv"
_MOST_REPEATS = 1000


def pattern_problem(pattern: str) -> tuple[str, str | None] | None:
    """A sentence and a help on what is wrong with a pattern, or None."""
    for token in tokens(pattern):
        problem = _token_problem(token)
        if problem:
            return problem
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        reason = error.msg if isinstance(error, re.error) else "it is too large"
        return f"the pattern cannot be read: {reason}", None
    return _groups_problem(pattern)


def _token_problem(token: re.Match[str]) -> tuple[str, str | None] | None:
    text = token.group()
    match token.lastgroup:
        case "escape":
            return _escape_problem(text, _ESCAPES)
        case "set":
            inner = text[1:].removeprefix("^").removeprefix("]")
            if re.search(r"(?:\\.|[^\\[])*?\[", inner) and "[" in re.sub(r"\\.", "", inner):
                return "a pattern has a `[` inside `[…]`", r"a bracket itself is written `\[`"
            escapes = (_escape_problem(escape, _ESCAPES_IN_SET) for escape in re.findall(r"\\.?", inner, re.DOTALL))
            return next((problem for problem in escapes if problem), None)
        case "group":
            return _group_problem(text, token.start())
        case "greedy":
            return f"patterns have no possessive `{text}`", f"`{text[:-1]}` alone finds the same in most cases"
        case "repeat" if text[0] == "{":
            if max(count or 0 for count in counts(text)) > _MOST_REPEATS:
                return f"`{text}` repeats more than {_MOST_REPEATS} times", None
        case "odd_count":
            return f"`{text}` has no meaning in patterns here", "a count is written `{2}`, `{2,}` or `{2,5}`"
    return None


def _groups_problem(pattern: str) -> tuple[str, str | None] | None:
    """Counts inside counted groups multiply: `(a{40}){50}` repeats 2,000 times. DuckDB misreads an empty group."""
    most = [1]  # per open group: the most repeats of anything in it so far
    last = 1
    opening = ""  # the text of a group that has nothing in it so far
    for token in tokens(pattern):
        if opening and token.lastgroup == "close":
            return f"the group `{opening})` has nothing in it", None
        opening = ""
        match token.lastgroup:
            case "open" | "group" if not token.group().endswith(")"):
                most.append(1)
                opening = token.group()
            case "close":
                last = most.pop()
            case "repeat" if token.group()[0] == "{":
                least, top = counts(token.group())
                last *= max(least if top is None else top, 1)
            case _:
                last = 1
        most[-1] = max(most[-1], last)
        if last > _MOST_REPEATS:
            return f"repeats inside repeats make more than {_MOST_REPEATS} in this pattern", None
    return None


def _escape_problem(text: str, letters: str) -> tuple[str, str | None] | None:
    character = text[1:]
    if character.isdigit():
        return f"`{text}` refers back to a group, which patterns here cannot", None
    if character == "B":  # RE2 finds it between the bytes of a letter too, where no other engine has a place
        return (
            rf"`{text}` finds other places from engine to engine",
            r"name the letters around it, or use `\w` and `\b`",
        )
    if (character.isalnum() or not character.isascii()) and character not in letters:
        return f"`{text}` has no meaning in patterns here", None
    return None


def _group_problem(text: str, start: int) -> tuple[str, str | None] | None:
    body = text[2:]
    if body in ("=", "!", "<=", "<!"):
        return f"patterns cannot look ahead or behind with `{text}`", "combine two tests with `and`"
    if body == ":" or re.fullmatch(r"[is]+:", body) or (re.fullmatch(r"[is]+\)", body) and start == 0):
        return None
    help = "a group is written `(…)` or `(?:…)`"
    if body.endswith(")"):
        help = "a switch such as `(?i)` stands at the start of a pattern"
    return f"`{text}` has no meaning in patterns here", help
