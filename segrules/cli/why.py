"""`segrules why`: what decides over one entity row, or over all."""

from __future__ import annotations

import sys
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from segrules.cli.arguments import PROJECT_FILE, AsOf, Env, Set, names_and_project, settings_of
from segrules.cli.reason_lines import INDENT, missed_words, plain_value, tree_lines
from segrules.cli.table import written_as_of
from segrules.cli.terminal import Paint, note_findings, out, paint_for, progress_bar
from segrules.cli.text import pad, safe, width

if TYPE_CHECKING:
    from segrules.project.environments import Settings
    from segrules.workflows.explaining.evidence import Evidence
    from segrules.workflows.explaining.explain import Explanation
    from segrules.workflows.explaining.nearest import Missed
    from segrules.workflows.explaining.reasons import Reason
    from segrules.workflows.explaining.values import Value
    from segrules.workflows.running import Refusal

MOST_TREES = 12
MOST_MISSED = 5


def why(
    key: Annotated[
        list[str] | None,
        typer.Argument(metavar="KEY [PROJECT]", help="The key of one entity row, and the project's folder."),
    ] = None,
    segment: Annotated[
        list[str] | None,
        typer.Option("--segment", metavar="NAME…", help="Only these segments and segmentations.", show_default="all"),
    ] = None,
    entity: Annotated[
        str | None, typer.Option(metavar="NAME", help="Whose key it is, where several entities have it.")
    ] = None,
    population: Annotated[
        bool,
        typer.Option("--population", help="Without KEY: how many rows each step of the rules leaves of all."),
    ] = False,
    as_of: AsOf = None,
    format: Annotated[Literal["text", "json"], typer.Option(help="How the answer is written.")] = "text",
    env: Env = None,
    sets: Set = None,
) -> None:
    """Show why one entity row is in its segments and not in others, clause by clause."""
    words = list(key or ())
    if population:
        names, folder = names_and_project(segment, words)
        _population(folder, names, entity, as_of, format, settings_of(env, sets))
    elif not words:
        raise typer.BadParameter("which row? give its key, or `--population` for all rows", param_hint="KEY")
    elif len(words) == 1 and (Path(words[0]) / PROJECT_FILE).exists() and not Path(PROJECT_FILE).exists():
        raise typer.BadParameter(f"which row? give its key before the folder `{words[0]}`", param_hint="KEY")
    else:
        names, folder = names_and_project(segment, words[1:])
        _row(words[0], folder, names, entity, as_of, format, settings_of(env, sets))


def _row(
    key: str,
    folder: Path,
    names: tuple[str, ...],
    entity: str | None,
    as_of: str | None,
    format: str,
    settings: Settings,
) -> None:
    from segrules.workflows.explaining.explain import why as run
    from segrules.workflows.running import Refusal

    rows_up_to = None if names or format == "json" else MOST_TREES
    found = run(folder, key, select=names, entity=entity, as_of=as_of, settings=settings, rows_up_to=rows_up_to)
    note_findings(found.findings, folder)
    if isinstance(found, Refusal):
        raise _refused(found, format)
    if format == "json":
        from segrules.cli.findings import to_json

        out(to_json(as_json(found)))
    else:
        out(as_text(found, paint_for(sys.stdout), is_selected=bool(names)))


def _population(
    folder: Path, names: tuple[str, ...], entity: str | None, as_of: str | None, format: str, settings: Settings
) -> None:
    from segrules.cli.funnel_lines import funnels_json, funnels_text
    from segrules.workflows.explaining.funnels import population as run
    from segrules.workflows.running import Refusal

    with progress_bar("counting") as progress:
        found = run(folder, select=names, entity=entity, as_of=as_of, settings=settings, progress=progress)
    note_findings(found.findings, folder)
    if isinstance(found, Refusal):
        raise _refused(found, format)
    if format == "json":
        from segrules.cli.findings import to_json

        out(to_json(funnels_json(found)))
    else:
        out(funnels_text(found, paint_for(sys.stdout)))


def _refused(refusal: Refusal, format: str) -> typer.Exit:
    """How a command ends that cannot answer: in JSON with the findings."""
    if format == "json":
        from segrules.cli.findings import place, to_json

        out(to_json({"findings": [place(finding) for finding in refusal.findings]}))
    return typer.Exit(refusal.exit_code)


def as_text(found: Explanation, paint: Paint, *, is_selected: bool) -> str:
    """The segments that the row is in and is not in, those that it missed most narrowly, and the trees."""
    head = f"{safe(found.entity)} {plain_value(found.key)}, as of {written_as_of(found.as_of)}"
    blocks = [paint(head, "bold"), *_memberships(found), *_missed(found.missed)]
    if is_selected or len(found.trees) <= MOST_TREES:
        blocks += ["\n".join(tree_lines(tree, paint)) for tree in found.trees]
    else:
        example = next((missed.segment for missed in found.missed), found.trees[0].clause.name)
        blocks.append(f"for the tree of a rule name it: --segment {safe(example)}")
    return "\n\n".join(blocks)


def _memberships(found: Explanation) -> list[str]:
    rated = [tree for tree in found.trees if tree.kind == "segment"]
    rows = [
        (word, ", ".join(safe(tree.clause.name) for tree in rated if tree.holds is held) or "none")
        for word, held in (("in", True), ("not in", False))
        if rated
    ]
    rows += [(safe(tree.clause.name), _label(tree)) for tree in found.trees if tree.kind == "segmentation"]
    widest = max((width(word) for word, _ in rows), default=0)
    return ["\n".join(f"{pad(word, widest)}  {said}" for word, said in rows)] if rows else []


def _label(tree: Reason) -> str:
    assert tree.value is not None
    label = tree.value.value
    if isinstance(label, tuple):
        return ", ".join(map(safe, label))
    return "no stage" if label is None else safe(label)


def _missed(missed: tuple[Missed, ...]) -> list[str]:
    if not missed:
        return []
    lines = ["missed, the nearest first"]
    for item in missed[:MOST_MISSED]:
        count = len(item.clauses)
        lines.append(f"{INDENT}{safe(item.segment)}, by {count} clause{'' if count == 1 else 's'}")
        lines += [f"{INDENT * 2}{missed_words(clause)}" for clause in item.clauses]
    if len(missed) > MOST_MISSED:
        lines.append(f"{INDENT}… and {len(missed) - MOST_MISSED} more")
    return ["\n".join(lines)]


def as_json(found: Explanation) -> dict[str, Any]:
    """The explanation as the command line reference gives it."""
    from segrules.cli.findings import place

    return {
        "entity": found.entity,
        "key_name": found.key_name,
        "key": plain_json(found.key),
        "as_of": found.as_of.isoformat(),
        "in": list(found.members),
        "not_in": list(found.others),
        "missed": [
            {"segment": item.segment, "clauses": [_json(clause, with_parts=False) for clause in item.clauses]}
            for item in found.missed
        ],
        "trees": [_json(tree) for tree in found.trees],
        "findings": [place(finding) for finding in found.findings],
    }


def _json(tree: Reason, *, with_parts: bool = True) -> dict[str, Any]:
    """A clause; what it has nothing of is left out."""
    clause, flip = tree.clause, tree.flip
    said: dict[str, Any] = {"kind": tree.kind, "text": clause.text}
    said |= {"name": clause.name} if clause.name else {}
    said |= {"holds": tree.holds} if tree.holds is not None else {}
    said |= {"value": _value(tree.value)} if tree.value is not None else {}
    said |= {"values": [{"text": item.text, "value": _value(item)} for item in tree.operands]} if tree.operands else {}
    said |= {"params": {item.text.removeprefix("params."): _value(item) for item in tree.params}} if tree.params else {}
    if flip is not None:
        names = ("operator", "bound", "to", "by")
        said["flip"] = {name: plain_json(getattr(flip, name)) for name in names}
    said |= {"rows": _rows(tree.rows)} if tree.rows is not None else {}
    said |= {"again": True} if clause.is_again else {}
    return said | ({"parts": [_json(part) for part in tree.parts]} if with_parts and tree.parts else {})


def _rows(rows: Evidence) -> dict[str, Any]:
    """The rows that an aggregate folded."""
    examples = [
        {
            "values": {value.text: _value(value) for value in row.values},
            "looked_at": row.looked_at,
            "taken": row.taken,
        }
        for row in rows.shown
    ]
    counts = {"rows": rows.rows, "looked_at": rows.looked_at, "taken": rows.taken}
    return {"relation": rows.relation, **counts, "examples": examples}


def _value(value: Value) -> Any:
    """A value in JSON; a length of time in seconds."""
    if value.type.kind.value == "duration" and isinstance(value.value, int):
        return value.value / 1_000_000
    return plain_json(value.value)


def plain_json(value: Any) -> Any:
    """Dates as texts, numbers as numbers, lengths of time in seconds."""
    match value:
        case date():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case tuple() | list():
            return [plain_json(item) for item in value]
        case None | bool() | int() | float() | str():
            return value
        case _:
            return str(value)
