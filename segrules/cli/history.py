"""`segrules history`, `members`, `moves`, `backfill` and `forget`: recorded runs told, added and rid of a customer."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from segrules.cli.arguments import Env, MemoryLimit, Project, Set, named_folder, project_folder, settings_of
from segrules.cli.findings import to_json
from segrules.cli.terminal import note, note_findings, out, paint_for, progress_bar
from segrules.cli.text import safe

if TYPE_CHECKING:
    from segrules.workflows.history.forgetting import Forgotten
    from segrules.workflows.history.reading import PastMembers, PastMoves
    from segrules.workflows.running import Refusal

OfProject = Annotated[Path, typer.Option("--project", metavar="DIR", help="The project's folder.", show_default=".")]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="DIR",
        help="Where `apply` writes, and what is recorded.",
        show_default="PROJECT/out",
        parser=named_folder,
    ),
]
Entity = Annotated[str | None, typer.Option(metavar="NAME", help="Whose it is, where several entities have it.")]
Format = Literal["text", "json"]


def history(
    segment: Annotated[str | None, typer.Option(metavar="NAME", help="One segment or stage, run by run.")] = None,
    entity: Entity = None,
    project: OfProject = Path(),
    out_folder: Out = None,
    format: Annotated[Format, typer.Option(help="How it is written.")] = "text",
) -> None:
    """Show how segments grew and shrank from recorded run to run."""
    from segrules.cli.history_table import history_json, history_table, segment_json, segment_table
    from segrules.diagnostics import Diagnostic
    from segrules.workflows.history.reading import known_segment, recorded_runs
    from segrules.workflows.running import Refusal

    folder = project_folder(project)
    found = recorded_runs(out_folder or folder / "out")
    if isinstance(found, Refusal):
        raise _refused(found, folder)
    if segment is None:
        if entity not in (None, *found.runs[-1].entities):
            message = f"no entity `{entity}` is recorded"
            raise _refused(Refusal((Diagnostic("unknown-entity", message),), 2), folder)
        paint = paint_for(sys.stdout)
        out(to_json(history_json(found, entity)) if format == "json" else history_table(found, paint, entity))
        return
    name = known_segment(found, segment, entity)
    if not isinstance(name, tuple):
        raise _refused(Refusal((name,), 2), folder)
    out(to_json(segment_json(found, name)) if format == "json" else segment_table(found, name, paint_for(sys.stdout)))


def members(
    segment: Annotated[str, typer.Argument(metavar="SEGMENT", help="A segment, or a stage such as lifecycle.new.")],
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE", help="The last recorded run up to then.", show_default="the last run")
    ] = None,
    entity: Entity = None,
    project: OfProject = Path(),
    out_folder: Out = None,
    format: Annotated[Literal["text", "csv", "json"], typer.Option(help="How keys are written.")] = "text",
) -> None:
    """Print who was in a segment as of a day: the keys, in order."""
    from segrules.workflows.history.reading import past_members
    from segrules.workflows.running import Refusal

    folder = project_folder(project)
    found = past_members(out_folder or folder / "out", segment, entity=entity, as_of=as_of)
    if isinstance(found, Refusal):
        raise _refused(found, folder)
    if format == "json":
        out(to_json(_members_json(found)))
        return
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    if format == "csv":
        writer.writerow([found.run.entities[found.segment[0]].key])
    writer.writerows([_plain(key)] for key in found.keys)
    if text := lines.getvalue().removesuffix("\n"):
        out(text)
    note(f"{len(found.keys):,} in `{found.segment[1]}`, as of {found.run.given.isoformat()}")


def moves(
    segmentation: Annotated[str, typer.Argument(metavar="SEGMENTATION", help="Whose stages.")],
    start: Annotated[
        str | None,
        typer.Option("--from", metavar="DATE", help="Where they start.", show_default="the first run that has it"),
    ] = None,
    end: Annotated[
        str | None, typer.Option("--to", metavar="DATE", help="Where they end.", show_default="the last run")
    ] = None,
    entity: Entity = None,
    project: OfProject = Path(),
    out_folder: Out = None,
    format: Annotated[Format, typer.Option(help="How it is written.")] = "text",
) -> None:
    """Show who moved from stage to stage between two recorded runs: from rows to columns."""
    from segrules.cli.history_table import moves_table
    from segrules.workflows.history.reading import past_moves
    from segrules.workflows.running import Refusal

    folder = project_folder(project)
    found = past_moves(out_folder or folder / "out", segmentation, entity=entity, start=start, end=end)
    if isinstance(found, Refusal):
        raise _refused(found, folder)
    out(to_json(_moves_json(found)) if format == "json" else moves_table(found, paint_for(sys.stdout)))


def backfill(
    project: Project = Path(),
    start: Annotated[str, typer.Option("--from", metavar="DATE", help="The first day.")] = "",
    end: Annotated[
        str | None,
        typer.Option("--to", metavar="DATE", help="The last day.", show_default="`as_of` of segrules.yml, else today"),
    ] = None,
    every: Annotated[str, typer.Option(metavar="STEP", help="From run to run: day, week, 2 weeks, month, …")] = "week",
    out_folder: Out = None,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Use nothing that is recorded; keep it beside what is made anew.")
    ] = False,
    memory_limit: MemoryLimit = None,
    env: Env = None,
    sets: Set = None,
) -> None:
    """Record the past: the rules and data of today as of one day after another."""
    if not start:
        raise typer.BadParameter("the first day is missing: --from 2025-01-01", param_hint="--from")
    from segrules.workflows.history.backfilling import backfill as run
    from segrules.workflows.running import Refusal

    folder = project_folder(project)
    target = out_folder or folder / "out"
    with progress_bar("replaying") as progress:
        done = run(
            folder,
            target,
            start=start,
            end=end,
            every=every,
            rebuild=rebuild,
            settings=settings_of(env, sets),
            memory_limit=memory_limit,
            progress=progress,
        )
    if isinstance(done, Refusal):
        raise _refused(done, folder)
    note_findings(done.findings, folder)
    if done.kept is not None:
        note(f"what was recorded is kept in {done.kept}")
    if done.dropped:
        many = "1 day was" if done.dropped == 1 else f"{done.dropped:,} days were"
        note(f"{many} computed and left out: `keep` of segrules.yml says how long runs are kept")
    first, last = done.moments[0].isoformat(), done.moments[-1].isoformat()
    many = "1 run" if len(done.moments) == 1 else f"{len(done.moments):,} runs"
    out(f"{many} recorded, {first} to {last}" if first != last else f"{many} recorded, of {first}")


def forget(
    key: Annotated[str, typer.Argument(metavar="KEY", help="The key of the one to forget, such as 4711.")],
    entity: Entity = None,
    project: OfProject = Path(),
    out_folder: Out = None,
) -> None:
    """Take every trace of one customer out of members and recorded runs."""
    from segrules.workflows.history.forgetting import forget as run
    from segrules.workflows.running import Refusal

    folder = project_folder(project)
    target = out_folder or folder / "out"
    done = run(folder, target, key, entity=entity)
    if isinstance(done, Refusal):
        raise _refused(done, folder)
    note_findings(done.findings, folder)
    for line in _forgotten_lines(done, key, target):
        out(line)
    if not done.files or done.findings:
        raise typer.Exit(1)


def _forgotten_lines(done: Forgotten, key: str, target: Path) -> list[str]:
    if not done.files:
        lines = [f"`{safe(key)}` is the key of nobody in {target}: nothing was changed"]
    else:
        many = "1 file" if len(done.files) == 1 else f"{len(done.files):,} files"
        lines = [f"{safe(done.entity or '')} `{safe(key)}` was in {many} below {target}, and is in none of them now"]
        lines.append("the sizes of recorded runs are counted without it")
        if done.page is not None:
            lines.append(f"{done.page} was made before: `segrules report` makes it anew")
    for place in done.named:
        lines.append(f"still named in {safe(place.path)}{'' if place.line is None else f', line {place.line}'}")
    if done.files:
        lines.append(
            "the sources are as they were: delete the rows of this key there, or the next run brings them back"
        )
    return lines


def _refused(refusal: Refusal, folder: Path) -> typer.Exit:
    note_findings(refusal.findings, folder)
    return typer.Exit(refusal.exit_code)


def _members_json(found: PastMembers) -> dict[str, Any]:
    entity, segment = found.segment
    keys = [key if isinstance(key, int | str) else _plain(key) for key in found.keys]
    return {"segment": segment, "entity": entity, "as_of": found.run.given.isoformat(), "members": keys}


def _moves_json(found: PastMoves) -> dict[str, Any]:
    entity, segmentation = found.segmentation
    return {
        "segmentation": segmentation,
        "entity": entity,
        "from": found.start.given.isoformat(),
        "to": found.end.given.isoformat(),
        "moves": [{"from": was, "to": now, "rows": many} for (was, now), many in _in_order(found)],
    }


def _in_order(found: PastMoves) -> list[tuple[tuple[str | None, str | None], int]]:
    places = {label: place for place, label in enumerate(found.labels)}
    return sorted(found.counts.items(), key=lambda item: (places[item[0][0]], places[item[0][1]]))


def _plain(key: object) -> str:
    return str(key)
