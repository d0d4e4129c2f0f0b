"""Rows that are shown for mutants do what they are shown for: pasted, the rule passes them and the mutant fails."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from textwrap import indent

import running
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import Sample, samples

from segrules.engines import Engine
from segrules.planning.time import as_of
from segrules.workflows.mutating.draft_values import value_of
from segrules.workflows.mutating.drafting import Proposal, maker_for
from segrules.workflows.mutating.drafts import Draft
from segrules.workflows.mutating.killing_rows import answers
from segrules.workflows.mutating.mutant_runs import killed, trials
from segrules.workflows.mutating.mutation import Mutated, case_name, mutated_rules
from segrules.workflows.testing.unit_tests import run_checked
from segrules.workflows.validate import validate


@settings(max_examples=settings().max_examples // 8)
@given(sample=samples(), data=st.data(), has_as_of=st.booleans())
def test_pasted_rows_pass_and_kill(sample: Sample, data: st.DataObject, has_as_of: bool, duckdb_engine: Engine) -> None:
    files = {**sample.files}
    if has_as_of:
        files["segrules.yml"] = json.dumps(
            {**json.loads(files["segrules.yml"]), "as_of": sample.as_of}, ensure_ascii=False
        )
    checked = validate(running.Files(files))
    assert checked.project is not None
    every = mutated_rules(checked.rules)
    if not every:
        return
    chosen = dict(enumerate(data.draw(st.lists(st.sampled_from(every), min_size=1, max_size=4))))
    day = datetime.fromisoformat(sample.as_of) if "T" in sample.as_of else date.fromisoformat(sample.as_of)
    variants = {number: item.variant for number, item in chosen.items()}
    names = {number: case_name(item) for number, item in chosen.items()}
    found = answers(duckdb_engine, checked.project, checked.rules, variants, names, day)
    for number, answer in found.items():
        if answer.proposal is not None:
            check_pasted(files, chosen[number], answer.proposal, duckdb_engine)


def check_pasted(files: Mapping[str, str], mutated: Mutated, proposal: Proposal, engine: Engine) -> None:
    checked = validate(running.Files(pasted(files, mutated, proposal)))
    errors = [finding for finding in checked.findings if finding.severity.value == "error"]
    assert not errors, (running.lines(errors), proposal.yaml)
    results = run_checked(checked, name=None).results
    assert [result.passed for result in results] == [True], (results, proposal.yaml)
    assert checked.project is not None
    (trial,) = trials(checked.project, checked.rules, checked.cases, None)
    assert killed(engine, trial, {0: mutated.variant}), (mutated.mutant, proposal.yaml)


def pasted(files: Mapping[str, str], mutated: Mutated, proposal: Proposal) -> dict[str, str]:
    """The files with the text of a proposal where it belongs."""
    if proposal.form == "case":
        return {**files, "tests/new.yml": f"cases:\n{indent(proposal.yaml, '  ')}\n"}
    path = "segments/rules.yml" if mutated.entity == "customer" else "segments/companies.yml"
    lines = files[path].splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith("segments: "))
    segments = json.loads(lines[place].removeprefix("segments: "))
    written = []
    for name, content in segments.items():
        long = content if isinstance(content, dict) else {"when": content}
        text = json.dumps(long, ensure_ascii=False)
        if name == mutated.rule:
            text = f'{text[:-1]}, "examples": {{{proposal.yaml}}}}}'
        written.append(f"{json.dumps(name, ensure_ascii=False)}: {text}")
    lines[place] = f"segments: {{{', '.join(written)}}}"
    return {**files, path: "\n".join(lines) + "\n"}


def test_an_example_of_a_project_without_a_day_gives_the_trait_that_counts_days(duckdb_engine: Engine) -> None:
    files = {
        "segrules.yml": "segrules: 1\nentities: {customer: {source: c.csv, key: id, columns: {id: integer}}}\n"
        "relations: {orders: {source: o.csv, key: id, time: at, columns: {id: integer, at: date}}}\n",
        "segments/rules.yml": "traits: {lately: max(orders.id in last 1 day)}\n"
        'segments: {"big": "(lately == -7) == (id == -7)"}\n',
    }
    checked = validate(running.Files(files))
    assert checked.project is not None
    every = mutated_rules(checked.rules)
    chosen = {number: item for number, item in enumerate(every) if item.rule == "big"}
    variants = {number: item.variant for number, item in chosen.items()}
    names = {number: case_name(item) for number, item in chosen.items()}
    found = answers(duckdb_engine, checked.project, checked.rules, variants, names, date(2026, 1, 31))
    proposals = [(chosen[number], answer.proposal) for number, answer in found.items() if answer.proposal is not None]
    assert len(proposals) > 1
    assert all("lately" in proposal.yaml for _, proposal in proposals)
    for mutated, proposal in proposals:
        check_pasted(files, mutated, proposal, duckdb_engine)


def test_made_up_values_of_two_kinds_have_no_least_one() -> None:
    files = {
        "segrules.yml": "segrules: 1\nentities: {customer: {source: c.csv, key: id, columns: {id: integer}}}\n"
        "relations: {orders: {source: o.csv, key: id, columns: {id: integer, place: text}}}\n",
        "segments/a.yml": "traits: {least: min(orders.place)}\n",
    }
    checked = validate(running.Files(files))
    assert checked.project is not None
    rules = checked.rules["customer"]
    maker = maker_for(checked.project, rules, as_of(date(2026, 1, 31), "UTC"), "least")

    def least(*places: object) -> object:
        draft = Draft({}, {"orders": [{((), "place"): place} for place in places]})
        return value_of(rules.traits["least"], maker.scopes(draft), draft, maker)

    assert least("b", "a", None) == "a"
    assert least("b", 1) is None
    assert least() is None
