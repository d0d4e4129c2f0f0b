"""The tree of a rule, with what it came to for one row, as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from segrules.cli.table import columns
from segrules.cli.terminal import Paint
from segrules.cli.text import safe

if TYPE_CHECKING:
    from segrules.workflows.explaining.flips import Flip
    from segrules.workflows.explaining.reasons import Reason
    from segrules.workflows.explaining.values import Value

INDENT = "  "
_LONGEST = 100
_NEXT_TO_NOTHING = 1e-9  # what lies between a number and the next one
_LONGEST_NAME = 40  # that is said again beside its test
GROUPS = {"all": "all of", "any": "any of", "none": "none of", "not all": "not all of"}
_NEEDS = {
    "==": "needs {}",
    "!=": "needs another value than {}",
    "<": "needs less than {}",
    "<=": "needs {} or less",
    ">": "needs more than {}",
    ">=": "needs {} or more",
}
_FAILS = {
    "==": "fails at {}",
    "!=": "fails at any other value",
    "<": "fails below {}",
    "<=": "fails at {} or less",
    ">": "fails above {}",
    ">=": "fails at {} or more",
}
_MOMENT_NEEDS = {
    "<": "needs before {}",
    "<=": "needs {} or earlier",
    ">": "needs after {}",
    ">=": "needs {} or later",
}
_MOMENT_FAILS = {
    "<": "fails before {}",
    "<=": "fails at {} or earlier",
    ">": "fails after {}",
    ">=": "fails at {} or later",
}


def tree_lines(tree: Reason, paint: Paint) -> list[str]:
    """A segment, stage or segmentation with its rule below it."""
    if tree.kind == "segmentation":
        return list(_segmentation(tree, 0, paint))
    return [_mark(tree.holds, safe(tree.clause.name), paint), *_parts(tree, 1, paint, frozenset())]


def _lines(tree: Reason, depth: int, paint: Paint, shown: frozenset[str]) -> Iterator[str]:
    """The reason and what is below it. `shown`: the values that stand in a line around it."""
    indent = INDENT * depth
    match tree.kind:
        case "all" | "any" | "none" | "not all":
            yield indent + _mark(tree.holds, GROUPS[tree.kind], paint)
            yield from _parts(tree, depth + 1, paint, shown)
        case "not":
            yield indent + _mark(tree.holds, short(tree.clause.text), paint)
            yield from (line for part in tree.parts for line in _parts(part, depth + 1, paint, shown))
        case "test":
            yield indent + _mark(tree.holds, short(tree.clause.text), paint) + _said(tree)
            yield from _parts(tree, depth + 2, paint, frozenset(value.text for value in tree.operands))
        case "segment" | "stage":
            name = short(tree.clause.name if tree.kind == "stage" else f"segments.{tree.clause.name}")
            yield indent + _mark(tree.holds, name, paint) + _again(tree)
            yield from _parts(tree, depth + 1, paint, frozenset())
        case "segmentation":
            yield from _segmentation(tree, depth, paint)
        case "trait":
            yield from _trait(tree, depth, paint, shown)
        case "value":
            yield from _value(tree, depth, paint, shown)


def _parts(tree: Reason, depth: int, paint: Paint, shown: frozenset[str]) -> Iterator[str]:
    for part in tree.parts:
        yield from _lines(part, depth, paint, shown)


def _trait(tree: Reason, depth: int, paint: Paint, shown: frozenset[str]) -> Iterator[str]:
    """What a trait is computed from; its value too, where no line around has it."""
    assert tree.value is not None
    is_shown = tree.clause.name in shown
    if tree.clause.is_again and is_shown:
        return
    name = safe(tree.clause.name)
    if isinstance(tree.value.value, bool) and not is_shown:
        is_below = tree.clause.is_again or any(part.clause.text == tree.clause.text for part in tree.parts)
        rule = "" if is_below else f": {short(tree.clause.text)}{_params(tree)}"
        yield INDENT * depth + _mark(tree.value.value, name + rule, paint) + _again(tree)
        yield from _evidence(tree, depth + 1, paint)
        yield from _parts(tree, depth + 1, paint, frozenset())
        return
    said = name if is_shown else _named(tree.value, name)
    if tree.clause.is_again:
        yield INDENT * depth + said + _again(tree)
        return
    yield INDENT * depth + f"{said}: {short(tree.clause.text)}{_params(tree)}"
    yield from _evidence(tree, depth + 1, paint)
    yield from _parts(tree, depth + 1, paint, frozenset())


def _value(tree: Reason, depth: int, paint: Paint, shown: frozenset[str]) -> Iterator[str]:
    assert tree.value is not None
    if tree.value.text in shown:
        yield from _evidence(tree, depth, paint)
        yield from _parts(tree, depth, paint, shown)
        return
    yield INDENT * depth + f"{_named(tree.value, short(tree.value.text))}{_params(tree)}"
    yield from _evidence(tree, depth + 1, paint)
    yield from _parts(tree, depth + 1, paint, frozenset())


def _evidence(tree: Reason, depth: int, paint: Paint) -> Iterator[str]:
    """How many rows an aggregate had and took, and the newest of them."""
    rows = tree.rows
    if rows is None:
        return
    indent = INDENT * depth
    many = "no rows" if not rows.rows else "1 row" if rows.rows == 1 else f"{rows.rows:,} rows"
    window = [f"{rows.looked_at:,} in the window"] if rows.looked_at < rows.rows else []
    taken = [f"{rows.taken:,} taken"] if rows.taken < rows.looked_at else []
    yield indent + ", ".join([f"{safe(rows.relation)}: {many}", *window, *taken])
    if not rows.shown:
        return
    names = [short(value.text) for value in rows.shown[0].values]
    cells = [names, *([written(value) for value in row.values] for row in rows.shown)]
    if rows.taken < rows.rows:
        words = ("taken" if row.taken else "not taken" if row.looked_at else "not in the window" for row in rows.shown)
        cells = [[*row, word] for row, word in zip(cells, ("", *words), strict=True)]
    head, *lines = columns(cells, right=[False] * len(cells[0]))
    yield indent + INDENT + paint(head, "dim")
    yield from (indent + INDENT + line for line in lines)
    if rows.rows > len(rows.shown):
        yield f"{indent}{INDENT}… and {rows.rows - len(rows.shown):,} more"


def _segmentation(tree: Reason, depth: int, paint: Paint) -> Iterator[str]:
    """The label, and of each stage up to it what decides; of the one that it is, all."""
    from segrules.workflows.explaining.reasons import deciding

    assert tree.value is not None
    indent = INDENT * depth
    labels = tree.value.value
    own = labels if isinstance(labels, tuple) else (labels,)
    said = "no stage" if labels is None else ", ".join(map(safe, own))
    yield f"{indent}{safe(tree.clause.name)}: {paint(said, 'bold')}" + _again(tree)
    for number, stage in enumerate(tree.parts, 1):
        name = safe(stage.clause.name)
        if stage.clause.name in own and stage.holds:
            yield indent + INDENT + _mark(True, name, paint)
            yield from _parts(stage, depth + 2, paint, frozenset())
            if not isinstance(labels, tuple):
                rest = ", ".join(
                    safe(later.clause.name) + (" (holds too)" if later.holds else "") for later in tree.parts[number:]
                )
                if rest:
                    yield f"{indent}{INDENT}{paint(f'later stages: {rest}', 'dim')}"
                return
            continue
        because = "; ".join(f"{short(item.clause.text)}{_said(item)}" for item in deciding(stage))
        yield indent + INDENT + _mark(stage.holds, f"{name}: {because}", paint)


def _mark(holds: bool | None, text: str, paint: Paint) -> str:
    return f"{paint('✓', 'passed') if holds else paint('✗', 'failed')} {text}"


def _again(tree: Reason) -> str:
    return " (see above)" if tree.clause.is_again else ""


def _said(tree: Reason) -> str:
    """The values of a test, and how far they are from making it come out the other way."""
    alone = len(tree.operands) == 1 and tree.operands[0].text == tree.clause.text
    is_long = len(tree.operands) == 1 and len(tree.operands[0].text) > _LONGEST_NAME
    values = [
        _named(value, "it" if alone or is_long else short(value.text), is_long=alone or is_long)
        for value in tree.operands
    ]
    values += [f"{safe(value.text)} = {written(value)}" for value in tree.params]
    if alone and tree.flip is None and isinstance(tree.operands[0].value, bool):
        return ""
    distance = [] if tree.flip is None else [flip_words(tree.flip, bool(tree.holds))]
    said = ", ".join([*values, *distance])
    return f"    {said}" if said and said != tree.clause.text else ""


def _named(value: Value, name: str, *, is_long: bool = False) -> str:
    """`orders = 4`, `orders is missing`."""
    joint = "is" if is_long or value.value is None else "="
    return f"{name} {joint} {written(value)}" if name else written(value)


def _params(tree: Reason) -> str:
    """The params that the words of a trait or value name."""
    said = ", ".join(f"{safe(value.text)} = {written(value)}" for value in tree.params)
    return f"    {short(said)}" if said else ""


def missed_words(tree: Reason) -> str:
    """A clause that keeps a row out, in one line."""
    from segrules.workflows.explaining.reasons import truth

    text = short(tree.clause.text) if tree.kind == "test" else safe(tree.clause.name or tree.clause.text)
    held = "holds, and must not" if truth(tree) else ""
    said = ", ".join(filter(None, (held, _said(tree).strip())))
    return f"{text} ({said})" if said else text


def flip_words(flip: Flip, holds: bool) -> str:
    """`needs 5 or more (1 more)`, or of a test that holds `fails below 5 (3 less)`."""
    is_moment = isinstance(flip.bound, date)
    words = dict(_FAILS if holds else _NEEDS)
    if is_moment:
        words |= _MOMENT_FAILS if holds else _MOMENT_NEEDS
    said = words[flip.operator].format(plain_value(flip.bound))
    by = "" if flip.operator == "!=" else _distance(flip.by, is_moment)
    return f"{said} ({by})" if by else said


def _distance(by: Any, is_moment: bool) -> str:
    """`1 more`, `3 days earlier`; nothing where there is no distance."""
    if by is None or (isinstance(by, float) and abs(by) < _NEXT_TO_NOTHING):
        return ""
    if isinstance(by, timedelta):
        words = ("later", "earlier") if is_moment else ("more", "less")
        return f"{length(abs(by))} {words[by < timedelta()]}"
    if is_moment:
        return f"{_counted(abs(by), 'day')} {'later' if by > 0 else 'earlier'}"
    return f"{plain_value(abs(by))} {'more' if by > 0 else 'less'}"


def written(value: Value) -> str:
    """A value as its author would write it."""
    if value.type.kind.value == "duration" and isinstance(value.value, int):
        return length(timedelta(microseconds=value.value))
    if value.type.kind.value == "duration" and isinstance(value.value, str):
        return safe(value.value)
    return plain_value(value.value)


def plain_value(value: Any) -> str:
    """The same where no type is at hand."""
    match value:
        case None:
            return "missing"
        case bool():
            return "true" if value else "false"
        case str():
            return "'" + safe(value).replace("'", "''") + "'"
        case datetime():
            return value.isoformat(sep=" ").removesuffix(":00") if not value.microsecond else value.isoformat(sep=" ")
        case date():
            return value.isoformat()
        case timedelta():
            return length(value)
        case float():
            return f"{value:.10g}"
        case Decimal():
            return format(value.normalize(), "f") if value else "0"
        case tuple():
            return "[" + ", ".join(map(plain_value, value)) + "]"
        case _:
            return safe(str(value))


def length(time: timedelta) -> str:
    """The two largest units of a length of time: `3 days 4 hours`."""
    seconds = int(abs(time).total_seconds())
    parts = [(seconds // 86_400, "day"), (seconds // 3600 % 24, "hour"), (seconds // 60 % 60, "minute")]
    parts.append((seconds % 60, "second"))
    known = [_counted(count, unit) for count, unit in parts if count][:2]
    if not known:
        return f"{time.microseconds} microseconds" if time else "0 seconds"
    return ("-" if time < timedelta() else "") + " ".join(known)


def _counted(count: int, unit: str) -> str:
    return f"{count:,} {unit}{'' if count == 1 else 's'}"


def short(text: str, longest: int = _LONGEST) -> str:
    """Words of a rule, cut where they are long."""
    shown = safe(text)
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"
