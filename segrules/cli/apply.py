"""`segrules count` and `segrules apply`: how many members each segment has, and who they are."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from segrules.cli.arguments import (
    AsOf,
    Engine,
    Env,
    MemoryLimit,
    NamesAndProject,
    Select,
    Set,
    named_folder,
    names_and_project,
    settings_of,
)
from segrules.cli.findings import Format, place, to_json, written
from segrules.cli.terminal import note, note_findings, out, paint_for, progress_bar

if TYPE_CHECKING:
    from segrules.workflows.outcome import Outcome


To = Annotated[
    str | None,
    typer.Option(
        metavar="TARGET",
        help="Write members there: postgresql://user@host/database/schema.table, spark:database.table, files.",
        show_default=False,
    ),
]
Mode = Annotated[
    Literal["replace", "append", "delta"],
    typer.Option(help="With --to: the members of now, those of each as-of, or who entered and left."),
]

Backfill = Annotated[
    bool, typer.Option("--backfill", help="Record also a day before recorded ones, which are computed anew.")
]


def count(
    project: NamesAndProject = None,
    as_of: AsOf = None,
    select: Select = None,
    format: Annotated[Format, typer.Option(help="How counts and findings are written.")] = "text",
    out_folder: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="DIR", help="Where the last run wrote, to tell changes.", show_default="PROJECT/out"
        ),
    ] = None,
    engine: Engine = None,
    memory_limit: MemoryLimit = None,
    env: Env = None,
    sets: Set = None,
) -> None:
    """Print how many members each segment has; write nothing."""
    names, folder = names_and_project(select, project)
    from segrules.workflows.apply import count as run

    with progress_bar("counting") as progress:
        outcome = run(
            folder,
            as_of=as_of,
            select=names,
            settings=settings_of(env, sets),
            out=out_folder,
            engine=engine,
            memory_limit=memory_limit,
            progress=progress,
        )
    _show(outcome, folder, format, command="count")


def apply(
    project: NamesAndProject = None,
    out_folder: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="DIR", help="Where members are written.", show_default="PROJECT/out", parser=named_folder
        ),
    ] = None,
    as_of: AsOf = None,
    select: Select = None,
    layout: Annotated[Literal["long", "wide", "files"], typer.Option(help="How members are laid out.")] = "long",
    format: Annotated[Literal["parquet", "csv", "json"], typer.Option(help="The files' format.")] = "parquet",
    sort: Annotated[bool, typer.Option("--sort", help="Write rows by key, in long files by segment and key.")] = False,
    to: To = None,
    mode: Mode = "replace",
    engine: Engine = None,
    allow_breach: Annotated[bool, typer.Option("--allow-breach", help="Write although an `expect` is broken.")] = False,
    record: Annotated[
        bool, typer.Option("--record", help="Record who entered and left, as `history` of segrules.yml does always.")
    ] = False,
    backfill: Backfill = False,
    memory_limit: MemoryLimit = None,
    env: Env = None,
    sets: Set = None,
    json: Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")] = False,
    findings: Annotated[
        Format, typer.Option("--findings", help="How findings are written, as `--format` of count.")
    ] = "text",
) -> None:
    """Check the data against the contract, write the members of each segment, and print the counts."""
    names, folder = names_and_project(select, project)
    from segrules.workflows.apply import DEFAULT_OUT
    from segrules.workflows.apply import apply as run

    with progress_bar("applying") as progress:
        outcome = run(
            folder,
            out_folder or folder / DEFAULT_OUT,
            layout=layout,
            format=format,
            sort=sort,
            as_of=as_of,
            select=names,
            settings=settings_of(env, sets),
            allow_breach=allow_breach,
            memory_limit=memory_limit,
            engine=engine,
            record=record,
            backfill=backfill,
            to=to,
            mode=mode,
            progress=progress,
        )
    for item in outcome.delivered:
        moved = "" if item.entered is None else f" ({item.entered:,} entered, {item.left:,} left)"
        note(f"wrote {item.rows:,} {'row' if item.rows == 1 else 'rows'} to {item.place}{moved}")
    if outcome.recorded is not None:
        note(f"recorded in {(out_folder or folder / DEFAULT_OUT) / outcome.recorded}: `segrules history` tells more")
    _show(outcome, folder, "json" if json else findings, command="apply")


def _show(outcome: Outcome, folder: Path, format: Format, *, command: str) -> None:
    """Prints counts and findings. Where stdout is a report of findings for a build server, the table goes to stderr."""
    if format != "github":  # where stdout and stderr are one log, annotations say it all
        note_findings(outcome.findings, folder)
    if format == "json":
        out(to_json(as_json(outcome)))
    elif format != "text":
        out(written(outcome.findings, folder, format, command=command))
    if outcome.counts and format != "json":
        from segrules.cli.table import counts

        if format in ("text", "github"):
            out(counts(outcome, paint=paint_for(sys.stdout)))
        else:
            note(counts(outcome, paint=paint_for(sys.stderr)))
    raise typer.Exit(outcome.exit_code)


def as_json(outcome: Outcome) -> dict[str, Any]:
    """The counts as the command line reference gives them; `share` is of the entity's rows, 0 where it has none."""
    from segrules.workflows.delivering.delivery import as_record

    segments = [
        {
            "segment": count.segment,
            "entity": count.entity,
            "members": count.members,
            "share": count.share,
            "rows": count.rows,
            "change": count.change,
            "about": count.about,
        }
        for count in outcome.counts
    ]
    return {
        "as_of": outcome.as_of.isoformat() if outcome.as_of else None,
        "segments": segments,
        "written": list(outcome.written),
        **({"delivered": as_record(outcome.delivered)} if outcome.delivered else {}),
        **({"recorded": outcome.recorded} if outcome.recorded is not None else {}),
        "findings": [place(finding) for finding in outcome.findings],
    }
