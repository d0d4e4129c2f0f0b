"""Rules in plain words: sentences written by hand, and that every rule there is has words of its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import running
from hypothesis import given, settings
from memory_reader import SHOP, reader
from strategies import Sample, samples

from segrules.language.core import Expression
from segrules.language.mutants import mutants
from segrules.project.loader import folder_reader
from segrules.report.words import Words, plain_words, value_words
from segrules.workflows.validate import validate

ROOT = Path(__file__).parents[2]
PROJECTS = sorted(
    path.parent.relative_to(ROOT).as_posix()
    for folder in ("examples", "tests/cases")
    for path in (ROOT / folder).rglob("segrules.yml")
)

MORE = "tags: list of text\n      vip: boolean\n      seen_at: timestamp\n      app: text"
BASKETS = "  baskets: {from: orders, by: date(ordered_at) as day, time: day, columns: {spent: sum(amount)}}\n"
PROJECT = SHOP.replace("tags: list of text", MORE).replace("relations:\n", "relations:\n" + BASKETS)
TRAITS = """\
params: {window: 60 days, places: [TH, US]}
traits:
  recency_days: days_since(max(orders.ordered_at))
  spend: sum(orders.amount)
  orders: count(orders)
segments:
  big_spender: spend > 100
segmentations:
  life_stage: {stages: {new_one: orders == 1, gone: recency_days > 365}}
"""


def sentences() -> list[tuple[str, str]]:
    """Each rule of the table, and its words."""
    lines = (Path(__file__).parent / "plain_words.txt").read_text(encoding="utf-8").splitlines()
    written = [line.strip() for line in lines if line and not line.startswith("#")]
    return list(zip(written[::2], written[1::2], strict=True))


SENTENCES = sentences()


@pytest.fixture(scope="module")
def rules() -> dict[str, Expression]:
    """The rules of the table by their text."""
    lines = [f"  rule_{number}: {{when: {_quoted(text)}}}" for number, (text, _) in enumerate(SENTENCES)]
    checked = validate(reader(TRAITS.replace("segments:\n", "segments:\n" + "\n".join(lines) + "\n"), "", PROJECT))
    assert [item.message for item in checked.findings if item.severity == "error"] == []
    own = checked.rules["customer"].segments
    return {text: own[f"rule_{number}"] for number, (text, _) in enumerate(SENTENCES)}


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@pytest.mark.parametrize(("text", "words"), SENTENCES, ids=[text for text, _ in SENTENCES])
def test_a_rule_reads_like_a_sentence(text: str, words: str, rules: dict[str, Expression]) -> None:
    assert plain_words(rules[text], "customer").text == words


def test_the_words_on_the_page_of_the_report_are_those_of_rules(rules: dict[str, Expression]) -> None:
    page = (ROOT / "docs/report.md").read_text(encoding="utf-8")
    table = page[page.index("| a rule | in words |") :].split("\n\n")[0]
    rows = [row.strip("| ").split(" | ") for row in table.splitlines()[2:]]
    assert len(rows) > 3
    for rule, words in rows:
        assert plain_words(rules[rule.strip("`")], "customer").text == words


def _shape(words: Words) -> object:
    return words.text if words.kind == "sentence" else {words.kind: [_shape(part) for part in words.parts]}


def test_a_tree_is_a_list_of_lists() -> None:
    segments = """\
traits: {spend: sum(orders.amount)}
segments:
  chosen:
    all:
      - age >= 18 and age <= 65
      - any: [country is missing, country != 'US']
      - none: [spend > 5, tags contains 'x']
      - not (age > 20 and spend > 3)
  plain: {all: [spend > 3]}
  exempt: {when: spend > 5, include: [7001, 7002], exclude: [7003], suppress: email is missing}
"""
    checked = validate(reader(segments))
    own = checked.rules["customer"].segments
    assert _shape(plain_words(own["chosen"], "customer")) == {
        "all": [
            "age is from 18 to 65 (both included)",
            {"any": ["country is missing", "country is not US"]},
            {"none": ["spend is over 5", "tags has x"]},
            {"not all": ["age is over 20", "spend is over 3"]},
        ]
    }
    assert _shape(plain_words(own["plain"], "customer")) == "spend is over 3"
    exempt = _shape(plain_words(own["exempt"], "customer"))
    assert "700" not in str(exempt)  # keys stand in no report
    assert exempt == {
        "all": [{"any": ["spend is over 5", "is named under include"]}, "is not named under exclude", "email is known"]
    }


def test_a_long_test_of_rows_is_a_list() -> None:
    tests = "channel == 'web' and amount > 100 and product.category == 'shoes' and product.category is known"
    rules = {
        "has at least one order in the last 30 days where": f"any(orders where {tests} in last 30 days)",
        "has no orders where": f"not any(orders where {tests})",
        "has orders, and in each of them": f"every(orders where {tests})",
        "has at least 3 orders where": f"count(orders where {tests}) >= 3",
    }
    lines = (f"  rule_{number}: >-\n    {rule}\n" for number, rule in enumerate(rules.values()))
    own = validate(reader("segments:\n" + "".join(lines))).rules["customer"].segments
    parts = ["channel is web", "amount is over 100", "product category is shoes", "product category is known"]
    for lead, rule in zip(rules, own.values(), strict=True):
        words = plain_words(rule, "customer")
        assert (words.kind, words.lead, [part.text for part in words.parts]) == ("all", lead, parts)


@pytest.mark.parametrize("name", PROJECTS)
def test_every_rule_there_is_has_words(name: str) -> None:
    for entity, rules in validate(folder_reader(ROOT / name)).rules.items():
        said = [value_words(rule, entity) for rule in rules.traits.values()]
        stages = [rule for labelling in rules.segmentations.values() for _, rule in labelling.stages]
        trees = [plain_words(rule, entity) for rule in (*rules.segments.values(), *stages)]
        for text in (*said, *(tree.text for tree in trees)):
            assert text
            assert not re.search(r"\b[A-Z][a-z]+\(|\bNone\b|object at|  ", text), text


@pytest.mark.parametrize("name", PROJECTS)
def test_a_rule_with_another_bound_or_name_reads_otherwise(name: str) -> None:
    """What stands in a file of `lists/` is not shown, so that it makes no difference."""
    for entity, rules in validate(folder_reader(ROOT / name)).rules.items():
        for rule in (*rules.segments.values(), *rules.traits.values()):
            words = value_words(rule, entity)
            for mutant in mutants(rule):
                is_of_file = mutant.kind == "value" and " in the list " in words
                assert value_words(mutant.rule, entity) != words or is_of_file, mutant


@settings(max_examples=settings().max_examples // 10)
@given(sample=samples())
def test_random_rules_have_words(sample: Sample) -> None:
    for entity, rules in running.resolve_project(running.open_project(sample.files)).items():
        assert all(value_words(rule, entity) for rule in rules.traits.values())
        assert all(plain_words(rule, entity).text for rule in rules.segments.values())
