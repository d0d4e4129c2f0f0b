"""Whether a pattern is one that every engine reads alike: a careful part of RE2."""

from __future__ import annotations

import re
import warnings

_TOKEN = re.compile(
    r"(?P<escape>\\.?)"
    r"|(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\]?)"
    r"|(?P<group>\(\?(?:P?<?[=!]|P<|P>|<|[a-zA-Z-]*[:)]?|.)?)"
    r"|(?P<greedy>(?:[*+?]|\{[0-9,]*\})\+)"
    r"|(?P<count>\{\d+(?:,\d*)?\})"
    r"|.",
    re.DOTALL,
)
_ESCAPES = "dDwWsSbBAtnrfv"
_ESCAPES_IN_SET = "dDwWsStnrfv"
_MOST_REPEATS = 1000


def pattern_problem(pattern: str) -> tuple[str, str | None] | None:
    """A sentence and a help on what is wrong with a pattern, or None."""
    for token in _TOKEN.finditer(pattern):
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
    return None


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
        case "count":
            counts = [int(count) for count in re.findall(r"\d+", text)]
            if max(counts) > _MOST_REPEATS:
                return f"`{text}` repeats more than {_MOST_REPEATS} times", None
    return None


def _escape_problem(text: str, letters: str) -> tuple[str, str | None] | None:
    character = text[1:]
    if character.isdigit():
        return f"`{text}` refers back to a group, which patterns here cannot", None
    if character.isalnum() and character not in letters:
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
