"""What holds for the canonical text of any file: it says the same, has all comments once, and stays as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from memory_reader import MemoryReader
from rule_texts import ROOT, Text, disturbed, is_readable, texts
from syntax_trees import expressions

from segrules.language import format_expression, syntax
from segrules.project import documents
from segrules.project.document_reading import read_document
from segrules.project.environment_document import EnvironmentDocument
from segrules.project.layout import canonical
from segrules.project.layout.meaning import says_the_same
from segrules.project.layout.shapes import SHAPES, Keys, shape_of_file
from segrules.project.model import Rules
from segrules.project.reader import folder_reader
from segrules.project.yaml_source import read_yaml
from segrules.workflows.format import format_project
from segrules.workflows.validate import validate


@given(st.sampled_from(texts()), st.integers(0, 2**32))
def test_a_file_in_any_order_keeps_its_meaning_and_its_comments(text: Text, seed: int) -> None:
    (path, written), remarks = disturbed(text, Random(seed))
    found = canonical(path, written)
    assert found.is_safe
    for remark in remarks:
        assert found.text.count(remark) == 1
    before, _ = read_yaml(path, written)
    after, wrong = read_yaml(path, found.text)
    assert before is not None
    assert after is not None
    assert wrong == ()
    assert says_the_same(before, after, shape_of_file(path))
    assert canonical(path, found.text).text == found.text


@given(st.sampled_from(texts()), st.integers(0, 2**32))
def test_line_ends_do_not_matter(text: Text, seed: int) -> None:
    (path, written), _ = disturbed(text, Random(seed))
    windows = canonical(path, written.replace("\n", "\r\n")).text
    assert windows.replace("\r\n", "\n") == canonical(path, written).text
    assert "\n" not in windows.replace("\r\n", "")


@given(st.text("a:-? \n#'\"[]{},&*!|>%01", max_size=60))
def test_any_text_is_safe(text: str) -> None:
    found = canonical("segments/a.yml", text)
    assert found.is_safe
    assert canonical("segments/a.yml", found.text).text == found.text


PROJECTS = sorted(
    path.parent for folder in ("examples", "tests/cases") for path in ROOT.glob(f"{folder}/**/segrules.yml")
)


@pytest.mark.parametrize("folder", PROJECTS, ids=lambda path: path.name)
def test_a_project_has_the_same_rules_and_tests_in_canonical_text(folder: Path) -> None:
    read = folder_reader(folder)
    files, findings = format_project(read)
    assert findings == ()
    assert all(file.is_safe for file in files)
    lists = {path: read.text(path) for path in read.list("lists", (".csv", ".txt"))}
    texts_before = {**lists, **{file.path: file.before for file in files}}
    texts_after = {**lists, **{file.path: file.after for file in files}}
    before, after = (validate(MemoryReader(texts)) for texts in (texts_before, texts_after))
    assert _meant(before.rules) == _meant(after.rules)
    assert [(case.name, case.as_of) for case in before.cases] == [(case.name, case.as_of) for case in after.cases]
    told = [sorted(finding.message for finding in found.findings) for found in (before, after)]
    assert told[0] == told[1]


EXAMPLES = [folder for folder in PROJECTS if "examples" in folder.relative_to(ROOT).parts]


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda path: path.name)
def test_the_examples_are_in_canonical_text(folder: Path) -> None:
    files, _ = format_project(folder_reader(folder))
    assert [file.path for file in files if file.before != file.after] == []


def _meant(rules: Mapping[str, Rules]) -> dict[str, Rules]:
    """The rules without what derived relations and `value` were made from; what these mean stands beside it."""
    return {
        name: replace(
            own, relations={key: replace(relation, making=None, value=None) for key, relation in own.relations.items()}
        )
        for name, own in rules.items()
    }


KINDS = {
    "project": (documents.ProjectDocument,),
    "table": (documents.EntityDocument, documents.RelationDocument, documents.LookupDocument),
    "derived relation": (documents.DerivedRelationDocument,),
    "value": (documents.ValueDocument,),
    "source": (documents.SourceDocument,),
    "format": (documents.FormatDocument,),
    "column": (documents.ColumnDocument,),
    "limits": (documents.LimitsDocument,),
    "history": (documents.HistoryDocument,),
    "approval": (documents.ApprovalDocument,),
    "segments file": (documents.SegmentsDocument,),
    "segment": (documents.SegmentDocument,),
    "tree": (documents.TreeDocument,),
    "expectations": (documents.ExpectDocument,),
    "examples": (documents.ExamplesDocument,),
    "segmentation": (documents.SegmentationDocument,),
    "assertion": (documents.AssertionDocument,),
    "tests file": (documents.TestsDocument,),
    "case": (documents.CaseDocument,),
    "environment": (EnvironmentDocument,),
}


@pytest.mark.parametrize("name", [name for name, shape in SHAPES.items() if isinstance(shape, Keys)])
def test_every_key_of_the_files_has_its_place(name: str) -> None:
    shape = SHAPES[name]
    assert isinstance(shape, Keys)
    keys = {field.alias or key for kind in KINDS[name] for key, field in kind.model_fields.items()}
    assert set(shape.order) == keys


def test_documents_do_not_see_the_order_of_keys() -> None:
    texts = ("segments:\n  a: {label: A, when: x}\n", "segments:\n  a: {when: x, label: A}\n")
    roots = [read_yaml("segments/a.yml", text)[0] for text in texts]
    documents_read = [read_document(documents.SegmentsDocument, root)[0] for root in roots if root is not None]
    segments = [document.segments["a"] for document in documents_read if document is not None]  # type: ignore[index]
    assert segments[0].about() == segments[1].about() == {"label": "A"}


STYLES = ("plain", "single", "double", "folded", "literal", "broken", "in braces")


@given(expressions(), st.sampled_from(STYLES), st.integers(0, 130), st.randoms(use_true_random=False))
def test_a_rule_in_any_style_stays_the_same_rule(tree: syntax.Expression, style: str, key: int, random: Random) -> None:
    text = re.sub(" (?=(?:[^'\"]|'[^']*'|\"[^\"]*\")*$)", lambda _: " " * random.randint(1, 3), format_expression(tree))
    written = f"segments:\n  {'k' * key}k{_in_style(text, style)}\n  other: x\n"
    if not is_readable(written):
        return
    found = canonical("segments/a.yml", written)
    assert found.is_safe
    assert canonical("segments/a.yml", found.text).text == found.text
    before, after = (read_yaml("segments/a.yml", file)[0] for file in (written, found.text))
    assert before is not None
    assert after is not None
    assert says_the_same(before, after, shape_of_file("segments/a.yml"))


def _in_style(text: str, style: str) -> str:
    match style:
        case "single":
            return ": '" + text.replace("'", "''") + "'"
        case "double":
            return ': "' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case "folded":
            return f": >-\n    {text}"
        case "literal":
            return f": |\n      {text}"
        case "broken":
            return f": {text}".replace(" and ", "\n    and ")
        case "in braces":
            return f": {{label: A, when: {text}}}"
        case _:
            return f":   {text}"
