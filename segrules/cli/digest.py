"""`segrules report --since`: what changed, as Markdown and as the body of an e-mail, and as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from segrules.cli.findings import place

if TYPE_CHECKING:
    from segrules.workflows.reporting.data import Moves
    from segrules.workflows.reporting.digest import Digest, Grown
    from segrules.workflows.reporting.edits import Edit

MARKDOWN_FILE, HTML_FILE = "digest.md", "digest.html"


def files(found: Digest, out: Path) -> dict[Path, bytes]:
    """The files of a digest, each with its content."""
    from segrules.report.digest_html import html
    from segrules.report.digest_markdown import markdown

    texts = {out / MARKDOWN_FILE: markdown(found), out / HTML_FILE: html(found)}
    return {path: text.encode("utf-8", "surrogateescape") for path, text in texts.items()}


def as_json(found: Digest) -> dict[str, Any]:
    """Everything that a digest says, for programs."""
    return {
        "project": found.project,
        "from": found.start.isoformat(),
        "to": found.end.isoformat(),
        "entities": [
            {"entity": own.entity, "before": own.before, "rows": own.rows, "entered": own.came, "left": own.went}
            for own in found.entities
        ],
        "segments": [_segment(one) for one in found.segments],
        "rules": [_edit(edit) for edit in found.edits],
        "moves": [_moves(entity, moves) for entity, _, moves in found.moves],
        "findings": [place(finding) for finding in found.findings],
    }


def _segment(one: Grown) -> dict[str, Any]:
    return {
        "segment": one.name,
        "entity": one.entity,
        "before": one.before,
        "members": one.members,
        "share": one.members / one.rows if one.members is not None and one.rows else None,
        "called_before": one.called,
        "entered": {"customer": one.entered, "rule": one.entered_by_rule},
        "left": {"customer": one.left, "rule": one.left_by_rule},
        "jump": None if one.jump is None else {"change": one.jump.change, "usual": one.jump.usual},
        "unmet": [{"measure": expected.measure, "expected": expected.text} for expected in one.unmet],
    }


def _edit(edit: Edit) -> dict[str, Any]:
    thing = edit.thing
    return {thing.kind: thing.name, "entity": thing.entity, "before": edit.before, "now": edit.now}


def _moves(entity: str, moves: Moves) -> dict[str, Any]:
    counts = [{"from": was, "to": now, "rows": many} for (was, now), many in moves.counts.items()]
    return {"segmentation": moves.segmentation, "entity": entity, "moves": counts}
