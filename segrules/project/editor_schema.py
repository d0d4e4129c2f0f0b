"""JSON Schema of the three kinds of files, for editors that complete keys and mark unknown ones while you type."""

from __future__ import annotations

from typing import Any

from segrules.project import documents

_FILES: dict[str, type[documents.Document]] = {
    "project": documents.ProjectDocument,
    "segments": documents.SegmentsDocument,
    "tests": documents.TestsDocument,
}
FILE_KINDS = tuple(_FILES)


def editor_schema(kind: str) -> dict[str, Any]:
    """The schema of segrules.yml (`project`), of segments/*.yml or of tests/*.yml. It knows keys, not expressions."""
    schema = _with_empty_values(_FILES[kind].model_json_schema(by_alias=True))
    schema["$defs"] = {name: _with_short_form(name, form) for name, form in schema.get("$defs", {}).items()}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": f"segrules {kind} file"}


def _with_empty_values(part: Any) -> Any:
    """The schema where a key may be written without a value, and without what only Python needs to know."""
    if isinstance(part, list):
        return [_with_empty_values(item) for item in part]
    if not isinstance(part, dict):
        return part
    result = {
        key: _names(value) if key in ("properties", "$defs") else _with_empty_values(value)
        for key, value in part.items()
        if key not in ("title", "default", "description")
    }
    if result.get("type") in ("object", "array"):
        result["type"] = [result["type"], "null"]
    return result


def _names(properties: dict[str, Any]) -> dict[str, Any]:
    return {name: _with_empty_values(form) for name, form in properties.items()}


def _with_short_form(name: str, form: dict[str, Any]) -> dict[str, Any]:
    """`country: text` for `country: {type: text}`, wherever a single value may stand for the mapping."""
    short = getattr(documents, name).short
    if short.__func__ is documents.Document.short.__func__:  # type: ignore[attr-defined]
        return form
    return {"anyOf": [{"type": ["string", "number", "boolean"]}, form]}
