"""The documents as a JSON Schema, by which editors complete keys and mark wrong ones while a file is written."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable
from typing import Any

from segrules.language.types import Type
from segrules.project.documents import Document, ProjectDocument, SegmentsDocument, TestsDocument, one_or_more
from segrules.project.environment_document import EnvironmentDocument
from segrules.project.leaves import Located
from segrules.project.model import Range
from segrules.source import Fragment

FILES = (
    (ProjectDocument, "segrules.yml: entities, relations and where their data is"),
    (SegmentsDocument, "segments/*.yml: params, traits, segments and segmentations"),
    (TestsDocument, "tests/*.yml: given rows and expected members"),
    (EnvironmentDocument, "environments/*.yml: other params and sources where the project runs"),
)

_SCALAR: dict[str, Any] = {"type": ["string", "number", "boolean"]}
_LEAVES: tuple[tuple[Any, dict[str, Any]], ...] = (
    (Fragment, {**_SCALAR, "description": "a rule"}),
    (Located[str], {"type": ["string", "number"]}),
    (Located[Type], {"type": "string", "description": "integer, decimal, decimal(12,2), number, text, boolean, …"}),
    (int, {"type": "integer"}),
    (str, {"type": "string"}),
)


def json_schema() -> dict[str, Any]:
    """A schema that each kind of file fits."""
    definitions: dict[str, Any] = {}
    kinds = [_named(kind, definitions) | {"description": about} for kind, about in FILES]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "segrules",
        "anyOf": kinds,
        "$defs": definitions,
    }


def _named(kind: type[Document], definitions: dict[str, Any]) -> dict[str, Any]:
    """A reference to a document's schema, which is made once."""
    name = kind.__name__.removesuffix("Document")
    if name not in definitions:
        definitions[name] = {}  # documents hold documents of their own kind
        definitions[name] = _document(kind, definitions)
    return {"$ref": f"#/$defs/{name}"}


def _document(kind: type[Document], definitions: dict[str, Any]) -> dict[str, Any]:
    kind.model_rebuild()  # so that names of documents further down the file are known
    fields = [(field.alias or name, field) for name, field in kind.model_fields.items()]
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {name: _field(field, definitions) for name, field in fields},
        "additionalProperties": False,
    }
    required = [name for name, field in fields if field.is_required()]
    if required:
        schema["required"] = required
    has_short_form = any("short" in part.__dict__ for part in kind.__mro__ if part is not Document)
    return {"anyOf": [_SCALAR, schema]} if has_short_form else schema


def _field(field: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    return _with_one(_value(field.annotation, definitions), field.metadata)


def _with_one(schema: dict[str, Any], marks: Iterable[Any]) -> dict[str, Any]:
    """The schema of a list, with that of an item alone where the marks of its type say that it is enough."""
    is_one_enough = any(getattr(mark, "func", None) is one_or_more for mark in marks)
    return {"anyOf": [schema["items"], schema]} if is_one_enough else schema


def _value(annotation: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    """The schema of a field by its type; what only a validator of ours knows may be anything."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _with_one(_value(arguments[0], definitions), arguments[1:])
    if origin in (typing.Union, types.UnionType):
        choices = [_value(choice, definitions) for choice in arguments if choice is not type(None)]
        return choices[0] if len(choices) == 1 else {"anyOf": choices}
    if origin is dict:
        return {"type": ["object", "null"], "additionalProperties": _value(arguments[1], definitions)}
    if origin is list:
        return {"type": ["array", "null"], "items": _value(arguments[0], definitions)}
    if origin is typing.Literal:
        return {"enum": list(arguments)}
    if origin is tuple and arguments[0] is Range:
        return {"type": ["string", "number"], "description": "`1%..10%`, `100..`, `>= 100`"}
    if isinstance(annotation, type) and issubclass(annotation, Document):
        return _named(annotation, definitions)
    return next((schema for leaf, schema in _LEAVES if annotation == leaf), {})
