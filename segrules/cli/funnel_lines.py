"""What the steps of a rule leave of all rows, as a table for a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from segrules.cli.reason_lines import GROUPS, INDENT, short
from segrules.cli.table import columns, share, written_as_of
from segrules.cli.terminal import Paint
from segrules.cli.text import safe
from segrules.report.plurals import plural

if TYPE_CHECKING:
    from segrules.workflows.explaining.funnels import Funnel, Funnels, Step

_LONGEST = 70
_LEFT = {"all": "{} left", "none": "{} left", "any": "{} so far", "not all": "{} have all so far"}
_ONLY = {
    "all": "only this keeps out {}",
    "none": "only this keeps out {}",
    "any": "only this takes in {}",
    "not all": "only this keeps in {}",
}


def funnels_text(found: Funnels, paint: Paint) -> str:
    """For each entity its rows, and a table for each rule."""
    blocks = []
    for funnel in found.funnels:
        name = safe(funnel.entity) if funnel.rows == 1 else plural(safe(funnel.entity))
        blocks.append(paint(f"{funnel.rows:,} {name}, as of {written_as_of(found.as_of)}", "bold"))
        blocks += ["\n".join(_tree(tree, funnel)) for tree in funnel.trees]
    return "\n\n".join(blocks)


def _tree(tree: Step, funnel: Funnel) -> list[str]:
    rows = list(_rows(tree, 0, "", funnel))
    lines = columns(rows, right=[False] * 4)
    empty = _emptied(tree)
    if empty is not None:
        lines.append(f"{INDENT}nobody is left from `{_name(empty, 1)}` on")
    return lines


def _rows(step: Step, depth: int, around: str, funnel: Funnel) -> Iterator[list[str]]:
    """The cells of a step, those of its place in the group around it, and the rows below it."""
    clause = step.clause
    indent = INDENT * depth
    if clause.kind == "segmentation":
        yield [f"{indent}{safe(clause.name)}", "", "", ""]
        for stage in step.parts:
            yield [
                f"{indent}{INDENT}{safe(stage.clause.name)}",
                _many(stage, funnel),
                f"{stage.left:,} labelled so",
                "",
            ]
            for part in stage.parts:
                yield from _rows(part, depth + 2, "", funnel)
        if clause.name in funnel.unlabelled:
            label, many = funnel.unlabelled[clause.name]
            name = "no stage" if label is None else f"otherwise {safe(label)}"
            yield [f"{indent}{INDENT}{name}", "", f"{many:,} labelled so" if label is not None else f"{many:,}", ""]
        return
    again = " (see above)" if clause.is_again else ""
    yield [f"{indent}{_name(step, depth)}{again}", _many(step, funnel), *_in_group(step, around)]
    group = clause.kind if clause.kind in GROUPS else ""
    for part in step.parts:
        yield from _rows(part, depth + 1, group, funnel)


def _name(step: Step, depth: int) -> str:
    clause = step.clause
    if clause.kind in GROUPS:
        return GROUPS[clause.kind]
    if clause.kind == "segment":
        return safe(clause.name if depth == 0 else f"segments.{clause.name}")
    return safe(clause.name) if clause.kind == "trait" else short(clause.text, _LONGEST)


def _many(step: Step, funnel: Funnel) -> str:
    return f"{step.holds:,} ({share(step.holds, funnel.rows)})"


def _in_group(step: Step, around: str) -> tuple[str, str]:
    """What stands beside a step in a group, and the values that are missing."""
    missing = [f"{short(text)} missing for {many:,}" for text, many in step.missing]
    if not around or step.left is None or step.only is None:
        return "", ", ".join(missing)
    only = [_ONLY[around].format(f"{step.only:,}")] if step.only else []
    return _LEFT[around].format(f"{step.left:,}"), ", ".join([*only, *missing])


def _emptied(tree: Step) -> Step | None:
    """The first step after which nobody is left; inside a group that holds for nobody, the step in it."""
    for group in tree.parts:
        if tree.clause.kind == "segment" and not tree.holds and group.clause.kind in ("all", "none"):
            return _last(group)
    return None


def _last(group: Step) -> Step | None:
    found = next((step for step in group.parts if step.left == 0), None)
    if found is None or found.holds or found.clause.kind not in ("all", "none"):
        return found
    return _last(found) or found


def funnels_json(found: Funnels) -> dict[str, Any]:
    """The same as the command line reference gives it."""
    from segrules.cli.findings import place

    return {
        "as_of": found.as_of.isoformat(),
        "entities": [
            {
                "entity": funnel.entity,
                "rows": funnel.rows,
                "trees": [_json(tree) for tree in funnel.trees],
                "unlabelled": {name: many for name, (_, many) in funnel.unlabelled.items()},
            }
            for funnel in found.funnels
        ],
        "findings": [place(finding) for finding in found.findings],
    }


def _json(step: Step) -> dict[str, Any]:
    clause = step.clause
    said: dict[str, Any] = {"kind": clause.kind, "text": clause.text}
    said |= {"name": clause.name} if clause.name else {}
    said |= {"holds": step.holds} if clause.kind != "segmentation" else {}
    said |= {"left": step.left} if step.left is not None else {}
    said |= {"only": step.only} if step.only is not None else {}
    said |= {"missing": dict(step.missing)} if step.missing else {}
    said |= {"again": True} if clause.is_again else {}
    return said | ({"parts": [_json(part) for part in step.parts]} if step.parts else {})
