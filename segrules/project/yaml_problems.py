"""What is wrong with a file that is not YAML, in its author's words: a reader's complaint in, a finding out."""

from __future__ import annotations

import re

from segrules.diagnostics import Diagnostic, Fix
from segrules.source import Edit, SourceFile, Span

MAX_DEPTH = 50
FOLD = "write `>-` and then the rule on the next line, indented"
_TAB_HELP = "use blanks for indentation and between words; most editors can turn tabs into blanks"
_TABS = re.compile("\t+")
_LEADING = re.compile("^\t+", re.MULTILINE)
_INDENTATION = re.compile(r"^( +)[^\s#-]", re.MULTILINE)
# A key or list dash and then a character that means something to YAML at the start of a value.
_OPENING = re.compile(r"""\s*(?:-\s+)*(?:(?:"[^"]*"|'[^']*'|[^\s'"\[{][^:]*?)\s*:\s+|-\s+)(['"\[{*&!@`%|>])""")
_BAD_START = {
    "*": "`*` at the start of a value refers to an anchor",
    "&": "`&` at the start of a value names an anchor",
}
_MEANING = {
    "'": "a value that starts with `'` ends at the next `'`",
    '"': 'a value that starts with `"` ends at the next `"`',
    "[": "a value that starts with `[` is a list and ends at its `]`",
    "{": "a value that starts with `{` is a mapping and ends at its `}`",
}


def shown(text: str) -> str:
    """The author's words in a message, cut where they are long."""
    short = text if len(text) <= 40 else text[:39] + "…"
    return "a backtick" if text == "`" else f"`{short}`"


def tab(file: SourceFile, offset: int) -> Diagnostic:
    """The finding for a tab at `offset`."""
    message = "a tab stands here, where YAML wants blanks"
    edits = _without_tabs(file, offset)
    fix = Fix("write blanks", edits) if edits else None
    return Diagnostic("yaml-tab", message, Span(file, offset, offset + 1), _TAB_HELP, fix=fix)


def _without_tabs(file: SourceFile, offset: int) -> tuple[Edit, ...]:
    """One blank for tabs between words; for each at the start of a line as many as a level of the file has.

    Where a line starts with tabs, others will do so too: all those are changed at once.
    """
    run = _TABS.match(file.text, offset)
    before = _line_before(file, offset)
    if run is None:
        return ()
    if before.strip():
        return (Edit(Span(file, offset, run.end()), " "),)
    blanks = " " * min((len(match[1]) for match in _INDENTATION.finditer(file.text)), default=2)
    runs = [run] if before else _LEADING.finditer(file.text)
    return tuple(
        Edit(Span(file, run.start(), run.end()), "" if _ends_line(file, run.end()) else blanks * len(run[0]))
        for run in runs
    )


def _ends_line(file: SourceFile, offset: int) -> bool:
    return file.text[offset : offset + 1] in ("", "\n", "\r")


def too_deep(span: Span) -> Diagnostic:
    """The finding for a list or mapping inside too many others."""
    return Diagnostic("yaml-too-deep", f"this is nested more than {MAX_DEPTH} levels deep", span)


def syntax_finding(file: SourceFile, problem: str, at: int, context: int | None) -> Diagnostic:
    """The finding for a reader's `problem` at offset `at`; `context`: where the thing that it was reading starts."""
    at = min(at, len(file.text))
    before = file.text[file.text.rfind("\n", 0, at) + 1 : at]
    blanks = before[len(before.rstrip(" \t")) :]
    if file.text[at : at + 1] == "\t" or "\t" in blanks or problem.startswith("found a tab"):
        place = at if file.text[at : at + 1] == "\t" else at - len(blanks) + blanks.find("\t")
        return tab(file, max(place, 0))
    for signs, explain in _PROBLEMS:
        if any(sign in problem for sign in signs):
            return explain(file, at, at if context is None else context)
    return _finding(_word(file, at), "this is not YAML here", _opening_help(file, at))


def _finding(span: Span, message: str, help: str | None = None) -> Diagnostic:
    return Diagnostic("yaml-syntax", message, span, help)


def _word(file: SourceFile, at: int) -> Span:
    word = re.compile(r"[^\s,\[\]{}]*").match(file.text, at)
    end = word.end() if word else at
    return Span(file, at, max(end, min(at + 1, len(file.text))))


def _line_before(file: SourceFile, at: int) -> str:
    line, column = file.position(at)
    return file.line(line)[: column - 1]


def _opening(file: SourceFile, at: int) -> str | None:
    """The character that opens the value in the line of `at`, where that character means something to YAML."""
    line = _line_before(file, at) + file.text[at : at + 1]
    opening = _OPENING.match(line[:500])  # a longer line would take the pattern too long
    return opening.group(1) if opening else None


def _opening_help(file: SourceFile, at: int) -> str | None:
    opening = _opening(file, at)
    if not opening:
        return None
    return f"{_MEANING.get(opening, f'a value that starts with {shown(opening)} means something else to YAML')}; {FOLD}"


def _second_colon(file: SourceFile, at: int, _: int) -> Diagnostic:
    span = Span(file, at, at + 1)
    if re.search(r":\s", _line_before(file, at)):
        return _finding(
            span, "a colon and a blank stand a second time in this entry, where YAML sees a second key", FOLD
        )
    help = "check the indentation of this line, and whether the line before it lacks its colon"
    return _finding(span, "this colon does not make a key here", help)


def _after_value(file: SourceFile, at: int, _: int) -> Diagnostic:
    span = _word(file, at)
    if not _line_before(file, at).strip():
        words = shown(span.text) if span.text else "this"
        help = "entries that belong together start in the same column; what belongs to an entry stands further right"
        return _finding(span, f"{words} does not line up with the lines above", help)
    if _opening(file, at):
        return _finding(span, f"{shown(span.text)} stands after the end of the value", _opening_help(file, at))
    return _finding(span, f"{shown(span.text)} does not belong here", "each `key: value` stands on a line of its own")


def _unclosed_bracket(file: SourceFile, at: int, context: int) -> Diagnostic:
    bracket = file.text[context : context + 1]
    closing = "]" if bracket == "[" else "}"
    if at >= len(file.text) or _is_next_entry(file, at, context):
        message = f"`{bracket}` is not closed: no `{closing}` follows"
        return _finding(Span(file, context, context + 1), message, f"close it with `{closing}`, or {FOLD}")
    span = _word(file, at)
    help = "a rule with quotes, brackets or commas cannot stand inside brackets; write it on its own lines, after `>-`"
    return _finding(span, f"a comma or `{closing}` is missing before {shown(span.text)}", help)


def _is_next_entry(file: SourceFile, at: int, context: int) -> bool:
    """Whether `at` is in a later line than `context`, one that stands no further right."""
    (line, _), (first, _) = file.position(at), file.position(context)
    margins = [len(text) - len(text.lstrip(" ")) for text in (file.line(line), file.line(first))]
    return line > first and margins[0] <= margins[1]


def _unclosed_quote(file: SourceFile, _: int, context: int) -> Diagnostic:
    quote = file.text[context : context + 1]
    help = f"close it with `{quote}`, or, where the quote belongs to a rule, {FOLD}"
    return _finding(Span(file, context, context + 1), "this quote is never closed", help)


def _bad_start(file: SourceFile, at: int, _: int) -> Diagnostic:
    span = Span(file, at, min(at + 1, len(file.text)))
    help = f"put the text in quotes; for a rule, {FOLD}"
    return _finding(span, f"a value cannot start with {shown(span.text)}", help)


def _bad_block(file: SourceFile, _: int, context: int) -> Diagnostic:
    if _OPENING.match(_line_before(file, context).rstrip()[:500]):
        return _after_value(file, context, context)
    sign = file.text[context : context + 1]
    help = f"put the text in quotes; for a rule, {FOLD}"
    message = f"`{sign}` at the start of a value announces text on the next lines, but more stands in its own line"
    return _finding(Span(file, context, context + 1), message, help)


def _bad_anchor(file: SourceFile, _: int, context: int) -> Diagnostic:
    sign = file.text[context : context + 1]
    message = f"{_BAD_START.get(sign, 'this')}, and no name follows that an anchor can have"
    return _finding(_word(file, context), message, f"put the text in quotes; for a rule, {FOLD}")


def _no_value(file: SourceFile, at: int, _: int) -> Diagnostic:
    span = _word(file, at)
    message = f"a value is missing before {shown(span.text)}" if span.text else "the file ends where a value is wanted"
    return _finding(
        span, message, f"put text that starts like this in quotes; for a rule, {FOLD}" if span.text else None
    )


def _nested(file: SourceFile, at: int, context: int) -> Diagnostic:
    """libyaml counts levels, too, before it hands on the first of them."""
    return too_deep(_word(file, at))


def _no_colon(file: SourceFile, _: int, context: int) -> Diagnostic:
    end = context + len(file.line(file.position(context)[0])) - file.position(context)[1] + 1
    text = file.text[context:end].rstrip()
    help = "an entry is written `key: value`; a line that goes on with the text above stands further right than its key"
    return _finding(Span(file, context, context + len(text)), "this line has no colon", help)


def _bad_escape(file: SourceFile, at: int, context: int) -> Diagnostic:
    backslash = max(file.text.rfind("\\", context, at + 1), context)
    span = Span(file, backslash, min(backslash + 2, len(file.text)))
    help = "inside double quotes write `\\\\` for a backslash; for a rule or a pattern, " + FOLD
    return _finding(span, f"{shown(span.text)} has no meaning here inside double quotes", help)


def _bad_tag(file: SourceFile, at: int, _: int) -> Diagnostic:
    return unsupported_tag(_word(file, at))


def _bad_directive(file: SourceFile, at: int, context: int) -> Diagnostic:
    start = file.text.rfind("\n", 0, min(at, context) + 1) + 1
    message = "lines that start with `%` instruct a YAML reader, and rule files do not use them"
    return Diagnostic("yaml-unsupported", message, _word(file, start), "remove the line")


def _dash(file: SourceFile, at: int, _: int) -> Diagnostic:
    help = f"start the list on the next line; for a rule, {FOLD}"
    return _finding(Span(file, at, at + 1), "`-` starts a list item, which cannot stand here", help)


def _after_end(file: SourceFile, at: int, _: int) -> Diagnostic:
    span = _word(file, at)
    help = "a file holds one block of `key: value` lines"
    return _finding(span, f"{shown(span.text)} stands after the end of what the file says", help)


def unsupported_tag(span: Span) -> Diagnostic:
    """The finding for a YAML tag, such as `!!set`."""
    help = f"for text that starts with `!`, put it in quotes; for a rule, {FOLD}"
    return Diagnostic("yaml-unsupported", f"{shown(span.text)} is a YAML tag, which rule files do not use", span, help)


# What the two readers of PyYAML (C and Python) say, and who says it better. The first that fits is taken.
_PROBLEMS = (
    (("exceeded maximum nesting depth",), _nested),
    (("mapping values are not allowed",), _second_colon),
    (("sequence entries are not allowed",), _dash),
    (("cannot start any token", "mapping keys are not allowed"), _bad_start),
    (("unexpected end of stream", "unexpected document"), _unclosed_quote),
    (("',' or ']'", "',' or '}'"), _unclosed_bracket),
    (("comment or line break", "comment or a line break", "indentation indicator"), _bad_block),
    (("alphabetic or numeric",), _bad_anchor),
    (("node content",), _no_value),
    (("could not find expected ':'",), _no_colon),
    (("escape", "hexdecimal"), _bad_escape),
    (("tag",), _bad_tag),
    (("directive", "incompatible YAML"), _bad_directive),
    (("document start",), _after_end),
    (("expected key", "block end", "'-' indicator"), _after_value),
)
