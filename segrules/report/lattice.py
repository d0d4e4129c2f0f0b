"""How the segments of a project lie to each other as a page: pictures, then the same in words."""

from __future__ import annotations

from collections.abc import Iterator

from segrules.report.hasse import MOST_BOXES, hasse_svg, related
from segrules.report.html import escape, page
from segrules.report.lattice_words import Section, headline, overlap_title, overlapping, sections
from segrules.report.relation_matrix import MOST_SEGMENTS, SIGNS, matrix_svg
from segrules.workflows.proving.order import Order, order
from segrules.workflows.proving.overlaps import EntityOverlaps, Overlaps

MOST_ROWS = 500
"""How many overlapping pairs a page tells of one by one."""

STYLE = """<style>
:root { --equal: #1f6fb4; --inside: #1b8a62; --contains: #63b995; --overlapping: #e0a021; --apart: #eceff3;
  --open: #b9c1cb; --sign: #fff; }
@media (prefers-color-scheme: dark) { :root { --equal: #4a9be0; --inside: #2ba67a; --contains: #1c6a50;
  --overlapping: #c98a12; --apart: #222932; --open: #55606d; --sign: #0f1317; } }
svg text { font-family: inherit; fill: var(--ink); }
.hasse text { text-anchor: middle; font-size: 14px; } .hasse text.soft { fill: var(--soft); font-size: 13px; }
.hasse rect { fill: var(--tint); stroke: var(--soft); } .hasse .chosen rect { stroke: var(--link); stroke-width: 2; }
.hasse .join { fill: none; stroke: var(--soft); stroke-width: 1.25; }
.matrix .name { text-anchor: end; } .matrix g text { text-anchor: middle; fill: var(--sign); font-weight: 600; }
.matrix g.contains text, .legend i.contains { fill: var(--ink); color: var(--ink); }
.matrix g.apart text, .legend i.apart { fill: var(--soft); color: var(--soft); }
.matrix .itself { stroke: var(--soft); stroke-width: 1; }
.equal rect, i.equal { fill: var(--equal); background: var(--equal); }
.inside rect, i.inside { fill: var(--inside); background: var(--inside); }
.contains rect, i.contains { fill: var(--contains); background: var(--contains); }
.overlapping rect, i.overlapping { fill: var(--overlapping); background: var(--overlapping); }
.apart rect, i.apart { fill: var(--apart); background: var(--apart); }
.unknown rect, i.unknown { fill: var(--open); background: var(--open); }
.legend span { display: inline-block; margin-right: 1.25rem; white-space: nowrap; }
.legend i { display: inline-block; width: 1.25em; height: 1.25em; border-radius: 3px; margin-right: 0.4em;
  color: var(--sign); font-style: normal; font-weight: 600; text-align: center; line-height: 1.25em;
  vertical-align: middle; }
.lines { margin: 0; padding: 0; list-style: none; }
</style>"""


def lattice_page(found: Overlaps) -> str:
    """The page: for each entity its pictures, and what lies how in words."""
    title = f"How the segments of {found.project} overlap"
    body = [STYLE, f"<h1>{escape(title)}</h1>"]
    if found.as_of is not None:
        body.append(f'<p class="soft">As of {escape(found.as_of.isoformat())}.</p>')
    if not found.entities:
        body.append("<p>There are no segments.</p>")
    for number, own in enumerate(found.entities, 1):
        body += lattice_parts(own, number)
    return page(title, "\n".join(body))


def lattice_parts(own: EntityOverlaps, number: int = 1) -> Iterator[str]:
    """One entity's part of a page that has STYLE. number: tells the parts of a page apart."""
    groups = order(own.lattice)
    name, _, counts = headline(own).partition(": ")
    yield f"<h2>{escape(name)}</h2>"
    basis = f"Proven with {own.prover}."
    if own.members is not None:
        basis += f" Counted on {own.members.rows:,} rows."
    yield f'<p>{escape(counts)}. <span class="soft">{escape(basis)}</span></p>'
    yield from _inside_picture(own, groups, number)
    yield from _matrix_picture(own, number)
    for section in sections(own, groups, is_whole=True):
        yield from _section(section)
    yield from _overlaps(own, groups)


def _inside_picture(own: EntityOverlaps, groups: Order, number: int) -> Iterator[str]:
    picture = hasse_svg(own, groups, number)
    if picture is not None:
        yield "<h3>What lies inside of what</h3>"
        yield (
            '<p class="soft">A segment has all the members of those that a line leads to from it to the right. '
            "A dashed line: the two may be equal.</p>"
        )
        yield f'<div class="scroll">{picture}</div>'
    elif (many := len(related(groups))) > MOST_BOXES:
        yield f'<p class="soft">{many:,} segments lie inside of others: too many for a picture.</p>'


def _matrix_picture(own: EntityOverlaps, number: int) -> Iterator[str]:
    picture = matrix_svg(own, number)
    if picture is not None:
        yield "<h3>Each two</h3>"
        legend = "".join(
            f'<span><i class="{relation}">{sign}</i>{escape(says)}</span>' for relation, (sign, says) in SIGNS.items()
        )
        yield f'<p class="legend">{legend}</p><div class="scroll">{picture}</div>'
    elif (many := len(own.names)) > MOST_SEGMENTS:
        yield f'<p class="soft">{many:,} segments are too many for a picture of each two.</p>'


def _section(section: Section) -> Iterator[str]:
    yield f"<h3>{escape(_sentence(section.title))}</h3>"
    yield '<ul class="lines">'
    for line in section.lines:
        indent = f' style="padding-left: {line.depth * 1.5}rem"' if line.depth else ""
        yield f"<li{indent}>{escape(line.text)}</li>"
    yield "</ul>"


def _overlaps(own: EntityOverlaps, groups: Order) -> Iterator[str]:
    pairs, rest = overlapping(own, groups, MOST_ROWS)
    if not pairs:
        return
    yield f"<h3>{escape(_sentence(overlap_title(own)))}</h3>"
    counted = own.members is not None
    heads = ["two segments", *(["members"] if counted else []), "for example"]
    yield '<div class="scroll"><table><tr>' + "".join(f"<th>{head}</th>" for head in heads) + "</tr>"
    for pair in pairs:
        cells = [f"{escape(pair.first)}<br>{escape(pair.second)}"]
        cells += [escape(pair.members or "")] if counted else []
        cells.append("<br>".join(f"{escape(what)}: <code>{escape(line)}</code>" for what, line in pair.examples))
        yield "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
    yield "</table></div>"
    if rest is not None:
        yield f'<p class="soft">{escape(rest)} overlap.</p>'


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
