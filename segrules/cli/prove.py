"""`segrules prove`: what can be proven of the rules, whatever rows there may be."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from segrules.cli.arguments import (
    AsOf,
    Env,
    FindingsFormat,
    NamesAndProject,
    Select,
    Set,
    names_and_project,
    settings_of,
)
from segrules.cli.findings import place, to_json, written
from segrules.cli.terminal import Paint, note, out, paint_for, progress_bar
from segrules.cli.text import safe

if TYPE_CHECKING:
    from segrules.workflows.proving.asking import Kept
    from segrules.workflows.proving.findings import Proof
    from segrules.workflows.proving.proving import Proving


def prove(
    project: NamesAndProject = None,
    select: Select = None,
    as_of: AsOf = None,
    changed_since: Annotated[
        str | None, typer.Option(metavar="REVISION", help="Only rules that mean something else since then.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 also where a question has no answer.")] = False,
    work: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="How much work a question may take.", show_default="2000000"),
    ] = None,
    data: Annotated[bool, typer.Option("--data", help="Count the real rows that do what a finding says.")] = False,
    format: FindingsFormat = "text",
    env: Env = None,
    sets: Set = None,
) -> None:
    """Prove what holds of the rules for every row: what never matches, overlaps, leaves gaps; and what is asserted."""
    names, folder = names_and_project(select, project)
    from segrules.analysis.prover import WORK
    from segrules.workflows.proving.proving import Asked, prove_project

    asked = Asked(names, changed_since, WORK if work is None else work, strict)
    with progress_bar("counting") as progress:
        found = prove_project(
            folder,
            asked,
            as_of=as_of,
            with_data=data,
            settings=settings_of(env, sets),
            progress=progress if data else None,
        )
    if not found.has_solver:
        note("without a solver only simple questions have answers: `pip install 'segrules[prove]'`")
    if format == "json":
        out(to_json(as_json(found)))
    else:
        out(written(found.findings, folder, format, command="prove", fail_on="warning"))
    if format == "text" and found.proof is not None:
        out("\n" + as_text(found.proof, paint_for(sys.stdout)))
    raise typer.Exit(found.exit_code)


def as_text(proof: Proof, paint: Paint) -> str:
    """What is proven to hold, and how many questions were asked."""
    return "\n".join([*(line for kept in proof.kept for line in _kept(kept, proof, paint)), _closing(proof)])


def _kept(kept: Kept, proof: Proof, paint: Paint) -> Iterator[str]:
    yield f"{paint('✓', 'passed')} {safe(kept.words)}"
    yield from (f"    {safe(line)}" for line in kept.notes)


def _closing(proof: Proof) -> str:
    counts = [f"{proof.proven:,} proven", f"{proof.possible:,} possible"]
    counts += [f"{proof.open:,} inconclusive"] if proof.open else []
    number = proof.proven + proof.possible + proof.open
    return f"prove: {number:,} question{'' if number == 1 else 's'}: {', '.join(counts)} ({proof.prover})"


def as_json(found: Proving) -> dict[str, Any]:
    """The findings, what holds with the facts that it rests on, and how many questions there were."""
    proof = found.proof
    return {
        "as_of": None if found.as_of is None else found.as_of.given.isoformat(),
        "prover": None if proof is None else proof.prover,
        "questions": None if proof is None else {name: getattr(proof, name) for name in ("proven", "possible", "open")},
        "proven": [] if proof is None else [_entry(kept) for kept in proof.kept],
        "findings": [place(finding) for finding in found.findings],
    }


def _entry(kept: Kept) -> dict[str, Any]:
    facts = [{"table": fact.table, "column": fact.column, "promise": fact.promise} for fact in kept.facts]
    line = None if kept.span is None else kept.span.file.position(kept.span.start)[0]
    file = kept.span.file.path if kept.span else None
    return {"what": kept.words, "file": file, "line": line, "facts": facts, "notes": list(kept.notes)}
