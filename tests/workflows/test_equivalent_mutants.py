"""Changes of rules that nobody could notice, and rows that a prover makes up for those that somebody could."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from test_mutation import mutated, one_case

from segrules.analysis import Example
from segrules.engines import Engine
from segrules.planning.time import as_of
from segrules.project.reader import folder_reader
from segrules.workflows.mutating.killing_rows import tried_out
from segrules.workflows.mutating.mutation import MutationReport, case_name, mutated_rules
from segrules.workflows.validate import validate

PEOPLE = "{customer: [{id: 1, age: 29, country: TH}, {id: 2, age: 30}, {id: 3, age: 45}, {id: 4, age: 31}]}"


def results(report: MutationReport, result: str) -> list[str]:
    return [
        f"{outcome.mutated.rule}: {outcome.mutated.mutant.after or f'without {outcome.mutated.mutant.before}'}"
        for outcome in report.outcomes
        if outcome.result == result
    ]


def test_what_another_clause_decides_already_counts_neither_way(tmp_path: Path) -> None:
    rules = "segments: {young: age < 30 and age < 40}\n"
    report = mutated(tmp_path, rules, one_case(PEOPLE, "{young: [1]}"))
    assert {"young: age <= 40", "young: age < 39", "young: without age < 40"} <= set(results(report, "equivalent"))
    assert results(report, "alike") == []
    judged = report.killed + report.count("survived")
    assert report.score == report.killed * 100 // judged


def test_a_day_that_is_still_to_come_is_no_reason_to_forget_a_change(tmp_path: Path) -> None:
    rules = "segments: {early: age < 30 and today < 2027-01-01}\n"
    report = mutated(tmp_path, rules, one_case(PEOPLE, "{early: [1]}"))
    assert results(report, "equivalent") == []
    assert any("2027-01-01" in item or "2026-12-31" in item for item in results(report, "alike"))


def test_a_stage_that_an_earlier_one_covers(tmp_path: Path) -> None:
    rules = "segmentations: {band: {stages: {young: age < 30, old: age >= 10}}}\n"
    report = mutated(tmp_path, rules, one_case(PEOPLE, "{band: {1: young, 2: old, 3: old, 4: old}}"))
    assert {"band.old: age > 10", "band.old: age >= 9"} <= set(results(report, "equivalent"))
    assert not {item for item in results(report, "equivalent") if item.startswith("band.young")}


def test_a_relation_that_keeps_the_same_rows(tmp_path: Path) -> None:
    given = "{customer: [{id: 1}], orders: [{id: 1, at: 2026-01-01, amount: 0}, {id: 1, at: 2026-01-01, amount: 1}]}"
    paid = "  paid: {from: orders, where: amount > 0 and amount > -5, columns: {real: amount > -9}}\n"
    rules = "traits: {times: count(paid), sound: count(paid where real)}\n"
    report = mutated(tmp_path, rules, one_case(given, "{times: {1: 1}, sound: {1: 1}}"), relation=paid)
    same = set(results(report, "equivalent"))
    assert {"paid: amount >= -5", "paid: without amount > -5", "paid.real: amount >= -9"} <= same
    assert not {"paid: amount >= 0", "paid: without amount > 0"} & same


def test_a_row_that_was_made_up_is_shown_where_it_tells(tmp_path: Path, duckdb_engine: Engine) -> None:
    mutated(tmp_path, "segments: {young: age < 30}\n", one_case(PEOPLE, "{young: [1]}"))
    checked = validate(folder_reader(tmp_path))
    assert checked.project is not None
    (number, item), *_ = (
        (number, item) for number, item in enumerate(mutated_rules(checked.rules)) if item.mutant.after == "age <= 30"
    )
    moment = as_of(date(2026, 1, 31), "UTC")
    for age, expected in ((30, "young: []"), (29, None), (31, None)):
        example = Example({((), "age"): age, ((), "country"): "TH"})
        found = tried_out(
            duckdb_engine,
            checked.project,
            checked.rules,
            {number: item.variant},
            {number: case_name(item)},
            moment,
            {number: example},
        )
        if expected is None:
            assert found == {}
        else:
            assert f"{{{expected}}}" in found[number].yaml
            assert "country" not in found[number].yaml
