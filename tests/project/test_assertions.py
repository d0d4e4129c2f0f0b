"""`prove` of rule files: assertions as the project has them, and findings at the very words."""

from __future__ import annotations

import re

import pytest
from memory_reader import SHOP, MemoryReader, all_findings, loaded, shown

from segrules.project.loader import load
from segrules.project.resolve import resolve

RULES = """\
segments:
  vip: age > 60
  old: age > 50
segmentations:
  lifecycle: {stages: {young: age < 20, ลูกค้า: age < 40}, otherwise: rest}
"""


def findings(prove: str, rules: str = RULES) -> list[str]:
    return [_without_place(line) for line in all_findings(f"{rules}prove:\n{prove}\n")]


def _without_place(line: str) -> str:
    return re.sub(r" at \d+:\d+ on '([^']*)'", r" `\1`", line)


def test_assertions_keep_their_names_and_where_they_stand() -> None:
    prove = "- disjoint: [vip, lifecycle.young]\n  because: of age\n- covers: lifecycle\n- equal: [old, old2, vip]\n"
    found = loaded(f"{RULES}prove:\n{prove}").assertions
    assert [(item.claim, item.entity, item.because) for item in found] == [
        ("disjoint", "customer", "of age"),
        ("covers", "customer", None),
        ("equal", "customer", None),
    ]
    assert [[name.name for name in item.names] for item in found] == [
        ["vip", "lifecycle.young"],
        ["lifecycle"],
        ["old", "old2", "vip"],
    ]
    assert [name.span.text for name in found[0].names] == ["vip", "lifecycle.young"]
    assert [item.span.text for item in found] == ["disjoint", "covers", "equal"]


def test_one_assertion_needs_no_list_around_it() -> None:
    assert [item.claim for item in loaded(RULES + "prove: {inside: [vip, old]}\n").assertions] == ["inside"]
    assert loaded(RULES + "prove:\n").assertions == ()


@pytest.mark.parametrize(
    "prove",
    [
        "- {disjoint: [vip, lifecycle.rest, lifecycle.young]}",
        "- {inside: [vip, old]}",
        "- {covers: [lifecycle]}",
        "- {covers: [vip]}",
        "- {covers: [lifecycle, vip, lifecycle.young]}",
        "- {equal: [lifecycle.ลูกค้า, old], because: ทดสอบ}",
    ],
)
def test_segments_stages_and_segmentations_can_be_named(prove: str) -> None:
    assert findings(prove) == []


@pytest.mark.parametrize(
    ("prove", "message"),
    [
        ("- {disjoint: [vip, olt]}", "unknown-segment `olt`: there is no segment or stage `olt`"),
        ("- {covers: [lifecylce]}", "unknown-segment `lifecylce`: there is no segment, stage or segmentation"),
        ("- {inside: [segments.vip, old]}", "unknown-segment `segments.vip`: there is no segment or stage"),
        ("- {inside: [vip, lifecycle.yung]}", "unknown-segment `lifecycle.yung`: there is no segment or stage"),
        ("- {inside: [vip, lifecycle]}", "wrong-value `lifecycle`: `lifecycle` is a segmentation, and `inside` is"),
        ("- {disjoint: [vip]}", "wrong-value `vip`: `disjoint` says that no row is in two of several segments"),
        ("- {equal: vip}", "wrong-value `vip`: `equal` says that several segments have the same rows"),
        ("- {covers: []}", "wrong-value `covers`: `covers` says that every row is in one of the segments"),
        ("- {equal: [vip, old, vip]}", "wrong-value `vip`: `vip` stands twice here"),
        ("- {because: so}", "missing-key"),
        (
            "- {equal: [vip, old], inside: [vip, old]}",
            "wrong-value `inside`: one entry of `prove` has `equal` and `inside`",
        ),
        ("- {equals: [vip, old]}", "unknown-key `equals`: `equals` is not a key"),
        ("- vip", "wrong-value `vip`"),
        ("- {equal: {vip: old}}", "wrong-value"),
    ],
)
def test_what_says_nothing_is_found_at_its_words(prove: str, message: str) -> None:
    found = findings(prove)
    assert found
    assert found[0].startswith(message)


def test_a_segment_with_findings_is_there_nevertheless() -> None:
    broken = "segments: {vip: {all: []}, old: age >}\nsegmentations: {life: {stages: 1}}\n"
    found = findings("- {disjoint: [vip, old, life.new]}\n- {covers: life}", broken)
    assert [item.partition(" ")[0] for item in found] == ["empty-list", "syntax", "wrong-value"]


def test_what_another_entity_has_is_called_so() -> None:
    project = SHOP.replace(
        "relations:\n", "  firm: {source: f.csv, key: id, columns: {id: integer}}\nrelations:\n"
    ).replace("  orders:\n", "  orders:\n    of: customer\n")
    text = "entity: firm\nsegments: {big: id > 9}\nprove: [{disjoint: [big, vip]}]\n"
    files = {"segrules.yml": project, "segments/a.yml": "entity: customer\n" + RULES, "segments/b.yml": text}
    found, loading = load(MemoryReader(files))
    assert found is not None
    wrong = (*loading, *resolve(found)[1])
    assert list(map(_without_place, shown(wrong))) == [
        "unknown-segment `vip`: `vip` is of `customer`, and this file is about `firm`"
    ]
    assert (
        wrong[0].help == "an entry of `prove` is about rows of one entity: write it in a file with `entity: customer`"
    )
