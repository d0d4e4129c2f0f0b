"""Laws on random rules and rows: SQL means what the reference evaluator says, and every plan of a rule set is one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import running
from hypothesis import Phase, given, reject, settings
from hypothesis import strategies as st
from strategies import Sample, samples

from segrules.engines import Engine, EngineError
from segrules.language.core import Reference
from segrules.language.normal_form import normal_form
from segrules.planning import naive_plan, plan, references
from segrules.planning.cut import cut, narrower
from segrules.planning.nodes import Plan
from segrules.planning.planes import cut_to_planes, scan_behind
from segrules.planning.signatures import ALIKE, cut_to_signatures, most_signatures
from segrules.planning.time import parse_as_of
from segrules.project.model import Rules
from segrules.sql import counts, planes, writes
from segrules.sql.dialects.duckdb import DUCKDB
from segrules.sql.dialects.postgres import POSTGRES
from segrules.sql.scans import Table, typed_scans

NOT_SHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)
"""For an engine that takes seconds to plan a statement."""


@given(sample=samples())
def test_sql_means_what_the_reference_says(sample: Sample, duckdb_engine: Engine) -> None:
    _check_meaning(sample, duckdb_engine)


@settings(max_examples=settings().max_examples // 2)
@given(sample=samples())
def test_sql_means_the_same_on_postgresql(sample: Sample, postgres_engine: Engine) -> None:
    _check_meaning(sample, postgres_engine)


@settings(max_examples=max(settings().max_examples // 20, 4), phases=NOT_SHRUNK)
@given(sample=samples())
def test_sql_means_the_same_on_spark(sample: Sample, spark_engine: Engine) -> None:
    _check_meaning(sample, spark_engine)


@settings(max_examples=settings().max_examples // 4)
@given(sample=samples())
def test_every_pass_keeps_the_meaning(sample: Sample, duckdb_engine: Engine) -> None:
    rules, wanted = _resolved(sample)
    as_of = parse_as_of(sample.as_of, sample.zone)
    tables = running.load(duckdb_engine, rules, sample.worlds[:1], sample.zone, None)
    naive = _run(duckdb_engine, naive_plan(rules, wanted, as_of), tables, sample.zone)
    optimised = _run(duckdb_engine, plan(rules, wanted, as_of), tables, sample.zone)
    assert optimised == naive


@settings(max_examples=settings().max_examples // 4)
@given(sample=samples())
def test_rows_kept_in_a_table_are_read_back_as_they_were(sample: Sample, duckdb_engine: Engine) -> None:
    rules, wanted = _resolved(sample)
    tables = running.load(duckdb_engine, rules, sample.worlds[:1], sample.zone, None)
    made = plan(rules, wanted, parse_as_of(sample.as_of, sample.zone))
    whole = _run(duckdb_engine, made, tables, sample.zone)
    parts = cut(made, "rows that are kept")
    for statement in counts.kept(parts, DUCKDB, typed_scans(tables, sample.zone)):
        duckdb_engine.execute(statement)
    assert _run(duckdb_engine, parts.rest, tables, sample.zone) == whole
    narrowed = narrower(parts.rest)
    for output in parts.rest.outputs:
        name = output.wanted.name
        assert _run(duckdb_engine, narrowed([output]), tables, sample.zone) == {name: whole[name]}


@settings(max_examples=settings().max_examples // 4)
@given(sample=samples())
def test_counting_kinds_of_rows_counts_rows(sample: Sample, duckdb_engine: Engine) -> None:
    rules, wanted = _resolved(sample)
    tables = running.load(duckdb_engine, rules, sample.worlds[:1], sample.zone, None)
    made = plan(rules, wanted, parse_as_of(sample.as_of, sample.zone))
    scan = typed_scans(tables, sample.zone)
    segments = writes.segments(made)
    parts = cut_to_signatures(made, segments, "kinds of rows", fewest=1)
    if parts is None:
        return
    for statement in counts.signatures(parts, DUCKDB, scan):
        duckdb_engine.execute(statement)
    ((kinds,),) = duckdb_engine.run('SELECT count(*) FROM "kinds of rows"')
    assert kinds <= most_signatures(parts.flags)
    counted = duckdb_engine.run(counts.count_query(parts.rest, DUCKDB, scan, segments, ALIKE))
    assert counted == duckdb_engine.run(counts.count_query(made, DUCKDB, scan, segments))


@settings(max_examples=settings().max_examples // 2)
@given(sample=samples(), is_kept=st.booleans())
def test_counting_many_rows_at_once_counts_the_same(sample: Sample, is_kept: bool, postgres_engine: Engine) -> None:
    rules, wanted = _resolved(sample)
    tables = running.load(postgres_engine, rules, sample.worlds[:1], sample.zone, None)
    made = plan(rules, wanted, parse_as_of(sample.as_of, sample.zone))
    scan = typed_scans(tables, sample.zone, POSTGRES)
    segments = writes.segments(made)
    if is_kept:
        kept = cut(made, "kept rows")
        for statement in counts.kept(kept, POSTGRES, scan):
            postgres_engine.execute(statement)
        made = kept.rest
    parts = cut_to_planes(made, segments, "planes")
    if parts is None:
        return
    ((same, *expected),) = postgres_engine.run(counts.count_query(made, POSTGRES, scan, segments))
    for placed in {None, scan_behind(parts.rows)}:
        ((rows, *sizes),) = postgres_engine.run(planes.count_query(parts, POSTGRES, scan, segments, placed))
        assert (rows, sizes) == (same, expected[: len(segments)])


@settings(max_examples=settings().max_examples // 4)
@given(sample=samples())
def test_the_normal_form_keeps_the_meaning(sample: Sample) -> None:
    rules, _ = _resolved(sample)
    formed = replace(
        rules,
        traits={name: normal_form(node) for name, node in rules.traits.items()},
        segments={name: normal_form(node) for name, node in rules.segments.items()},
        segmentations={
            name: replace(one, stages=tuple((label, normal_form(test)) for label, test in one.stages))
            for name, one in rules.segmentations.items()
        },
    )
    formed = replace(formed, entities={**rules.entities, rules.entity.name: formed})
    now = parse_as_of(sample.as_of, sample.zone).now
    expected = running.expected(rules, sample.worlds, now, sample.zone)
    found = running.expected(formed, sample.worlds, now, sample.zone)
    assert not running.differences(expected, found), running.shown(sample.files, expected, found)


def _check_meaning(sample: Sample, engine: Engine) -> None:
    """Each sample is a rule set of traits, segments and segmentations, run over the rows of up to four worlds."""
    rules, wanted = _resolved(sample)
    as_of = parse_as_of(sample.as_of, sample.zone)
    partition = "world" if len(sample.worlds) > 1 else None
    tables = running.load(engine, rules, sample.worlds, sample.zone, partition)
    found = _run(engine, plan(rules, wanted, as_of, partition), tables, sample.zone)
    expected = running.expected(rules, sample.worlds, as_of.now, sample.zone)
    assert not running.differences(expected, found), running.shown(sample.files, expected, found)


def _resolved(sample: Sample) -> tuple[Rules, tuple[Reference, ...]]:
    """The rules, through the whole front end, and everything they define."""
    rules = running.resolve_project(running.open_project(sample.files))["customer"]
    return rules, references(rules, running.wanted_names(rules))


def _run(engine: Engine, plan: Plan, tables: Mapping[str, Table], zone: str) -> running.Found:
    """What the engine finds. A number too large for it is said aloud, which no law forbids."""
    try:
        return running.run(engine, plan, tables, zone)
    except EngineError as error:
        if error.kind != "overflow":
            raise
        return reject()
