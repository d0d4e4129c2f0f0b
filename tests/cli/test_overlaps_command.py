"""`segrules overlaps` on a made-up project: what it prints in each format, and how it exits."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from brute_prover import BruteProver

from segrules.cli.app import main
from segrules.workflows.proving import overlaps

FILES = {
    "segrules.yml": """\
segrules: 1
name: ร้าน & сын
as_of: 2026-01-31
entities:
  клиент:
    source: data/clients.csv
    key: код
    columns:
      код: integer
      возраст: {type: integer, min: 0, max: 9}
      страна: {type: text, values: [TH, RU]}
      вип: boolean
""",
    "segments/rules.yml": """\
entity: клиент
segments:
  взрослые: возраст >= 3
  ผู้ใหญ่: {when: возраст > 2, label: 'the "grown" & <old> \\N'}
  тайцы: {all: [страна == 'TH']}
  взрослые_тайцы: {all: [segments.взрослые, segments.тайцы]}
  никто: возраст > 5 and возраст < 6
  все: {any: [возраст is known, возраст is missing]}
  вип_без_страны: {when: вип and страна is missing}
segmentations:
  этап:
    stages: {дети: возраст < 3, средние: возраст < 7}
    otherwise: старшие
""",
    "data/clients.csv": "код,возраст,страна,вип\n1,4,TH,true\n2,8,TH,false\n3,,RU,\n4,1,TH,\n",
}


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(
        overlaps, "open_prover", lambda project, rules, moment, *_, **__: BruteProver(project, rules, moment)
    )
    return _written(tmp_path, FILES)


def _written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def _run(*words: object) -> int:
    with pytest.raises(SystemExit) as end:
        main([str(word) for word in words])
    assert isinstance(end.value.code, int)
    return end.value.code


def _printed(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    assert _run("overlaps", *words) == 0
    return capsys.readouterr().out


TEXT = """\
клиент: 10 segments, 45 pairs: 1 equal, 5 inside, 14 overlapping, 8 apart, 9 with nobody in one, 8 with everybody in one
as of 2026-01-31, proven with every row

nobody: no клиент can be in these
  никто

everybody: each клиент is in these
  все

equal: always the same members
  взрослые = ผู้ใหญ่

inside: all клиент of a segment are in the one above it
  взрослые
    взрослые_тайцы (also in тайцы)
    этап.средние

apart: no клиент is in two of these
  the stages of этап: дети, средние, старшие
  взрослые, and этап.дети
  тайцы, and вип_без_страны
"""


def test_what_it_prints(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    printed = _printed(capsys, shop)
    assert printed[: len(TEXT)] == TEXT
    assert re.search(
        r"""
  взрослые and тайцы
    in both           \{возраст: [3-9], страна: TH}
    only in взрослые  \{возраст: [3-9], страна: (RU|null)}
    only in тайцы     \{возраст: [0-2], страна: TH}
""",
        printed,
    )
    assert "more pairs" not in printed
    assert "not known" not in printed


def test_members_are_counted_where_data_is_asked_for(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    printed = _printed(capsys, "--data", shop)
    assert "as of 2026-01-31, proven with every row, counted on 4 rows" in printed
    assert "\n  взрослые and тайцы\n    2 in both, of 2 in взрослые and 3 in тайцы\n" in printed


def test_only_pairs_with_the_selected_ones(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = _json(capsys, "--select", "тайцы", "этап", shop)
    pairs = {(pair["first"], pair["second"]) for pair in found["pairs"]}
    chosen = {"тайцы", "этап.дети", "этап.средние", "этап.старшие"}
    assert len(pairs) == 45 - 15
    assert all({*pair} & chosen for pair in pairs)
    printed = _printed(capsys, "--select", "взрослые_тайцы", shop)
    assert "9 pairs" in printed
    assert "the stages of этап" not in printed


def _json(capsys: pytest.CaptureFixture[str], *words: object) -> dict[str, Any]:
    found = json.loads(_printed(capsys, "--format", "json", *words))
    assert found["findings"] == []
    (own,) = found["entities"]
    assert isinstance(own, dict)
    return own


def test_json_has_every_pair_with_rows_that_show_it(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = _json(capsys, "--data", shop)
    assert own["rows"] == 4
    who = {one["segment"]: (one["who"], one["members"]) for one in own["segments"]}
    assert who["никто"] == ("nobody", 0)
    assert who["все"] == ("everybody", 4)
    assert who["тайцы"] == ("some", 3)
    assert own["equal"] == [["взрослые", "ผู้ใหญ่"]]
    assert ["взрослые_тайцы", "тайцы"] in own["inside"]
    assert len(own["pairs"]) == 45
    for pair in own["pairs"]:
        shown = {name: own["examples"][at]["segments"] for name, at in pair["examples"].items() if at is not None}
        first, second = pair["first"], pair["second"]
        assert all(first in own and second in own for name, own in shown.items() if name == "both")
        assert all(first in own and second not in own for name, own in shown.items() if name == "only_first")
        assert all(first not in own and second in own for name, own in shown.items() if name == "only_second")
        if pair["relation"] == "overlapping":
            assert len(shown) == 3
        assert pair["members"] == 0 or pair["relation"] != "apart"
    relations = {(pair["first"], pair["second"]): pair["relation"] for pair in own["pairs"]}
    assert relations["взрослые", "ผู้ใหญ่"] == "equal"
    assert relations["тайцы", "взрослые_тайцы"] == "contains"
    assert relations["взрослые_тайцы", "все"] == "inside"


def test_the_graph_is_read_by_graphviz(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    printed = _printed(capsys, "--format", "dot", shop)
    assert 'n1 [label="взрослые\\nผู้ใหญ่\\nthe \\"grown\\" &amp; <old> \\\\N"];' in printed
    assert printed.count("style=dotted") == 11
    if shutil.which("dot") is None:
        pytest.skip("Graphviz is not installed")
    drawn = subprocess.run(
        ["dot", "-Tsvg"], input=printed, capture_output=True, check=True, text=True, encoding="utf-8"
    )
    texts = [text.text for text in ElementTree.fromstring(drawn.stdout).iter("{http://www.w3.org/2000/svg}text")]
    assert {"клиент", "взрослые", "ผู้ใหญ่", 'the "grown" & <old> \\N', "никто"} <= {*texts}


def test_the_page_loads_nothing_and_its_pictures_are_well_formed(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    printed = _printed(capsys, "--format", "html", shop)
    assert "<title>How the segments of ร้าน &amp; сын overlap</title>" in printed
    assert not re.search(r"<script|<link|url\(|href=|src=", printed)
    pictures = [ElementTree.fromstring(svg) for svg in re.findall(r"(?s)<svg.*?</svg>", printed)]
    assert [picture.get("class") for picture in pictures] == ["hasse", "matrix"]
    hasse, matrix = pictures
    assert {"взрослые", "тайцы", "этап.средние"} <= {*_texts(hasse)}
    assert "никто" in _texts(matrix)
    titles = [title.text for title in matrix.iter("{http://www.w3.org/2000/svg}title")]
    assert len(titles) == 1 + 10 * 9
    assert "взрослые = ผู้ใหญ่" in titles


def _texts(picture: ElementTree.Element) -> Iterator[str]:
    return iter([text.text or "" for text in picture.iter("{http://www.w3.org/2000/svg}text")])


def test_without_segments_there_is_nothing_to_say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = _written(tmp_path, {"segrules.yml": FILES["segrules.yml"]})
    assert _printed(capsys, folder) == "there are no segments\n"
    assert json.loads(_printed(capsys, "--format", "json", folder))["entities"] == []


def test_wrong_rules_exit_1_and_wrong_usage_2(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("overlaps", "--select", "тайци", shop) == 2
    assert "there is no segment `тайци`" in capsys.readouterr().err
    assert _run("overlaps", "--as-of", "tomorrow", shop) == 2
    (shop / "segments/rules.yml").write_text("segments: {a: возраст > 'x'}", "utf-8")
    assert _run("overlaps", shop) == 1
    (shop / "data/clients.csv").unlink()
    (shop / "segments/rules.yml").write_text("segments: {a: возраст > 1}", "utf-8")
    assert _run("overlaps", shop) == 0
    assert _run("overlaps", "--data", shop) == 2
