"""What stands where in the files, as far as their layout goes: the order of known keys, and which values are rules.

Names that people give (traits, segments, stages, params, columns) keep their order: it can mean something.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from segrules.project.yaml_nodes import Mapping as YamlMapping
from segrules.project.yaml_nodes import Node


@dataclass(frozen=True, slots=True)
class Free:
    """Values that are kept as they are."""


@dataclass(frozen=True, slots=True)
class Rule:
    """An expression; with `is_named` one that may have a name behind it, as in `date(ordered_at) as day`."""

    is_named: bool = False


@dataclass(frozen=True, slots=True)
class Each:
    """Names with values, or a list of values, each of one shape; a value alone is of that shape, too."""

    shape: str


@dataclass(frozen=True, slots=True)
class Keys:
    """Known keys in their canonical order, each with the shape of its value. Unknown keys come last.

    `alone` is the shape of a single value in place of the mapping.
    """

    order: Mapping[str, str]
    alone: str = "free"


@dataclass(frozen=True, slots=True)
class Either:
    """One shape for mappings that have a key, another one for those that lack it."""

    key: str
    having: str
    lacking: str


Shape = Free | Rule | Each | Keys | Either

_ABOUT = dict.fromkeys(("owner", "tags", "persona", "channel", "message", "meta"), "free")
_TREE = {"when": "rule", "all": "trees", "any": "trees", "none": "trees"}

SHAPES: Mapping[str, Shape] = {
    "free": Free(),
    "rule": Rule(),
    "rules": Each("rule"),
    "named rule": Rule(is_named=True),
    "named rules": Each("named rule"),
    # segrules.yml
    "project": Keys(
        {
            **dict.fromkeys(("segrules", "name", "as_of", "timezone", "fiscal_year_starts", "engine"), "free"),
            "entities": "tables",
            "relations": "relations",
            "suppress": "rules",
            "findings": "free",
            "limits": "limits",
            "approvals": "approvals",
            "history": "history",
        }
    ),
    "tables": Each("table"),
    "relations": Each("relation"),
    "relation": Either("from", "derived relation", "table"),
    "table": Keys(
        {
            **dict.fromkeys(("of", "from", "entity"), "free"),
            "source": "source",
            "format": "format",
            **dict.fromkeys(("key", "on", "time", "order", "valid", "fresh"), "free"),
            "value": "value",
            "columns": "columns",
            "lookups": "tables",
        }
    ),
    "value": Keys({"spend": "rule", "margin": "rule", "order": "free"}, alone="rule"),
    "derived relation": Keys(
        {
            "of": "free",
            "from": "free",
            "where": "rule",
            "by": "named rules",
            "columns": "rules",
            "time": "free",
            "order": "free",
            "value": "value",
        }
    ),
    "source": Keys({"path": "free", "table": "free", "format": "format"}),
    "format": Keys(dict.fromkeys(("delimiter", "encoding", "decimal", "dates", "missing"), "free")),
    "columns": Each("column"),
    "column": Keys(dict.fromkeys(("type", "values", "min", "max", "missing"), "free")),
    "limits": Keys(dict.fromkeys(("change", "entered", "left"), "free")),
    "history": Keys({"keep": "free"}),
    "approvals": Each("approval"),
    "approval": Keys(dict.fromkeys(("change", "reason", "expires", "by"), "free")),
    # segments/*.yml
    "segments file": Keys(
        {
            "entity": "free",
            "params": "free",
            "traits": "rules",
            "segments": "segments",
            "segmentations": "segmentations",
            "carry": "free",
            "prove": "assertions",
        }
    ),
    "assertions": Each("assertion"),
    "assertion": Keys(dict.fromkeys(("disjoint", "inside", "covers", "equal", "because"), "free")),
    "segments": Each("segment"),
    "segment": Keys(
        {
            "label": "free",
            "description": "free",
            **_TREE,
            "include": "free",
            "exclude": "free",
            "suppress": "rule",
            **_ABOUT,
            "expect": "expectations",
            "cost": "free",
            "examples": "examples",
        },
        alone="rule",
    ),
    "trees": Each("tree"),
    "tree": Keys(_TREE, alone="rule"),
    "expectations": Keys({"share": "free", "size": "free"}),
    "examples": Keys({"in": "free", "out": "free"}),
    "segmentations": Each("segmentation"),
    "segmentation": Keys(
        {
            "label": "free",
            "description": "free",
            "hit": "free",
            "stages": "rules",
            "otherwise": "free",
            **_ABOUT,
        }
    ),
    # tests/*.yml
    "tests file": Keys({"as_of": "free", "defaults": "free", "cases": "cases"}),
    "cases": Each("case"),
    "case": Keys({"name": "free", "as_of": "free", "given": "free", "expect": "free"}),
    # environments/*.yml
    "environment": Keys({"engine": "free", "params": "free", "sources": "sources"}),
    "sources": Each("source"),
}


def shape_of_file(path: str) -> Shape:
    """The shape of a project's file, by its path in the project."""
    folder = path.partition("/")[0]
    if "/" not in path:
        return SHAPES["project" if path in ("segrules.yml", "segrules.yaml") else "segments file"]
    return SHAPES[{"tests": "tests file", "environments": "environment"}.get(folder, "segments file")]


def resolved(shape: Shape, node: Node) -> Shape:
    """The shape itself, where it depends on what is written."""
    if not isinstance(shape, Either):
        return shape
    return SHAPES[shape.having if isinstance(node, YamlMapping) and node.get(shape.key) is not None else shape.lacking]


def inside(shape: Shape, key: str) -> Shape:
    """The shape of what stands under a key; of an item, under any."""
    match shape:
        case Each(shape=name):
            return SHAPES[name]
        case Keys(order=order):
            return SHAPES[order.get(key, "free")]
        case Free() | Rule():
            return SHAPES["free"]
        case Either():
            raise AssertionError("the shape is resolved first")
        case _:
            assert_never(shape)


def alone(shape: Shape) -> Shape:
    """The shape of a single value."""
    match shape:
        case Each(shape=name) | Keys(alone=name):
            return alone(SHAPES[name])
        case _:
            return shape


def rank(shape: Shape, key: str) -> int:
    """The place of a key among its neighbours; names all have the same place, and so stay in their order."""
    if not isinstance(shape, Keys):
        return 0
    order = tuple(shape.order)
    return order.index(key) if key in order else len(order)
