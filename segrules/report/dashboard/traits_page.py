"""The page of an entity's traits: each with its rule, its words and its users, and a picture of what rests on what."""

from __future__ import annotations

from collections.abc import Iterator

from segrules.report.dashboard.anchors import anchor
from segrules.report.dashboard.figures import everyone
from segrules.report.dashboard.labels import name_html
from segrules.report.dashboard.lineage import MOST_BOXES, Lineage, entity_picture
from segrules.report.dashboard.rule_text import expression_html, named_in
from segrules.report.dashboard.things import Items, thing_html
from segrules.report.html import escape
from segrules.report.words import value_words
from segrules.workflows.reporting.data import EntityReport, Report, Source, TraitReport


def traits_page(entity: EntityReport, report: Report, items: Items, lineage: Lineage) -> str:
    """What stands on the page, from its heading on."""
    lines = ["<h1>Traits and lineage</h1>"]
    lines.append(
        f'<p class="lead">A trait is a value that is computed for each {everyone(entity.entity, 1)}, such as a sum or '
        "the days since something. Segments are made of traits, and traits of sources.</p>"
    )
    lines += _picture(entity, report, items, lineage)
    lines.append("<h2>Traits</h2>")
    if not entity.traits:
        lines.append("<p>None yet: every rule looks into the sources itself.</p>")
    lines += [_trait(trait, entity, report, items) for trait in entity.traits]
    lines += _sources(entity)
    return "\n".join(lines)


def has_lineage(entity: EntityReport) -> bool:
    """Whether there is something to show: rules that rest on something."""
    return bool(entity.traits or entity.segments or entity.segmentations)


def _picture(entity: EntityReport, report: Report, items: Items, lineage: Lineage) -> Iterator[str]:
    picture = entity_picture(entity.entity, lineage, items, report.languages)
    yield "<h2>What rests on what</h2>"
    if picture is not None:
        yield (
            '<p class="soft note">From the left: sources, traits, segments and segmentations. Each box but those of '
            "sources is a link.</p>"
        )
        yield picture
    else:
        yield (
            f'<p class="soft">A picture of all of it would have more than {MOST_BOXES} boxes; the page of each segment '
            "has its own.</p>"
        )


def _trait(trait: TraitReport, entity: EntityReport, report: Report, items: Items) -> str:
    id = escape(anchor("trait", entity.entity, trait.name))
    named = named_in((trait.rule,), entity.entity, trait.uses, items, report.languages)
    said = (
        f'<p class="words" dir="auto">{escape(_sentence(value_words(trait.rule, entity.entity)))}</p>'
        if trait.rule is not None
        else '<p class="soft">It has an error, which stands under <a href="#findings">Findings</a>.</p>'
    )
    users = ", ".join(thing_html(thing, items, report.languages) for thing in trait.used_by)
    tests = f" · {len(trait.tests):,} {'test' if len(trait.tests) == 1 else 'tests'}" if trait.tests else ""
    return (
        f'<div class="trait" id="{id}"><h3>{name_html(trait.name)}</h3>\n{said}\n'
        f'<pre class="rule wrapped">{expression_html(trait.written, named)}</pre>\n'
        f'<p class="soft note">Used by {users or "nothing"}{tests}</p></div>'
    )


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _sources(entity: EntityReport) -> Iterator[str]:
    if entity.sources:
        yield "<h2>Sources</h2>\n<ul>"
        for source in entity.sources:
            yield f"<li>{name_html(source.thing.name)}: {_where(source)}"
        yield "</ul>"


def _where(source: Source) -> str:
    if source.stored is not None:
        return f"<code><bdi>{escape(source.stored)}</bdi></code>"
    bases = ", ".join(name_html(use.name) for use in source.uses if use.kind == "relation")
    return f"made from {bases}" if bases else "given by the engine"
