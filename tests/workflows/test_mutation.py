"""What tests notice of changed rules."""

from __future__ import annotations

from pathlib import Path

from segrules.project.reader import folder_reader
from segrules.workflows.mutating.mutation import MutationReport, run_mutation

PROJECT = """\
segrules: 1
as_of: 2026-01-31
entities:
  customer:
    source: c.csv
    key: id
    columns: {id: integer, country: text, age: integer, weight: number, company_id: integer}
    lookups: {company: {entity: company, on: {company_id: id}}}
  company: {source: f.csv, key: id, columns: {id: integer, seats: integer}}
relations:
  orders:
    of: customer
    source: o.csv
    key: id
    time: at
    columns: {id: integer, at: date, amount: integer}
"""
PAID = "  paid: {from: orders, where: amount > 0}\n"


def mutated(
    root: Path, rules: str, tests: str, *, name: str | None = None, relation: str = "", more: str = ""
) -> MutationReport:
    for folder in ("segments", "tests"):
        (root / folder).mkdir()
    (root / "segrules.yml").write_text(PROJECT + relation, "utf-8")
    (root / "segments" / "a.yml").write_text(f"entity: customer\n{rules}", "utf-8")
    (root / "segments" / "b.yml").write_text(f"entity: company\n{more}", "utf-8")
    (root / "tests" / "a.yml").write_text(tests, "utf-8")
    report = run_mutation(folder_reader(root), name=name)
    assert [finding for finding in report.tests.findings if finding.severity.value == "error"] == []
    return report


def missed(report: MutationReport) -> list[str]:
    return [
        f"{outcome.mutated.rule}: {outcome.mutated.mutant.after or f'without {outcome.mutated.mutant.before}'}"
        for outcome in report.outcomes
        if outcome.result == "survived"
    ]


def one_case(given: str, expect: str) -> str:
    return f"cases:\n  - name: one\n    given: {given}\n    expect: {expect}\n"


def test_rows_on_both_sides_of_each_bound_notice_every_change(tmp_path: Path) -> None:
    given = "{customer: [{id: 1, age: 29, country: TH}, {id: 2, age: 30, country: TH}, {id: 3, age: 28, country: US}]}"
    report = mutated(tmp_path, "segments: {young: age < 30 and country == 'TH'}\n", one_case(given, "{young: [1]}"))
    assert missed(report) == []
    assert report.score == 100


def test_a_bound_that_no_row_stands_on_is_missed(tmp_path: Path) -> None:
    given = "{customer: [{id: 1, age: 10}, {id: 2, age: 50}]}"
    report = mutated(tmp_path, "segments: {young: age < 30}\n", one_case(given, "{young: [1]}"))
    assert missed(report) == ["young: age <= 30", "young: age < 29"]
    assert report.score == 33


def test_a_change_is_noticed_in_what_rests_on_the_rule(tmp_path: Path) -> None:
    rules = (
        "traits: {number: count(orders)}\n"
        "segments: {buyer: number >= 1, fan: segments.buyer and number >= 2}\n"
        "segmentations: {stage: {stages: {best: segments.fan, some: segments.buyer}, otherwise: none_yet}}\n"
    )
    given = "{{customer: [{{id: 1}}, {{id: 2}}, {{id: 3}}], orders: [{}]}}".format(
        ", ".join(f"{{id: {key}, at: 2026-01-01, amount: 1}}" for key in (1, 2, 2))
    )
    report = mutated(tmp_path, rules, one_case(given, "{stage: {1: some, 2: best, 3: none_yet}}"))
    by_rule = {outcome.mutated.rule for outcome in report.outcomes if outcome.result == "killed"}
    assert by_rule == {"buyer", "fan", "stage", "stage.best", "stage.some"}
    # `fan` asks for a buyer, and two orders make one: `or` and no `buyer` differ for nobody but who has one
    assert missed(report) == ["fan: without segments.buyer"]


def test_a_change_of_a_derived_relation_is_noticed_in_its_folds(tmp_path: Path) -> None:
    given = "{customer: [{id: 1}], orders: [{id: 1, at: 2026-01-01, amount: 0}, {id: 1, at: 2026-01-01, amount: 1}]}"
    rules = "traits: {bought: sum(paid.amount), times: count(paid)}\n"
    report = mutated(tmp_path, rules, one_case(given, "{times: {1: 1}}"), relation=PAID)
    assert missed(report) == []
    assert [outcome.mutated.mutant.after for outcome in report.outcomes] == ["amount >= 0", "amount < 0", "amount > 1"]


def test_a_change_of_another_entity_is_noticed_behind_its_lookup(tmp_path: Path) -> None:
    given = "{customer: [{id: 1, company_id: 7}], company: [{id: 7, seats: 10}]}"
    report = mutated(
        tmp_path,
        "segments: {at_big: company.segments.big}\n",
        one_case(given, "{at_big: [1]}"),
        more="segments: {big: seats >= 10}\n",
    )
    assert missed(report) == ["big: seats <= 10", "big: seats >= 9"]
    assert [outcome.by for outcome in report.outcomes if outcome.mutated.mutant.after == "seats > 10"] == ["one"]


def test_two_stages_that_match_notice_a_change_where_one_may(tmp_path: Path) -> None:
    rules = "segmentations: {band: {hit: unique, stages: {young: age < 30, old: age >= 30}}}\n"
    given = "{customer: [{id: 1, age: 30}, {id: 2, age: 29}, {id: 3, age: 31}]}"
    report = mutated(tmp_path, rules, one_case(given, "{band.old: [1, 3]}"))
    assert "band.young: age <= 30" not in missed(report)


BANDS = "segmentations: {band: {%sstages: {old: age >= 60, thai: country == 'TH', young: age < 30}}}\n"


def test_a_rule_about_when_a_row_is_there_is_told_from_its_changes_by_cases(tmp_path: Path) -> None:
    """Without an as-of, who joins in 2026 is not there yet where examples are run."""
    for folder in ("segments", "tests"):
        (tmp_path / folder).mkdir()
    columns = "columns: {id: integer, joined: date}, time: joined"
    project = f"segrules: 1\nentities:\n  customer: {{source: c.csv, key: id, {columns}}}\n"
    (tmp_path / "segrules.yml").write_text(project, "utf-8")
    rules = "segments: {others: joined != 2026-02-01 and joined is known}\n"
    (tmp_path / "segments/a.yml").write_text(rules, "utf-8")
    case = "{name: a, as_of: 2026-03-31, given: {customer: [{id: 1, joined: 2026-01-05}]}, expect: {others: [1]}}"
    (tmp_path / "tests/a.yml").write_text(f"cases: [{case}]\n", "utf-8")
    report = run_mutation(folder_reader(tmp_path))
    forms = [item.answer.proposal.form for item in report.outcomes if item.answer and item.answer.proposal]
    assert set(forms) == {"case"}


def test_the_order_of_stages_is_noticed_by_who_is_in_both(tmp_path: Path) -> None:
    given = "{customer: [{id: 1, age: 60, country: TH}, {id: 2, age: 29}, {id: 3, country: TH}]}"
    report = mutated(tmp_path, BANDS % "", one_case(given, "{band: {1: old, 2: young, 3: thai}}"))
    orders = [outcome for outcome in report.outcomes if outcome.mutated.mutant.kind == "order"]
    assert [(item.mutated.rule, item.mutated.mutant.after, item.result) for item in orders] == [
        ("band", "thai, old", "killed"),
        ("band", "young, thai", "survived"),
    ]
    answer = orders[1].answer
    assert answer is not None
    assert answer.proposal is not None
    assert "country: TH}]" in answer.proposal.yaml
    assert "expect: {band: {1: thai}}" in answer.proposal.yaml


def test_the_order_of_stages_that_exclude_each_other_is_not_changed(tmp_path: Path) -> None:
    rules = "segmentations: {band: {stages: {young: age < 30, old: age >= 30}}}\n"
    report = mutated(tmp_path, rules, one_case("{customer: [{id: 1, age: 20}]}", "{band: {1: young}}"))
    assert [item.mutated.rule for item in report.outcomes if item.mutated.mutant.kind == "order"] == []


def test_the_order_of_stages_is_not_changed_where_it_does_not_decide(tmp_path: Path) -> None:
    case = one_case("{customer: [{id: 1, age: 29, country: TH}]}", "{band: {1: [thai, young]}}")
    report = mutated(tmp_path, BANDS % "hit: any, ", case)
    assert [item.mutated.rule for item in report.outcomes if item.mutated.mutant.kind == "order"] == []


def test_examples_notice_changes_too(tmp_path: Path) -> None:
    rules = (
        "traits: {number: count(orders)}\n"
        "segments:\n  fan:\n    when: number >= 2 and country == 'TH'\n"
        "    examples: {in: [{number: 2, country: TH}], out: [{number: 1, country: TH}, {number: 3}, {number: 1}]}\n"
    )
    report = mutated(tmp_path, rules, "cases: []\n")
    assert missed(report) == []
    assert {outcome.by for outcome in report.outcomes} == {"examples of fan"}


def test_a_rule_that_no_test_looks_at_is_told_apart(tmp_path: Path) -> None:
    rules = "segments: {young: age < 30, thai: country == 'TH'}\n"
    report = mutated(tmp_path, rules, one_case("{customer: [{id: 1, country: TH}]}", "{thai: [1]}"))
    assert {outcome.mutated.rule: outcome.is_looked_at for outcome in report.outcomes} == {"young": False, "thai": True}


def test_a_chosen_test_is_asked_about_its_own_rules_only(tmp_path: Path) -> None:
    rules = "segments: {young: age < 30, thai: country == 'TH'}\n"
    tests = one_case("{customer: [{id: 1, country: TH}]}", "{thai: [1]}")
    report = mutated(tmp_path, rules, tests, name="one")
    assert {outcome.mutated.rule for outcome in report.outcomes} == {"thai"}


def test_nothing_is_changed_where_a_test_fails(tmp_path: Path) -> None:
    report = mutated(tmp_path, "segments: {young: age < 30}\n", one_case("{customer: [{id: 1}]}", "{young: [1]}"))
    assert report.outcomes == ()
    assert report.score is None


def test_a_change_that_the_engine_cannot_compute_is_noticed(tmp_path: Path) -> None:
    rules = """\
traits:
  large: if(age > 5, age * age * 4_000_000_000_000_000_000, 0)
segments:
  some: large > 1 or age > 3
"""
    given = "{customer: [{id: 1, age: 5}]}"
    report = mutated(tmp_path, rules, one_case(given, "{some: [1]}"))
    assert "large: age >= 5" not in missed(report)  # 25 times that is no number that an integer holds
    assert "some: age >= 3" in missed(report)  # and the others are judged as ever


def test_what_stands_beside_a_rule_is_not_changed(tmp_path: Path) -> None:
    rules = """\
segments:
  young:
    when: age < 30
    include: [7]
    exclude: [1, 2]
    suppress: country == 'US'
"""
    report = mutated(tmp_path, rules, "cases: []\n")
    said = [outcome.mutated.mutant.after for outcome in report.outcomes]
    assert said == ["age <= 30", "age > 30", "age < 29"]


def test_a_distance_between_sums_is_a_rule_like_others(tmp_path: Path) -> None:
    rules = "traits:\n  far: distance_km(overall(min(age where id == weight)) + 0, 0, 0, 0)\n"
    report = mutated(tmp_path, rules, "cases: []\n")
    assert report.outcomes


def test_rows_are_found_for_the_last_order_beside_a_count_of_some(tmp_path: Path) -> None:
    buys = (
        "  buys: {of: customer, source: b.csv, key: id, time: at, columns: {id: integer, at: timestamp, state: text}}\n"
    )
    rules = (
        "traits: {quiet: days_since(max(buys.at)), paid: count(buys where state == 'paid')}\n"
        "segmentations: {stage: {stages: {lead: paid == 0, new: paid == 1 and quiet <= 60, asleep: quiet >= 120},"
        " otherwise: awake}}\n"
    )
    report = mutated(tmp_path, rules, one_case("{customer: [{id: 1}]}", "{stage: {1: lead}}"), relation=buys)
    asleep = [outcome.result for outcome in report.outcomes if outcome.mutated.rule == "stage.asleep"]
    assert {*asleep} == {"survived"}
