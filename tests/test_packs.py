"""Every pack is valid, tested to the last rule, described on its page, and fits beside the other packs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import reduce
from pathlib import Path
from typing import TypeVar

import pytest
import running

from segrules.engines import Engine
from segrules.planning import plan, references
from segrules.planning.time import as_of
from segrules.project.loader import folder_reader, load
from segrules.project.model import Entity, Example, Lookup, Project, Relation
from segrules.project.resolve import resolve
from segrules.workflows.testing.unit_tests import run_tests
from segrules.workflows.validate import Validated, validate

PACKS = Path(__file__).parents[1] / "examples/packs"
NAMES = sorted(path.parent.name for path in PACKS.glob("*/segrules.yml"))

Table = Entity | Relation | Lookup
AnyTable = TypeVar("AnyTable", Entity, Relation, Lookup)


@pytest.mark.parametrize("name", NAMES)
def test_a_pack_has_no_findings_and_passes_its_tests(name: str) -> None:
    report = run_tests(folder_reader(PACKS / name))
    assert [finding.message for finding in report.findings] == []
    assert [(result.name, result.message) for result in report.results if not result.passed] == []


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "spark"])
@pytest.mark.parametrize("name", NAMES)
def test_a_pack_has_the_members_of_the_reference(name: str, dialect: str, request: pytest.FixtureRequest) -> None:
    """All rules on the rows of all cases, whether or not a case expects anything of them."""
    engine: Engine = request.getfixturevalue(f"{dialect}_engine")
    checked = validate(folder_reader(PACKS / name))
    assert checked.project is not None
    zone = checked.project.timezone
    for day in {case.as_of for case in checked.cases}:
        worlds = [case.given for case in checked.cases if case.as_of == day]
        moment = as_of(day, zone)
        for rules in checked.rules.values():
            tables = running.load(engine, rules, worlds, zone, "world")
            wanted = references(rules, running.wanted_names(rules))
            found = running.run(engine, plan(rules, wanted, moment, "world"), tables, zone)
            assert running.differences(running.expected(rules, worlds, moment.now, zone), found) == []


@pytest.mark.parametrize("name", NAMES)
def test_each_rule_of_a_pack_takes_somebody_in_and_leaves_somebody_out(name: str) -> None:
    checked = validate(folder_reader(PACKS / name))
    assert checked.project is not None
    members, others, labels, values = _expected(checked)
    named = {segment.name for segment in checked.project.segments if {True, False} <= _sides(segment.examples)}
    segments = {segment.name for segment in checked.project.segments} - named
    assert segments - members == set(), "segments that no test has a member of"
    assert segments - others == set(), "segments that no test leaves anybody out of"
    stages = {f"{one.name}.{label}" for one in checked.project.segmentations for label in one.labels}
    assert stages - labels - members == set(), "stages that nobody reaches in a test"
    assert {trait.name for trait in checked.project.traits} - values == set(), "traits that no test expects"


def _sides(examples: tuple[Example, ...]) -> set[bool]:
    """Whether its examples have somebody who is in, somebody who is not."""
    return {example.expected for example in examples}


def _expected(checked: Validated) -> tuple[set[str], set[str], set[str], set[str]]:
    """Names of segments with a member, of those with a non-member, of stages reached, of traits with a value."""
    members: set[str] = set()
    others: set[str] = set()
    labels: set[str] = set()
    values: set[str] = set()
    for case in checked.cases:
        for expected in case.expect:
            match expected.value:
                case tuple() as keys:
                    members |= {expected.name} if keys else set()
                    others |= {expected.name} if len(keys) < len(case.given.get(expected.entity, ())) else set()
                case Mapping() as given:
                    values.add(expected.name)
                    for value in given.values():
                        stages = value if isinstance(value, tuple) else (value,)
                        labels |= {f"{expected.name}.{stage}" for stage in stages}
    return members, others, labels, values


@pytest.mark.parametrize("name", NAMES)
def test_the_page_of_a_pack_names_each_rule_and_nothing_else(name: str) -> None:
    project = _project(name)
    page = (PACKS / name / "README.md").read_text("utf-8")
    assert page.count("\n") <= 120
    written = set(re.findall(r"`([^`\n]+)`", page))
    rules = {item.name for item in (*project.segments, *project.segmentations, *project.traits)}
    stages = {f"{one.name}.{label}" for one in project.segmentations for label in one.labels}
    assert rules - {one.partition(".")[0] for one in written} - written == set(), "rules that the page does not name"
    # The last cell of a row names rules.
    for row in re.findall(r"^\|.*\|(.*)\|$", page, re.MULTILINE):
        for one in re.findall(r"`([^`]+)`", row):
            assert one in rules | stages | {f"params.{param}" for param in project.params}, f"no rule {one}"


def test_the_page_of_all_packs_links_to_each() -> None:
    page = (PACKS / "README.md").read_text("utf-8")
    assert sorted(re.findall(r"\]\((\w+)/README\.md\)", page)) == NAMES


# packs are copied into one project


def test_tables_and_columns_of_one_name_are_the_same_in_all_packs() -> None:
    zones: set[str] = set()
    tables: dict[str, dict[str, object]] = {}
    for name in NAMES:
        project = _project(name)
        zones.add(project.timezone)
        for path, table in _tables(project):
            _fits(tables.setdefault(path, {}), _facts(table), f"{name}: {path}")
    assert len(zones) == 1


def _tables(project: Project) -> Iterator[tuple[str, Table]]:
    for owner in (*project.entities, *project.relations):
        yield owner.name, owner
        yield from _lookups(owner.name, owner.lookups)


def _lookups(owner: str, lookups: tuple[Lookup, ...]) -> Iterator[tuple[str, Lookup]]:
    for lookup in lookups:
        yield f"{owner}.{lookup.name}", lookup
        yield from _lookups(f"{owner}.{lookup.name}", lookup.lookups)


def _facts(table: Table) -> dict[str, object]:
    facts: dict[str, object] = {f"column {column.name}": column for column in table.columns}
    for key in ("source", "key", "time", "order", "on", "valid", "entity", "from_relation"):
        facts[key] = getattr(table, key, None)
    return facts


def _fits(known: dict[str, object], facts: dict[str, object], where: str) -> None:
    for fact, value in facts.items():
        assert known.setdefault(fact, value) == value, f"{where}: {fact} differs from that of another pack"


def test_all_packs_together_are_one_project() -> None:
    """No name means two things once every table has the columns of all packs."""
    first, *others = (_project(name) for name in NAMES)
    rules, findings = resolve(reduce(_together, others, first))
    assert [f"{finding.message}: {finding.help}" for finding in findings] == []
    assert sum(len(own.segments) for own in rules.values()) > 300


def _together(one: Project, other: Project) -> Project:
    known = {(trait.entity, trait.name) for trait in one.traits}
    return replace(
        one,
        entities=_tables_together(one.entities, other.entities),
        relations=_tables_together(one.relations, other.relations),
        params={**one.params, **other.params},
        traits=(*one.traits, *(trait for trait in other.traits if (trait.entity, trait.name) not in known)),
        segments=(*one.segments, *other.segments),
        segmentations=(*one.segmentations, *other.segmentations),
        lists={**one.lists, **other.lists},
    )


def _tables_together(one: tuple[AnyTable, ...], other: tuple[AnyTable, ...]) -> tuple[AnyTable, ...]:
    tables = {table.name: table for table in one}
    for table in other:
        known = tables.get(table.name, table)
        columns = {column.name: column for column in (*known.columns, *table.columns)}
        lookups = _tables_together(known.lookups, table.lookups) if known is not table else table.lookups
        tables[table.name] = replace(known, columns=tuple(columns.values()), lookups=lookups)
    return tuple(tables.values())


def test_no_two_packs_give_one_name_to_different_rules() -> None:
    known: dict[tuple[str, str, str], object] = {}
    for name in NAMES:
        for kind, entity, own, rule in _rules(_project(name)):
            assert known.setdefault((kind, entity, own), rule) == rule, f"{name}: {own} is another {kind} elsewhere"


def _rules(project: Project) -> Iterator[tuple[str, str, str, object]]:
    """Each definition with what it says, and where: a file that several packs share has all of it alike."""
    for trait in project.traits:
        yield "trait", trait.entity, trait.name, trait.rule.text
    for item in (*project.segments, *project.segmentations):
        yield "segment", item.entity, item.name, project.name
    for param in project.params:
        yield "param", "", param, project.name


def _project(name: str) -> Project:
    project, _ = load(folder_reader(PACKS / name))
    assert project is not None
    return project
