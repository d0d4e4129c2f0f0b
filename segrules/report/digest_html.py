"""A digest as the body of an e-mail: tables and inline styles alone, nothing from elsewhere, no colours of its own.

Without colours of its own it is read in light and dark, also by clients that turn colours round or drop style sheets.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from segrules.report import digest_words as words
from segrules.report.digest_pieces import Named, Sentence, Written
from segrules.report.html import escape
from segrules.workflows.reporting.digest import Digest

MOST_BYTES = 90_000
"""Beyond 102 kB Gmail cuts a message off; rows of the last table that do not fit are counted instead."""

_FONT = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',Helvetica,Arial,sans-serif"
_BELOW = "font-size:9px;word-break:break-all"
_LONG = 13  # letters of a word beside which the numbers have room on a telephone
_LINE = "border-bottom:1px solid #888"


def html(found: Digest) -> str:
    """The whole file, below 100 kB."""
    shown = escape(words.title(found))
    head = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="supported-color-schemes" content="light dark">\n'
        f"<title>{shown}</title>\n</head>\n"
        f'<body style="margin:0;padding:12px;{_FONT};font-size:15px;line-height:1.5">\n'
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" '
        'style="table-layout:fixed"><tr><td align="left">\n'
        '<div style="max-width:720px;overflow-x:auto">\n'
        f'<h1 style="font-size:20px;line-height:1.3;margin:0 0 8px"><bdi>{shown}</bdi></h1>'
    )
    pieces = [head, *(f'<p style="margin:0 0 4px">{_sentence(line)}</p>' for line in words.introduction(found))]
    used = sum(map(_bytes, pieces))
    for part in words.parts(found):
        for block in _part(part, MOST_BYTES - used):
            pieces.append(block)
            used += _bytes(block)
    return "\n".join([*pieces, "</div>\n</td></tr></table>\n</body>\n</html>\n"])


def _bytes(block: str) -> int:
    return len(block.encode("utf-8", "surrogatepass")) + 1


def _part(part: words.Part, room: int) -> Iterator[str]:
    yield f'<h2 style="font-size:16px;margin:22px 0 6px">{escape(part.title)}</h2>'
    if part.remark:
        yield f'<p style="margin:0 0 6px;font-size:13px">{escape(part.remark)}</p>'
    if part.lines:
        items = "\n".join(f'<li style="margin:0 0 4px">{_sentence(line)}</li>' for line in part.lines)
        yield f'<ul style="margin:0;padding-left:20px">\n{items}\n</ul>'
    if part.table is not None and part.table.rows:
        yield _table(part.table, room)


def _table(table: words.Table, room: int) -> str:
    """Words at the end stand below those of the first column: beside the numbers a telephone has no room."""
    last = len(table.head) - table.words_at_end
    lines, used = [_row("th", [", ".join((table.head[0], *table.head[last:])), *table.head[1:last]])], 600
    for place, row in enumerate(table.rows):
        first = "".join((_first(row[0]), *(f'<div style="{_BELOW}">{_sentence(cell)}</div>' for cell in row[last:])))
        numbers = (_sentence(cell).replace("\u00a0", " ") for cell in row[1:last])
        line = _row("td", [first, *numbers])
        used += _bytes(line)
        if used > room:
            left = f"and {len(table.rows) - place:,} more, in the report"
            lines.append(f'<tr><td colspan="{last}">{left}</td></tr>')
            break
        lines.append(line)
    body = "\n".join(lines)
    return (
        '<table cellpadding="3" cellspacing="0" border="0" '
        f'style="border-collapse:collapse;font-size:13px;line-height:1.4">\n{body}\n</table>'
    )


def _first(cell: Sentence) -> str:
    """A name, which is broken only where one of its words is long."""
    text = _sentence(cell)
    is_long = any(len(word) > _LONG for piece in cell for word in _plain(piece).split())
    return f'<span style="overflow-wrap:anywhere">{text}</span>' if is_long else text


def _plain(piece: str | Named | Written) -> str:
    match piece:
        case Named(plain) | Written(plain) | plain:
            return plain


def _row(mark: str, cells: Sequence[str]) -> str:
    """Cells of HTML, the first of words and the others of numbers.

    Their borders are the row's: a style for each cell would make long tables too long for e-mail.
    """
    shown = []
    for place, cell in enumerate(cells):
        side = "right" if place else "left"
        shown.append(f'<{mark} align="{side}"{" scope=col" if mark == "th" else ""}>{cell}</{mark}>')
    return f'<tr style="{_LINE}">{"".join(shown)}</tr>'


def _sentence(sentence: Sentence) -> str:
    return "".join(map(_piece, sentence))


def _piece(piece: str | Named | Written) -> str:
    match piece:
        case Named(label):
            return f"<b><bdi>{escape(label)}</bdi></b>"
        case Written(written):
            return f'<code style="font-size:13px"><bdi>{escape(written)}</bdi></code>'
        case _:
            return escape(piece)
