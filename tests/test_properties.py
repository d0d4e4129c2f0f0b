"""Laws on random rules and rows: SQL means what the reference evaluator says, and every plan of a rule set is one."""

from __future__ import annotations

import running
from hypothesis import given, reject, settings
from strategies import Sample, samples

from segrules.engines import Engine, EngineError
from segrules.planning import naive_plan, plan, references
from segrules.planning.time import parse_as_of


@given(sample=samples())
def test_sql_means_what_the_reference_says(sample: Sample, duckdb_engine: Engine) -> None:
    _check_meaning(sample, duckdb_engine)


@settings(max_examples=settings().max_examples // 4)
@given(sample=samples())
def test_sql_means_the_same_on_postgresql(sample: Sample, postgres_engine: Engine) -> None:
    _check_meaning(sample, postgres_engine)


@settings(max_examples=settings().max_examples // 2)
@given(sample=samples())
def test_every_pass_keeps_the_meaning(sample: Sample, duckdb_engine: Engine) -> None:
    rules = running.resolve_project(running.open_project(sample.files))["customer"]
    as_of = parse_as_of(sample.as_of, sample.zone)
    tables = running.load(duckdb_engine, rules, sample.worlds[:1], sample.zone, None)
    wanted = references(rules, running.wanted_names(rules))

    naive = running.run(duckdb_engine, naive_plan(rules, wanted, as_of), tables, sample.zone)
    optimised = running.run(duckdb_engine, plan(rules, wanted, as_of), tables, sample.zone)
    assert optimised == naive


def _check_meaning(sample: Sample, engine: Engine) -> None:
    """Each sample is a rule set of traits, segments and segmentations, run over the rows of up to three worlds."""
    rules = running.resolve_project(running.open_project(sample.files))["customer"]
    as_of = parse_as_of(sample.as_of, sample.zone)
    partition = "world" if len(sample.worlds) > 1 else None
    tables = running.load(engine, rules, sample.worlds, sample.zone, partition)
    wanted = references(rules, running.wanted_names(rules))
    try:
        found = running.run(engine, plan(rules, wanted, as_of, partition), tables, sample.zone)
    except EngineError as error:
        assert error.kind == "overflow", error  # loud, never silent; the reference knows no largest number
        reject()
    expected = running.expected(rules, sample.worlds, as_of.now, sample.zone)
    assert not running.differences(expected, found), running.shown(sample.files, expected, found)
