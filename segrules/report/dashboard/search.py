"""What the search of a report looks through: one entry for each page or trait, as JSON for assets/report.js."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from segrules.project.model import Tree
from segrules.report.dashboard.anchors import Page, anchor
from segrules.report.dashboard.labels import owner_of, tags_of, texts
from segrules.workflows.reporting.data import Report, SegmentationReport, SegmentReport, TraitReport


def search_index(report: Report) -> list[dict[str, Any]]:
    """The entries, in the order of pages. id: where it leads. labels: by language. rule: the text that was written."""
    several = len(report.entities) > 1
    entries = []
    for entity in report.entities:
        found = [
            *(_segment(item, report.languages) for item in entity.segments),
            *(_segmentation(item, report.languages) for item in entity.segmentations),
            *(_trait(entity.entity, item) for item in entity.traits),
        ]
        entries += [{**entry, "entity": entity.entity} for entry in found] if several else found
    return [{key: value for key, value in entry.items() if value} for entry in entries]


def rule_texts(tree: Tree) -> Iterator[str]:
    """The expressions of a rule as written, in order."""
    if tree.when is not None:
        yield tree.when.text
    for item in tree.items:
        yield from rule_texts(item)


def script_json(value: Any) -> str:
    """JSON that may stand inside a `<script>`: nothing in it closes the element or begins a comment."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _segment(item: SegmentReport, languages: Sequence[str]) -> dict[str, Any]:
    rule = " ".join(rule_texts(item.definition.rule))
    return _entry("segment", item.entity, item.name, item.definition.about, rule, languages)


def _segmentation(item: SegmentationReport, languages: Sequence[str]) -> dict[str, Any]:
    rule = " ".join(word for stage in item.stages for word in (stage.label, stage.text or ""))
    return _entry("segmentation", item.entity, item.name, item.definition.about, rule, languages)


def _trait(entity: str, item: TraitReport) -> dict[str, Any]:
    return {"id": anchor("trait", entity, item.name), "kind": "trait", "name": item.name, "rule": item.text}


def _entry(
    kind: Page, entity: str, name: str, about: Mapping[str, Any], rule: str, languages: Sequence[str]
) -> dict[str, Any]:
    words = [about.get(key) for key in ("description", "persona", "channel", "message")]
    return {
        "id": anchor(kind, entity, name),
        "kind": kind,
        "name": name,
        "labels": texts(about.get("label"), languages),
        "owner": owner_of(about),
        "tags": tags_of(about),
        "words": " ".join(text for word in words for _, text in texts(word, languages)),
        "rule": rule,
    }
