"""`segrules diff`: what a change of rules means, who enters and leaves, for a terminal, a pull request or a program."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from segrules.cli.arguments import AsOf, Env, MemoryLimit, Set, project_folder, settings_of
from segrules.cli.terminal import Paint, note, note_findings, out, paint_for, plain, progress_bar
from segrules.cli.text import safe

if TYPE_CHECKING:
    from segrules.diagnostics import Diagnostic
    from segrules.workflows.proving.shown import Shown
    from segrules.workflows.reviewing.clause_changes import ClauseChange
    from segrules.workflows.reviewing.contract_changes import ContractChange
    from segrules.workflows.reviewing.diff import Difference
    from segrules.workflows.reviewing.member_changes import MemberChange
    from segrules.workflows.reviewing.proof import Proof

CHANGED = 3
Data = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR", help="Count on the sources' files below this folder.", show_default="the project's own"
    ),
]
Form = Literal["text", "markdown", "json", "html"]
Format = Literal["text", "markdown", "json", "html", "github", "gitlab", "sarif", "junit"]


def diff(
    base: Annotated[str, typer.Argument(metavar="BASE", help="The version before: a git revision, or a folder.")],
    head: Annotated[
        str | None,
        typer.Argument(metavar="HEAD", help="The version after: a revision or a folder.", show_default="the work tree"),
    ] = None,
    project: Annotated[
        Path, typer.Option(metavar="DIR", help="The project's folder, the one with segrules.yml.", show_default=".")
    ] = Path(),
    format: Annotated[Format, typer.Option(help="How the difference is written.")] = "text",
    report: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write all of it to a file besides: .html, .md, .json or .txt."),
    ] = None,
    data: Data = None,
    no_data: Annotated[bool, typer.Option("--no-data", help="Compare the meaning alone.")] = False,
    show_keys: Annotated[bool, typer.Option("--show-keys", help="Show some keys of who enters and leaves.")] = False,
    floor: Annotated[int, typer.Option(metavar="N", min=0, help="Hide counts from 1 to below N.")] = 0,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with 3 where the meaning of something changed.")
    ] = False,
    as_of: AsOf = None,
    memory_limit: MemoryLimit = None,
    env: Env = None,
    sets: Set = None,
) -> None:
    """Compare two versions of a project: what changed in meaning, and who enters and leaves because of it."""
    folder = project if Path(base).is_dir() and head is not None and Path(head).is_dir() else project_folder(project)
    if report is not None and report.suffix not in ENDINGS:
        raise typer.BadParameter(f"`{report}` ends in none of {', '.join(ENDINGS)}", param_hint="--report")
    if data is not None and not data.is_dir():
        raise typer.BadParameter(f"there is no folder `{data}`", param_hint="--data")
    from segrules.workflows.reviewing.diff import diff as run
    from segrules.workflows.running import Refusal

    with progress_bar("comparing") as progress:
        found = run(
            folder,
            base,
            head,
            data=data,
            without_data=no_data,
            as_of=as_of,
            settings=settings_of(env, sets),
            with_keys=show_keys,
            floor=floor,
            memory_limit=memory_limit,
            progress=progress,
        )
    _show_findings(found.findings, folder, format)
    if isinstance(found, Refusal):
        raise typer.Exit(found.exit_code)
    _show(found, format, floor, show_keys)
    if report is not None:
        report.write_text(written(found, ENDINGS[report.suffix], floor, show_keys, whole=True) + "\n", "utf-8")
        note(f"wrote {report}")
    raise typer.Exit(found.exit_code or (CHANGED if exit_code and found.is_changed else 0))


def _show(found: Difference, format: Format, floor: int, with_keys: bool) -> None:
    """Prints the difference; where stdout is a report of findings for a build server, to stderr."""
    match format:
        case "github":
            out(written(found, "text", floor, with_keys))
        case "gitlab" | "sarif" | "junit":
            note(written(found, "text", floor, with_keys, paint_for(sys.stderr)))
        case _:
            out(written(found, format, floor, with_keys, paint_for(sys.stdout)))


def _show_findings(findings: tuple[Diagnostic, ...], folder: Path, format: Format) -> None:
    """Findings for people on stderr; for build servers they are what stands on stdout."""
    from segrules.cli.findings import written as report

    if format != "github":  # where stdout and stderr are one log, annotations say it all
        note_findings(findings, folder)
    match format:
        case "github" | "gitlab" | "sarif" | "junit":
            out(report(findings, folder, format, command="diff"))


ENDINGS: dict[str, Form] = {".html": "html", ".md": "markdown", ".json": "json", ".txt": "text"}


def written(
    found: Difference, format: Form, floor: int, with_keys: bool, paint: Paint = plain, *, whole: bool = False
) -> str:
    """The difference in one of the formats. whole: also where it is too long for a comment."""
    match format:
        case "json":
            from segrules.cli.findings import to_json

            return to_json(as_json(found, floor, with_keys))
        case "markdown":
            from segrules.report.diff_markdown import MOST_CHARACTERS, markdown

            return markdown(found, floor, with_keys=with_keys, most=None if whole else MOST_CHARACTERS)
        case "html":
            from segrules.report.diff_html import html

            return html(found, floor, with_keys=with_keys).rstrip("\n")
        case _:
            return as_text(found, floor, with_keys, paint)


def as_text(found: Difference, floor: int, with_keys: bool, paint: Paint) -> str:
    """The difference for a terminal."""
    from segrules.cli.table import columns
    from segrules.report import diff_words as words

    blocks = [f"{words.headline(found)}\n{safe(words.basis(found))}"]
    rows = words.rows(found, floor)
    if rows:
        head = ["segment", "", *words.NUMBERS]
        cells = [[safe(row.name), row.verdict, *row.numbers] for row in rows]
        first, *rest = columns([head, *cells], right=[False, False, *[True] * len(words.NUMBERS)])
        blocks.append("\n".join([paint(first, "dim"), *rest]))
    for flow in words.flows(found):
        lines = [[safe(cell) for cell in line] for line in words.matrix(flow, floor)]
        lines[0][0] = "before / now"
        first, *rest = columns(lines, right=[False, *[True] * (len(lines[0]) - 1)])
        moves = safe(words.flow_words(flow, floor))
        title = f"who moves between the stages of {safe(flow.segmentation.name)}: {moves}"
        blocks.append("\n".join([title, paint(first, "dim"), *rest]))
    if found.contract:
        blocks.append("\n".join(["beside the rules", *map(_contract_line, found.contract)]))
    for entry in words.entries(found, floor, with_keys=with_keys):
        label = f" ({safe(entry.label)})" if entry.label else ""
        title = f"{entry.thing.kind} {safe(entry.thing.name)}{label}: {entry.verdict}"
        blocks.append("\n".join([title, *(f"  {safe(line)}" for line in entry.lines)]))
    return "\n\n".join(blocks)


def _contract_line(change: ContractChange) -> str:
    used = ", ".join(f"`{thing.name}`" for thing in change.users)
    return safe(f"  {change.text}{f', which {used} used' if used else ''}")


def as_json(found: Difference, floor: int, with_keys: bool) -> dict[str, Any]:
    """The difference for a program; counts below the floor, and what would give them away, are null."""
    from segrules.cli.findings import place
    from segrules.report import diff_words as words

    members = words.members_of(found)
    return {
        "base": found.old,
        "head": found.new,
        "as_of": found.as_of.isoformat() if found.as_of else None,
        "rows": {entity: item.rows for entity, item in found.counted.items()},
        "sample": found.is_sample,
        "not_counted": found.not_counted,
        "changed": found.is_changed,
        "changes": [
            {
                "entity": change.thing.entity,
                "kind": change.thing.kind,
                "name": change.thing.name,
                "verdict": change.verdict,
                "before": change.before,
                "clauses": [_clause(clause) for clause in change.clauses],
                "notes": [*change.notes, *change.told],
                "because": [thing.name for thing in change.because],
                "proof": _proof(change.proof),
                "members": _members(members.get(change.thing), floor, with_keys),
            }
            for change in found.comparison.changes
        ],
        "flows": [
            {
                "entity": flow.segmentation.entity,
                "segmentation": flow.segmentation.name,
                "matrix": words.matrix(flow, floor),
            }
            for flow in words.flows(found)
        ],
        "contract": [
            {"text": change.text, "users": [thing.name for thing in change.users]} for change in found.contract
        ],
        "findings": [place(finding) for finding in found.findings],
    }


def _clause(clause: ClauseChange) -> dict[str, Any]:
    before, after = clause.texts
    values = [list(pair) for pair in clause.values]
    return {"before": before, "after": after, "joint": clause.joint, "effect": clause.effect, "values": values}


def _proof(proof: Proof | None) -> dict[str, Any] | None:
    if proof is None:
        return None
    return {
        "scope": proof.scope,
        "certain": proof.is_certain,
        "always": proof.is_always,
        "as_of": proof.as_of.isoformat(),
        "facts": [{"table": fact.table, "column": fact.column, "promise": fact.promise} for fact in proof.facts],
        **{side.way: {"verdict": side.verdict, "row": _row(side.row)} for side in proof.sides},
    }


def _row(row: Shown | None) -> dict[str, Any] | None:
    """A made-up row: its values by the names of rules on one line, and its rows by table."""
    from segrules.workflows.counting import as_json as plain_json

    return None if row is None else {"line": row.line, "rows": plain_json(row.given)}


def _members(change: MemberChange | None, floor: int, with_keys: bool) -> dict[str, Any] | None:
    if change is None:
        return None
    from segrules.report import diff_words as words

    names = ("before", "after", "entered", "left", "stayed")
    is_whole = change.before is not None and change.after is not None
    counts = {name: getattr(change, name) if is_whole or name in names[:2] else None for name in names}
    hides = words.has_small(change, floor)
    found: dict[str, Any] = {
        name: None if words.is_small(count, floor) or (hides and name in names[2:]) else count
        for name, count in counts.items()
    }
    if with_keys and not hides:
        found["keys"] = {"entered": list(map(str, change.keys.entered)), "left": list(map(str, change.keys.left))}
    return found
