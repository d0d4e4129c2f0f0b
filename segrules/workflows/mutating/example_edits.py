"""Examples put into the files of segments, as edits on ranges of text; what is not laid out in lines is left alone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from segrules.project.model import Example, Segment
from segrules.source import Edit, SourceFile, Span
from segrules.workflows.testing.row_text import flow

Row = Mapping[str, object]


def block(taken: Sequence[Row], left: Sequence[Row], indent: str = "") -> list[str]:
    """The key `examples` with rows below it, as lines."""
    lines = [f"{indent}examples:"]
    for word, rows in (("in", taken), ("out", left)):
        if rows:
            lines += [f"{indent}  {word}:", *(f"{indent}    - {flow(row)}" for row in rows)]
    return lines


def edits_for(segment: Segment, taken: Sequence[Row], left: Sequence[Row]) -> tuple[Edit, ...] | None:
    """Edits that add examples to a segment; None where its layout is none of the usual ones."""
    if segment.span is None:
        return None
    file = segment.span.file
    number, column = file.position(segment.span.start)
    if file.line(number)[: column - 1].strip():  # inside braces
        return None
    if segment.examples:
        return _more(segment, taken, left)
    if segment.rule.when is not None and _is_short(segment.span, segment.rule.when.span):
        return _long_form(segment.span, segment.rule.when.span, taken, left)
    child = _first_child(file, number, column - 1)
    if child is None:
        return None
    end = _end_of_block(file, number, column - 1)
    return (_lines_after(file, end, block(taken, left, child)),)


def _is_short(name: Span, rule: Span) -> bool:
    """Whether the rule stands behind the name: `vip: orders >= 5`."""
    return re.fullmatch(r"\s*:\s*", name.file.text[name.end : rule.start]) is not None


def _long_form(name: Span, rule: Span, taken: Sequence[Row], left: Sequence[Row]) -> tuple[Edit, ...] | None:
    """`vip: orders >= 5` with the rule under `when`, and examples below it."""
    file = name.file
    number, column = file.position(name.start)
    if file.position(rule.start)[0] != number or file.position(rule.end)[0] != number or "\n" in rule.text:
        return None
    child = " " * (column + 1)
    into = Edit(Span(file, name.end, rule.start), f":{_break(file)}{child}when: ")
    return into, _lines_after(file, number, block(taken, left, child))


def _break(file: SourceFile) -> str:
    return "\r\n" if "\r\n" in file.text else "\n"


def _lines_after(file: SourceFile, number: int, lines: Sequence[str]) -> Edit:
    """Lines put in behind a line."""
    end = file.line_starts[number - 1] + len(file.line(number))
    return Edit(Span(file, end, end), "".join(_break(file) + line for line in lines))


def _first_child(file: SourceFile, number: int, indent: int) -> str | None:
    """The blanks before the keys of the mapping below a line."""
    if file.line(number).rstrip()[-1:] != ":" and not re.search(r":\s*#", file.line(number)):
        return None
    for at in range(number + 1, len(file.line_starts) + 1):
        line = file.line(at)
        if line.strip() and not line.lstrip().startswith("#"):
            blanks = line[: len(line) - len(line.lstrip())]
            return blanks if len(blanks) > indent else None
    return None


def _end_of_block(file: SourceFile, number: int, indent: int) -> int:
    """The last line of what stands below a line, further in than it."""
    last = number
    for at in range(number + 1, len(file.line_starts) + 1):
        line = file.line(at)
        if not line.strip():
            continue
        if len(line) - len(line.lstrip()) <= indent:
            break
        last = at
    return last


def _more(segment: Segment, taken: Sequence[Row], left: Sequence[Row]) -> tuple[Edit, ...] | None:
    """Rows put behind the last example of their kind."""
    edits = []
    for expected, rows in ((True, taken), (False, left)):
        if not rows:
            continue
        others = [example for example in segment.examples if example.expected is expected]
        edit = _behind(others[-1], rows) if others else _new_key(segment.examples, "in" if expected else "out", rows)
        if edit is None:
            return None
        edits.append(edit)
    return tuple(edits)


def _behind(last: Example, rows: Sequence[Row]) -> Edit | None:
    """Rows behind an example in braces, in a list in brackets or of lines."""
    text, file = last.span.file.text, last.span.file
    head = text[: last.span.start].rstrip()
    close = re.match(r"\s*\}", text[last.span.end :])
    if not head.endswith("{") or close is None:
        return None
    end = last.span.end + close.end()
    before = head[:-1].rstrip(" ")
    if before.endswith(("[", ",")):
        return Edit(Span(file, end, end), "".join(f", {flow(row)}" for row in rows))
    if not before.endswith("-"):
        return None
    _, column = file.position(len(before) - 1)
    return _lines_after(file, file.position(end)[0], [f"{' ' * (column - 1)}- {flow(row)}" for row in rows])


def _new_key(examples: Sequence[Example], word: str, rows: Sequence[Row]) -> Edit | None:
    """The other of the keys `in` and `out`, behind the one that is there."""
    other = "out" if word == "in" else "in"
    file, start = examples[0].span.file, examples[0].span.start
    for number in range(file.position(start)[0], 0, -1):
        found = re.match(rf"( +){other}\s*:", file.line(number))
        if found is not None:
            indent = found[1]
            lines = [f"{indent}{word}:", *(f"{indent}  - {flow(row)}" for row in rows)]
            return _lines_after(file, _end_of_block(file, number, len(indent)), lines)
    return None
