"""Coverage as a page: the rules as they stand in their files, each test in the colour of what was seen of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from segrules.report.html import escape, page
from segrules.source import SourceFile
from segrules.workflows.testing.coverage import Coverage, RuleCoverage, count_impossible, percent, totals, unseen

STYLE = """<style>
mark { color: inherit; border-radius: 3px; padding: 0 1px; background: none; border-bottom: 2px solid; }
mark.good { color: var(--good); } mark.warn { color: var(--warn); border-bottom-style: dashed; }
mark.bad { color: var(--bad); border-bottom-style: dotted; }
</style>"""
_LEGEND = (
    '<p class="soft">In the files: <mark class="good">all outcomes seen</mark>, <mark class="warn">some</mark>, '
    '<mark class="bad">none</mark>. Rest the pointer on one to read which.</p>'
)


def coverage_page(rules: Sequence[RuleCoverage]) -> str:
    """The page: the share of each file and rule, then each file's text with what no test has seen."""
    seen, possible = totals(rules)
    files = [(file, list(own)) for file, own in groupby(rules, lambda rule: rule.file)]
    body = [
        STYLE,
        f"<h1>Coverage {percent(seen, possible)}%</h1>",
        f"<p>The tests see {seen:,} of {possible:,} outcomes of the rules{_beyond(count_impossible(rules))}.</p>",
        *_table(files),
        _LEGEND,
        *(line for number, (file, own) in enumerate(files, 1) for line in _file(number, file, own)),
    ]
    return page("Coverage of the rules", "\n".join(body))


def _beyond(never: int) -> str:
    return f"; {never:,} more {'is' if never == 1 else 'are'} proven impossible" if never else ""


def _table(files: Sequence[tuple[SourceFile, list[RuleCoverage]]]) -> Iterator[str]:
    yield "<table>"
    yield "<tr><th>file</th>" + "".join(f'<th class="number">{head}</th>' for head in ("seen", "of", "share")) + "</tr>"
    for number, (file, own) in enumerate(files, 1):
        yield _row(f'<a href="#file{number}">{escape(file.path)}</a>', own)
    yield "</table>"


def _row(head: str, rules: Sequence[RuleCoverage]) -> str:
    seen, possible = totals(rules)
    cells = (f"{seen:,}", f"{possible:,}", f"{percent(seen, possible)}%")
    return f"<tr><td>{head}</td>" + "".join(f'<td class="number">{cell}</td>' for cell in cells) + "</tr>"


def _file(number: int, file: SourceFile, rules: Sequence[RuleCoverage]) -> Iterator[str]:
    yield f'<h2 id="file{number}">{escape(file.path)}</h2>'
    yield f"<pre>{_marked(file, [part for rule in rules for part in rule.parts])}</pre>"
    missed = unseen(rules)
    if missed:
        yield "<ul>"
        for one in missed:
            yield f"<li>line {file.position(one.span.start)[0]}: {_sentence(one.message)}</li>"
        yield "</ul>"


def _sentence(message: str) -> str:
    """A message with what stands between backticks as code."""
    parts = escape(message).split("`")
    return "".join(f"<code>{part}</code>" if place % 2 else part for place, part in enumerate(parts))


def _marked(file: SourceFile, parts: Sequence[Coverage]) -> str:
    """The text of a file with every part marked; inside of another one, the inner part is what counts."""
    owner: list[Coverage | None] = [None] * len(file.text)
    for part in sorted(parts, key=lambda part: part.span.start - part.span.end):
        owner[part.span.start : part.span.end] = [part] * (part.span.end - part.span.start)
    pieces = []
    for part, places in groupby(range(len(owner)), lambda place: owner[place]):
        own = list(places)
        text = escape(file.text[own[0] : own[-1] + 1])
        pieces.append(text if part is None else f'<mark class="{_class(part)}" title="{_said(part)}">{text}</mark>')
    return "".join(pieces)


def _class(part: Coverage) -> str:
    return "good" if not part.unseen else "warn" if part.seen else "bad"


def _said(part: Coverage) -> str:
    said = [f"seen {', '.join(part.seen)}"] if part.seen else []
    said += [f"never seen {', '.join(part.unseen)}"] if part.unseen else []
    said += [f"proven impossible {', '.join(part.impossible)}"] if part.impossible else []
    return escape("; ".join(said))
