"""What rules name, as it stands in a report: where it is explained, what it is called, what it is in a few words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from segrules.planning.renaming import Thing
from segrules.report.dashboard.anchors import anchor, link
from segrules.report.dashboard.labels import label_html, label_text, name_html, texts
from segrules.report.words import plain_words, value_words
from segrules.workflows.reporting.data import Report, SegmentationReport, SegmentReport, TraitReport

Item = SegmentReport | SegmentationReport | TraitReport
Items = Mapping[Thing, Item]
"""Everything in a report that rules can name."""

LONGEST = 240


def items_of(report: Report) -> dict[Thing, Item]:
    found: dict[Thing, Item] = {}
    for entity in report.entities:
        found |= {Thing(entity.entity, "trait", item.name): item for item in entity.traits}
        found |= {Thing(entity.entity, "segment", item.name): item for item in entity.segments}
        found |= {Thing(entity.entity, "segmentation", item.name): item for item in entity.segmentations}
    return found


def whole(thing: Thing) -> Thing:
    """The segmentation of a stage; everything else is itself."""
    return Thing(thing.entity, "segmentation", thing.name.partition(".")[0]) if thing.kind == "stage" else thing


def anchor_of(thing: Thing, items: Items) -> str | None:
    """Where a thing is explained in the report, if it is."""
    thing = whole(thing)
    if thing not in items:
        return None
    match thing.kind:
        case "segment":
            return anchor("segment", thing.entity, thing.name)
        case "segmentation":
            return anchor("segmentation", thing.entity, thing.name)
        case _:
            return anchor("trait", thing.entity, thing.name)


def thing_html(thing: Thing, items: Items, languages: Sequence[str]) -> str:
    """A thing by its label or name, as a link to where it is explained."""
    item = items.get(whole(thing))
    about = {} if item is None or isinstance(item, TraitReport) or thing.kind == "stage" else item.definition.about
    shown, at = label_html(about, languages, thing.name), anchor_of(thing, items)
    return link(at, shown) if at else name_html(thing.name)


def title_of(thing: Thing, items: Items, languages: Sequence[str]) -> str:
    """What a thing is, in a few words: for where the pointer rests on its name."""
    item = items.get(whole(thing))
    match item:
        case None:
            return ""
        case TraitReport(rule=None, text=text):
            return _short(text)
        case TraitReport(rule=rule) if rule is not None:
            return _short(value_words(rule, thing.entity))
    assert not isinstance(item, TraitReport)
    label = label_text(item.definition.about, languages, "")
    described = [text for _, text in texts(item.definition.about.get("description"), languages)[:1]]
    if not described and isinstance(item, SegmentReport) and item.rule is not None:
        described = [plain_words(item.rule, item.entity).text]
    return _short(": ".join(part for part in (label, *described) if part))


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
