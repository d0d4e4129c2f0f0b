"""`segrules test --suggest`: examples that no test has yet, printed or put beside their rules."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from segrules.cli.file_changes import rewrite
from segrules.cli.findings import Format, to_json
from segrules.cli.mutation import refuse_failing
from segrules.cli.terminal import note, out, shown_path
from segrules.cli.text import safe

if TYPE_CHECKING:
    from segrules.project.environments import Settings
    from segrules.workflows.mutating.suggestions import Suggestion, SuggestionReport


def suggest(folder: Path, name: str | None, settings: Settings, format: Format, write: bool) -> NoReturn:
    """Suggests examples, and with `write` puts them into the files."""
    from segrules.project.loader import folder_reader
    from segrules.workflows.mutating.suggestions import changes_for, run_suggestions

    if format not in ("text", "json"):
        raise typer.BadParameter("with --suggest it is text or json", param_hint="--format")
    read = folder_reader(folder)
    found = run_suggestions(read, name=name, settings=settings)
    refuse_failing(found.tests, folder, "no example was suggested")
    if name is not None and not found.is_known:
        raise typer.BadParameter(f"no segment has examples called `{name}`", param_hint="-k")
    if not write:
        out(to_json(as_json(found)) if format == "json" else as_text(found.suggestions, folder))
        _note_others(found)
        raise typer.Exit(0)
    changes, refused = changes_for(read, found, settings)
    for change in changes:
        if rewrite(folder / change.path, change.before, change.after):
            note(f"{shown_path(change.path, folder)}: examples put in")
        else:
            note(f"{shown_path(change.path, folder)} was changed meanwhile and is left as it is")
    if format == "json":
        out(to_json({**as_json(found), "written": [change.path for change in changes]}))
    elif refused:
        note("these find no place of their own in their files; write each rule in lines, with `when:`, or paste them")
        out(as_text(refused, folder))
    _note_others(found)
    raise typer.Exit(0)


def _note_others(found: SuggestionReport) -> None:
    """Says for how many segments no example is suggested because their rules ask for rows of relations and the like."""
    if found.others:
        several = len(found.others) != 1
        what = f"{len(found.others):,} segments ask" if several else f"`{found.others[0].name}` asks"
        note(f"{safe(what)} for rows of relations, stages or ranks, which an example cannot give: name these as traits")


def as_text(suggestions: Sequence[Suggestion], folder: Path) -> str:
    """Each segment with its place, and the YAML to paste below it."""
    from segrules.workflows.mutating.example_edits import block

    if not suggestions:
        return "no example is missing"
    blocks = []
    for item in suggestions:
        span = item.segment.span
        assert span is not None
        line, column = span.file.position(span.start)
        head = f"{shown_path(span.file.path, folder)}:{line}:{column} {safe(item.segment.name)}"
        blocks.append("\n".join([head, *(safe(text) for text in block(item.taken, item.left, "    "))]))
    return "\n\n".join(blocks)


def as_json(found: SuggestionReport) -> dict[str, Any]:
    """The suggestions as YAML by segment, and the segments that no example can be suggested for."""
    from segrules.workflows.mutating.example_edits import block

    entries = []
    for item in found.suggestions:
        span = item.segment.span
        assert span is not None
        entry = {"segment": item.segment.name, "entity": item.segment.entity, "file": span.file.path}
        entry |= {"yaml": "\n".join(block(item.taken, item.left))}
        entries.append({**entry, "line": span.file.position(span.start)[0]})
    return {"suggestions": entries, "others": [item.name for item in found.others]}
