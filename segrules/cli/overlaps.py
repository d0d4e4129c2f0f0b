"""`segrules overlaps`: how each two segments lie to each other."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from segrules.cli.arguments import AsOf, Env, MemoryLimit, NamesAndProject, Set, names_and_project, settings_of
from segrules.cli.terminal import LINE_WIDTH, Paint, note, note_findings, out, paint_for, plain, progress_bar
from segrules.cli.text import pad, safe, width

if TYPE_CHECKING:
    from segrules.workflows.proving.overlaps import EntityOverlaps, Overlaps

Format = Literal["text", "json", "dot", "html"]


def overlaps(
    project: NamesAndProject = None,
    select: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME…", help="Only pairs that one of these is in.", show_default="all"),
    ] = None,
    as_of: AsOf = None,
    data: Annotated[bool, typer.Option("--data", help="Count members, too: of each segment and of each two.")] = False,
    all_pairs: Annotated[bool, typer.Option("--all", help="List everything, however long that is.")] = False,
    format: Annotated[Format, typer.Option(help="How it is written: dot is for Graphviz, html a page.")] = "text",
    work: Annotated[int | None, typer.Option(metavar="N", min=1, help="How much work one question may take.")] = None,
    memory_limit: MemoryLimit = None,
    env: Env = None,
    sets: Set = None,
) -> None:
    """Show which segments are equal, inside one another, overlapping or apart: each two of them."""
    names, folder = names_and_project(select, project)
    from segrules.analysis import has_solver
    from segrules.analysis.prover import WORK
    from segrules.workflows.proving.overlaps import overlaps as run

    with progress_bar("comparing") as progress:
        found = run(
            folder,
            select=names,
            as_of=as_of,
            with_data=data,
            settings=settings_of(env, sets),
            work=work or WORK,
            memory_limit=memory_limit,
            progress=progress,
        )
    note_findings(found.findings, folder)
    if not has_solver() and found.entities:
        note("the solver is not installed, so that less is known: pip install 'segrules[prove]'")
    if found.entities or format == "json":
        out(written(found, format, all_pairs, paint_for(sys.stdout)))
    elif not found.exit_code:
        out("there are no segments")
    raise typer.Exit(found.exit_code)


def written(found: Overlaps, format: Format, all_pairs: bool, paint: Paint = plain) -> str:
    """What was found in one of the formats."""
    match format:
        case "json":
            from segrules.cli.findings import to_json

            return to_json(as_json(found))
        case "dot":
            from segrules.report.lattice_dot import dot

            return dot(found.entities)
        case "html":
            from segrules.report.lattice import lattice_page

            return lattice_page(found).rstrip("\n")
        case _:
            return as_text(found, all_pairs, paint)


def as_text(found: Overlaps, all_pairs: bool, paint: Paint) -> str:
    """For each entity a line, then what is equal, inside, apart, overlapping and not known."""
    return "\n\n".join(_entity_text(own, found, all_pairs, paint) for own in found.entities)


def _entity_text(own: EntityOverlaps, found: Overlaps, all_pairs: bool, paint: Paint) -> str:
    from segrules.report import lattice_words as words
    from segrules.workflows.proving.order import order

    groups = order(own.lattice)
    most = None if all_pairs else words.MOST_PAIRS
    as_of = found.as_of.isoformat() if found.as_of else ""
    basis = f"as of {as_of}, proven with {own.prover}"
    if own.members is not None:
        basis += f", counted on {own.members.rows:,} rows"
    blocks = [f"{safe(words.headline(own))}\n{basis}"]
    for section in words.sections(own, groups, is_whole=all_pairs):
        lines = [paint(safe(section.title), "dim")]
        lines += [part for line in section.lines for part in _wrapped(safe(line.text), 2 + 2 * line.depth)]
        blocks.append("\n".join([*lines, *_rest(section.rest)]))
    pairs, rest = words.overlapping(own, groups, most)
    if pairs:
        lines = [paint(safe(words.overlap_title(own)), "dim")]
        for pair in pairs:
            lines.append(f"  {safe(pair.first)} and {safe(pair.second)}")
            if pair.members is not None:
                lines.append(f"    {safe(pair.members)}")
            titles = [safe(title) for title, _ in pair.examples]
            size = max(map(width, titles), default=0)
            lines += [
                f"    {pad(title, size)}  {safe(line)}" for title, (_, line) in zip(titles, pair.examples, strict=True)
            ]
        blocks.append("\n".join([*lines, *_rest(rest)]))
    return "\n\n".join(blocks)


def _wrapped(text: str, indent: int) -> Iterator[str]:
    """A line of names broken behind commas where it is too long for a terminal, the rest standing further in."""
    line, *parts = text.split(", ")
    room = LINE_WIDTH - indent
    for part in parts:
        if width(f"{line}, {part}") > room:
            yield f"{' ' * indent}{line},"
            line = f"  {part}"
        else:
            line = f"{line}, {part}"
    yield f"{' ' * indent}{line}"


def _rest(rest: str | None) -> list[str]:
    return [f"  … {rest}: --all lists them"] if rest else []


def as_json(found: Overlaps) -> dict[str, Any]:
    """Every segment, every pair and the rows that are examples, by entity; and findings."""
    from segrules.cli.findings import place

    return {
        "as_of": found.as_of.isoformat() if found.as_of else None,
        "entities": [_entity_json(own) for own in found.entities],
        "findings": [place(finding) for finding in found.findings],
    }


def _entity_json(own: EntityOverlaps) -> dict[str, Any]:
    from segrules.workflows.counting import as_json as plain_json
    from segrules.workflows.proving.lattice import places
    from segrules.workflows.proving.order import order

    groups, members = order(own.lattice), own.members
    return {
        "entity": own.entity,
        "prover": own.prover,
        "rows": None if members is None else members.rows,
        "segments": [_segment_json(own, place) for place in range(len(own.names))],
        "equal": [[own.names[place] for place in group] for group in groups.groups if len(group) > 1],
        "inside": [
            [own.names[groups.groups[inner][0]], own.names[groups.groups[outer][0]]]
            for inner, around in enumerate(groups.around)
            for outer in around
        ],
        "pairs": [_pair_json(own, *pair) for pair in own.lattice.pairs(own.chosen)],
        "examples": [
            {
                "segments": [own.names[place] for place in places(one.within)],
                "values": plain_json(one.shown.values),
                "rows": plain_json(one.shown.given),
            }
            for one in own.examples
        ],
    }


def _segment_json(own: EntityOverlaps, place: int) -> dict[str, Any]:
    lattice = own.lattice
    if lattice.nobody >> place & 1:
        who = "nobody"
    elif lattice.proofs.everybody >> place & 1:
        who = "everybody"
    else:
        who = "some" if lattice.meets[place] >> place & 1 else "unknown"
    members = None if own.members is None else own.members.of(place)
    entry = {"segment": own.names[place], "label": own.labels[place], "who": who, "members": members}
    return {**entry, "example": own.example([place])}


def _pair_json(own: EntityOverlaps, first: int, second: int, relation: str) -> dict[str, Any]:
    lattice = own.lattice
    return {
        "first": own.names[first],
        "second": own.names[second],
        "relation": relation,
        "inconclusive": bool((lattice.undecided[first] >> second | lattice.undecided[second] >> first) & 1),
        "members": None if own.members is None else own.members.both(first, second),
        "examples": {
            "both": own.example([first, second]),
            "only_first": own.example([first], [second]),
            "only_second": own.example([second], [first]),
        },
    }
