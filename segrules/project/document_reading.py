"""A file's plain values as its document, and a finding for each that does not fit; documents are pydantic models."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from pydantic import ValidationError

from segrules.diagnostics import Diagnostic
from segrules.project.document_errors import Problem, findings_of, prune
from segrules.project.documents import Document
from segrules.project.leaves import Unfit
from segrules.project.plain import Entries, plain
from segrules.project.yaml_source import Node

AnyDocument = TypeVar("AnyDocument", bound=Document)


def read_document(
    kind: type[AnyDocument], node: Node, names: frozenset[str] = frozenset()
) -> tuple[AnyDocument | None, tuple[Diagnostic, ...], bool]:
    """A document of one kind, all that is wrong with it, and whether something was left out of it for that.

    `names` are those the project declares: an unknown key that is one of them gets help.
    """
    data = plain(node)
    findings: tuple[Diagnostic, ...] | None = None
    has_lost = False
    while True:
        try:
            return kind.model_validate(data), findings or (), has_lost
        except ValidationError as error:
            problems = [_problem(kind, details) for details in error.errors(include_url=False)]
        # What a second look complains of is the consequence of what was taken out after the first.
        if findings is None:
            findings = findings_of(node, problems, names)
        has_lost = has_lost or any(problem.kind != "extra_forbidden" for problem in problems)
        if not isinstance(data, Entries) or not prune(data, problems):
            return None, findings, True


_Place = tuple[int | str, ...]


def _problem(kind: type[Document], details: Any) -> Problem:
    place = tuple(part for part in details["loc"] if part not in ("stored relation", "derived relation"))
    error = details.get("ctx", {}).get("error")
    allowed = _keys_at(kind, details["loc"][:-1]) if details["type"] == "extra_forbidden" else ()
    return Problem(details["type"], place, error if isinstance(error, Unfit) else None, allowed)


def _keys_at(kind: Any, place: _Place) -> tuple[str, ...]:
    """The keys that the document at a place may have."""
    for part in place:
        kind = _inside(kind, part)
    return tuple(field.alias or name for name, field in _fields(_bare(kind)))


def _inside(kind: Any, part: int | str) -> Any:
    """The type of what stands under a key, at a number of a list, or of one member of a union."""
    kind = _bare(kind)
    if isinstance(kind, type) and issubclass(kind, Document):
        return next(field.annotation for name, field in _fields(kind) if part in (name, field.alias))
    members: tuple[Any, ...] = getattr(kind, "__args__", ())
    tagged = (member for member in members if any(getattr(mark, "tag", None) == part for mark in _marks(member)))
    return next(tagged, members[-1])


def _fields(kind: type[Document]) -> Iterable[tuple[str, Any]]:
    kind.model_rebuild()  # where pydantic has not had to look at its fields yet
    return kind.model_fields.items()


def _bare(kind: Any) -> Any:
    """A type without its validators, and without `None` beside it."""
    while True:
        members: tuple[Any, ...] = getattr(kind, "__args__", ())
        if _marks(kind):
            kind = kind.__origin__
        elif type(None) in members:
            kind = members[0]
        else:
            return kind


def _marks(kind: Any) -> tuple[Any, ...]:
    return getattr(kind, "__metadata__", ())
