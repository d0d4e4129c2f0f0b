"""The JSON Schema for editors takes what the loader takes, as far as keys go, and marks unknown keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from segrules.diagnostics import has_errors
from segrules.project.json_schema import json_schema
from segrules.project.loader import folder_reader, load

ROOT = Path(__file__).resolve().parents[2]
PROJECTS = sorted(
    {path.parent for path in (*ROOT.glob("examples/*/segrules.yml"), *ROOT.glob("tests/c*/*/segrules.yml"))}
)


DEFINITIONS = {"project": "Project", "segments": "Segments", "tests": "Tests", "environments": "Environment"}


def validator(kind: str) -> Draft202012Validator:
    """Of one kind of file: what the schema as a whole offers as one of several."""
    schema = json_schema()
    assert {"$ref": f"#/$defs/{DEFINITIONS[kind]}"}.items() <= schema["anyOf"][list(DEFINITIONS).index(kind)].items()
    return Draft202012Validator({"$ref": f"#/$defs/{DEFINITIONS[kind]}", "$defs": schema["$defs"]})


def as_plain(value: Any) -> Any:
    """Values as YAML 1.2 has them, but for numbers with fractions, which stay text."""
    if isinstance(value, dict):
        return {key: as_plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_plain(item) for item in value]
    return int(value) if value.isdecimal() and value.isascii() else value or None


def errors(kind: str, text: str) -> list[str]:
    return [error.message for error in validator(kind).iter_errors(as_plain(yaml.load(text, yaml.BaseLoader)))]


def test_it_is_json_schema() -> None:
    Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize("project", PROJECTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_projects_that_load_are_taken(project: Path) -> None:
    if has_errors(load(folder_reader(project))[1]):
        return  # what the loader refuses, the schema may refuse
    assert errors("project", (project / "segrules.yml").read_text(encoding="utf-8")) == []
    for kind in ("segments", "tests", "environments"):
        for path in sorted((project / kind).rglob("*.yml")):
            assert errors(kind, path.read_text(encoding="utf-8")) == [], path


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("project", "entites: {}"),
        ("project", "entities: {customer: {kee: id}}"),
        ("project", "entities: {customer: {columns: {age: {type: integer, mni: 0}}}}"),
        ("project", "relations: {orders: {source: {pth: a.csv}, key: a}}"),
        ("segments", "segment: {}"),
        ("segments", "segments: {vip: {wen: a > 1}}"),
        ("segments", "segments: {vip: {all: [{wen: a > 1}]}}"),
        ("tests", "cases: [{name: x, gvien: {}, expect: {}}]"),
        ("environments", "parms: {}"),
        ("environments", "sources: {customer: {pth: a.csv}}"),
    ],
)
def test_unknown_keys_are_marked(kind: str, text: str) -> None:
    assert errors(kind, text)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (
            "project",
            "entities: {customer: {source: a.csv, key: id, columns: {id: integer, age: {type: integer, min: 0}}}}",
        ),
        ("project", "entities:\n  customer:\n    key: id\n    columns:\n"),
        ("segments", "segments: {a: x > 1, b: {when: x > 1}, c: {any: [x > 1, {none: [y]}]}, d: true}"),
        ("segments", "traits:\nsegments: {a: x}\ncarry: [x]"),
    ],
)
def test_short_forms_and_empty_keys_are_taken(kind: str, text: str) -> None:
    assert errors(kind, text) == []
