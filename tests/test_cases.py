"""Runs every folder of tests/cases: a project with rows and, worked out by hand, what its rules must make of them.

`pytest tests/test_cases.py --update` writes the expected SQL anew; read the change before committing it.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import running

from segrules.engines import Engine
from segrules.language import format_expression, parse
from segrules.planning import plan, references
from segrules.planning.describe import described
from segrules.planning.nodes import in_order, inputs
from segrules.planning.time import AsOf, as_of
from segrules.project.cases import Case, Expected, load_cases
from segrules.project.list_files import LIST_ENDINGS, LIST_FOLDER
from segrules.project.model import Project, Rules, Tree
from segrules.project.reader import folder_reader
from segrules.source import Fragment, whole_file
from segrules.sql import generate
from segrules.sql.scans import Table

FOLDER = Path(__file__).parent / "cases"
NAMES = tuple(sorted(path.name for path in FOLDER.iterdir() if (path / "segrules.yml").exists()))


@dataclass(frozen=True)
class Opened:
    """A case folder's project, its rules by entity, its cases."""

    project: Project
    rules: Mapping[str, Rules]
    cases: tuple[Case, ...]


@cache
def opened(name: str) -> Opened:
    read = folder_reader(FOLDER / name)
    lists = read.list(LIST_FOLDER, LIST_ENDINGS)
    files = {path: str(read.text(path)) for path in ("segrules.yml", *read.list("segments"), *lists)}
    project = running.open_project(files)
    rules = running.resolve_project(project)
    cases, findings = load_cases(read, project, rules)
    assert not findings, running.lines(findings)
    return Opened(project, rules, cases)


def all_cases() -> list[Any]:
    """Every case of every folder, as parameters."""
    return [
        pytest.param(name, number, id=f"{name}: {case.name}")
        for name in NAMES
        for number, case in enumerate(opened(name).cases)
    ]


@pytest.fixture(params=("duckdb", "postgres"))
def engine(request: pytest.FixtureRequest) -> Engine:
    found: Engine = request.getfixturevalue(f"{request.param}_engine")
    return found


@pytest.mark.parametrize(("name", "number"), all_cases())
def test_members_on_an_engine(name: str, number: int, engine: Engine) -> None:
    case = opened(name).cases[number]
    for own, moment in _entities(name, case):
        tables = running.load(engine, own, [case.given], moment.zone, None)
        wanted = references(own, running.wanted_names(own))
        found = running.run(engine, plan(own, wanted, moment), tables, moment.zone)
        assert _wrong(case, own, found) == []


@pytest.mark.parametrize("name", NAMES)
def test_members_on_spark(name: str, spark_engine: Engine) -> None:
    """Cases of one day are numbered worlds of one statement, of which Spark has to plan each."""
    assert wrong_in_worlds(name, spark_engine) == []


@pytest.mark.parametrize(("name", "number"), all_cases())
def test_members_by_the_reference(name: str, number: int) -> None:
    case = opened(name).cases[number]
    for own, moment in _entities(name, case):
        assert _wrong(case, own, running.expected(own, [case.given], moment.now, moment.zone)) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_is_expected_somewhere(name: str) -> None:
    """A rule of a case folder that no case expects anything of would test nothing."""
    names = {expected.name for case in opened(name).cases for expected in case.expect}
    for own in opened(name).rules.values():
        assert {*own.segments, *own.traits} - names == set()


@pytest.mark.parametrize("name", NAMES)
def test_canonical_text_means_the_same(name: str) -> None:
    project, rules = opened(name).project, opened(name).rules
    once = _formatted(project)
    assert running.resolve_project(once) == rules
    assert _texts(_formatted(once)) == _texts(once)


@pytest.mark.parametrize("name", NAMES)
def test_sql_is_as_expected(name: str, request: pytest.FixtureRequest) -> None:
    """expected.sql is DuckDB's, expected.postgres.diff and expected.spark.diff what the others' has otherwise."""
    duckdb = _statements(name, "duckdb")
    texts = {"expected.sql": duckdb}
    for dialect in ("postgres", "spark"):
        other = _statements(name, dialect)
        if dialect == "spark":  # whose names stand in other quotes everywhere
            other = other.replace("`", '"')
        lines = difflib.unified_diff(duckdb.splitlines(), other.splitlines(), "duckdb", dialect, "", "", 0, "")
        texts[f"expected.{dialect}.diff"] = "\n".join(lines) + "\n"
    for file, text in texts.items():
        path = FOLDER / name / file
        if request.config.getoption("--update"):
            path.write_text(text, encoding="utf-8", newline="\n")
        assert path.exists(), f"{path} is missing: run pytest tests/test_cases.py --update"
        assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("name", NAMES)
def test_a_plan_is_told_node_by_node(name: str) -> None:
    for own, moment in _entities(name, opened(name).cases[0]):
        made = plan(own, references(own, running.wanted_names(own)), moment)
        parts = described(made)
        nodes = in_order(made.root)
        assert [part.name for part in parts] == [node.name for node in nodes]
        for part, node in zip(parts, nodes, strict=True):
            assert all(read.name in part.does for read in inputs(node)), part
        used = dict(column for part in parts for column in part.columns)
        assert all(used[output.column] for output in made.outputs)


def wrong_in_worlds(name: str, engine: Engine) -> list[str]:
    """What is not as the cases of a folder expect, a line each, on an engine that is asked once for each day."""
    cases, lines = opened(name).cases, []
    for day in dict.fromkeys(case.as_of for case in cases):
        worlds = [case for case in cases if case.as_of == day]
        for own, moment in _entities(name, worlds[0]):
            tables = running.load(engine, own, [case.given for case in worlds], moment.zone, "world")
            wanted = references(own, running.wanted_names(own))
            found = running.run(engine, plan(own, wanted, moment, "world"), tables, moment.zone)
            for number, case in enumerate(worlds):
                lines += [f"{case.name}: {line}" for line in _wrong(case, own, _of_world(found, number))]
    return lines


def _of_world(found: running.Found, number: int) -> running.Found:
    return {name: {key: value for key, value in values.items() if key[0] == number} for name, values in found.items()}


def _entities(name: str, case: Case) -> list[tuple[Rules, AsOf]]:
    """The rules of each entity, and the as-of instant of the case."""
    moment = as_of(case.as_of, opened(name).project.timezone)
    return [(own, moment) for own in opened(name).rules.values()]


def _wrong(case: Case, own: Rules, found: running.Found) -> list[str]:
    """What is not as the case expects, a line each."""
    lines = []
    for expected in case.expect:
        if expected.entity == own.entity.name:
            values = {key: value for (_, key), value in found[expected.name].items()}
            wanted, got = _comparable(expected, values)
            if wanted != got:
                lines.append(f"{expected.name}: expected {wanted}, found {got}")
    return lines


def _comparable(expected: Expected, values: dict[Any, Any]) -> tuple[Any, Any]:
    if not isinstance(expected.value, Mapping):
        return set(expected.value), {key for key, value in values.items() if value}
    wanted = {key: _number(value) for key, value in expected.value.items()}
    return wanted, {key: _number(value) for key, value in values.items()}


def _number(value: Any) -> Any:
    """Numbers as written in a test and as computed, in one form."""
    return value if isinstance(value, bool | str | tuple) or not hasattr(value, "__float__") else float(value)


def _statements(name: str, dialect: str) -> str:
    """The SQL of everything in a case folder, as of its first case."""
    parts = []
    for own, moment in _entities(name, opened(name).cases[0]):
        tables = {table: Table("table", name=table) for table, _ in running.stored_tables(own)}
        made = plan(own, references(own, running.wanted_names(own)), moment)
        parts.append(generate(made, tables, moment.zone, dialect, is_to_be_read=True))
    return "\n\n".join(parts) + "\n"


def _formatted(project: Project) -> Project:
    """The project with every rule in canonical form."""
    return replace(
        project,
        traits=tuple(replace(one, rule=_canonical(one.rule)) for one in project.traits),
        segments=tuple(replace(one, rule=_canonical_tree(one.rule)) for one in project.segments),
        segmentations=tuple(
            replace(one, stages=tuple(replace(stage, rule=_canonical(stage.rule)) for stage in one.stages))
            for one in project.segmentations
        ),
    )


def _texts(project: Project) -> list[str]:
    """The text of every rule."""
    stages = [stage.rule for one in project.segmentations for stage in one.stages]
    trees = [one.rule for one in project.segments]
    for tree in trees:
        trees += tree.items
    rules = [*(one.rule for one in project.traits), *stages, *(tree.when for tree in trees)]
    return [rule.text for rule in rules if rule is not None]


def _canonical_tree(tree: Tree) -> Tree:
    rule = None if tree.when is None else _canonical(tree.when)
    return replace(tree, when=rule, items=tuple(map(_canonical_tree, tree.items)))


def _canonical(rule: Fragment) -> Fragment:
    tree, findings = parse(rule)
    assert tree is not None, findings
    return whole_file("rule", format_expression(tree))
