"""`segrules prove` as people and build servers run it: what is printed where, exit codes, what is asked about."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from datetime import date
from pathlib import Path

import pytest
from test_commands import FILES, Run, edit, segrules, shop  # noqa: F401
from versions import git

from segrules.analysis import prover

RULES = "segments/lifecycle.yml"
BROKEN = "\n  never: orders > 3 and orders < 3\nprove: [{inside: [vip, once]}, {disjoint: [never, once]}]"


def test_rules_that_keep_what_they_promise(shop: Path, segrules: Run) -> None:  # noqa: F811
    edit(shop / RULES, "once: orders == 1", "once: orders == 1\nprove: [{disjoint: [vip, once]}]")
    code, out, err = segrules("prove", "shop")
    lines = out.splitlines()
    assert (code, err, lines[:3]) == (0, "", ["no findings", "", "✓ no row is in both `vip` and `once`"])
    assert lines[3].startswith("prove: 7 questions: 1 proven, 6 possible (z3 ")


def test_findings_are_told_with_carets_rows_and_counts(shop: Path, segrules: Run) -> None:  # noqa: F811
    edit(shop / RULES, "once: orders == 1", f"once: orders == 1{BROKEN}")
    code, out, err = segrules("prove", "shop")
    assert (code, err) == (1, "")
    head, _, rest = out.partition("\n\n")
    assert head.splitlines() == [
        "shop/segments/lifecycle.yml:7:10 error: `never` never matches: no row has both `orders > 3` and `orders < 3`"
        " [never-matches]",
        "  7 |   never: orders > 3 and orders < 3",
        "    |          ^^^^^^^^^^     ^^^^^^^^^^  correct one of them",
    ]
    assert "[broken-assertion]\n" in rest
    assert "\n    example: {recency_days: " in rest
    held = "✓ no row is in both `never` and `once`\n    which says little: nobody can be in `never`"
    assert f"2 errors\n\n{held}\nprove: 9 questions: 2 proven, 7 possible" in rest


def test_json_has_places_notes_and_facts(shop: Path, segrules: Run) -> None:  # noqa: F811
    edit(shop / "segrules.yml", "country: {type: text,", "country: {type: text, values: [TH, TW],")
    edit(shop / RULES, "once: orders == 1", "once: orders == 1\n  thai: country == 'TH'\n  taiwan: country == 'TW'")
    edit(shop / RULES, "taiwan:", "both: country == 'TH' and country == 'TW'\n  taiwan:")
    (shop / "segments/b.yml").write_text("prove: [{covers: [thai, taiwan]}]\n", "utf-8")
    code, out, _ = segrules("prove", "--format", "json", "shop")
    told = json.loads(out)
    assert (code, told["as_of"], told["questions"]["open"]) == (1, "2026-01-31", 0)
    facts = [{"table": "customer", "column": "country", "promise": word} for word in ("missing", "values")]
    (kept,) = told["proven"]
    assert (kept["what"], kept["file"], kept["line"]) == ("every row is in `thai` or `taiwan`", "segments/b.yml", 1)
    assert sorted(kept["facts"], key=str) == sorted(facts, key=str)
    (finding,) = told["findings"]
    assert (finding["code"], finding["column"], finding["related"][0]["column"]) == ("never-matches", 9, 29)


def test_json_has_made_up_rows_as_values_and_as_rows_of_tables(shop: Path, segrules: Run) -> None:  # noqa: F811
    edit(shop / RULES, "once: orders == 1", f"once: orders == 1{BROKEN}")
    never, broken = json.loads(segrules("prove", "--format", "json", "shop")[1])["findings"]
    values, rows = broken["example"]["values"], broken["example"]["rows"]
    assert never["example"] is None
    assert broken["notes"][0].startswith(
        f"example: {{recency_days: {values['recency_days']}, orders: {values['orders']}"
    )
    (customer,), own = rows["customer"], rows["orders"]
    assert [order["customer_id"] for order in own] == [customer["customer_id"]] * values["orders"]
    days = (date(2026, 1, 31) - date.fromisoformat(max(order["ordered_on"] for order in own))).days
    assert days == values["recency_days"]


@pytest.mark.parametrize("format", ["github", "gitlab", "sarif", "junit"])
def test_build_servers_read_the_findings(shop: Path, segrules: Run, format: str) -> None:  # noqa: F811
    edit(shop / RULES, "once: orders == 1", f"once: orders == 1{BROKEN}")
    code, out, err = segrules("prove", "--format", format, "shop")
    assert (code, err, out.count("never-matches") > 0) == (1, "", True)
    match format:
        case "sarif":
            (first, _) = json.loads(out)["runs"][0]["results"]
            region = first["relatedLocations"][0]["physicalLocation"]["region"]
            assert (region["startLine"], region["startColumn"]) == (7, 25)
        case "junit":
            assert ET.fromstring(out).attrib["failures"] == "2"
        case "github":
            assert "%0Aexample: {" in out
        case _:
            assert [entry["severity"] for entry in json.loads(out)] == ["critical", "critical"]


def test_only_what_is_selected_is_asked_about(shop: Path, segrules: Run) -> None:  # noqa: F811
    edit(shop / RULES, "once: orders == 1", f"once: orders == 1{BROKEN}")
    code, out, _ = segrules("prove", "--select", "never", "shop")
    assert (code, "✓ no row is in both `never` and `once`" in out, "broken-assertion" in out) == (1, True, False)
    code, out, _ = segrules("prove", "--select", "once", "shop")
    assert (code, "never-matches" in out, "broken-assertion" in out) == (1, False, True)
    code, out, _ = segrules("prove", "--select", "onse", "shop")
    assert (code, "did you mean `once`?" in out) == (2, True)


def test_what_changed_since_a_revision_is_asked_about(shop: Path, segrules: Run) -> None:  # noqa: F811
    edit(shop / RULES, "once: orders == 1", "once: orders == 1\n  idle: recency_days > 60 and recency_days < 30")
    for arguments in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "first")):
        git(shop, *arguments)
    code, out, _ = segrules("prove", "--changed-since", "HEAD", "shop")
    assert (code, "prove: 0 questions: 0 proven, 0 possible" in out) == (0, True)
    edit(shop / RULES, "vip: recency_days < 30", "vip: recency_days < 20")
    code, out, _ = segrules("prove", "--changed-since", "HEAD", "shop")
    assert (code, "never-matches" in out, "prove: 4 questions" in out) == (0, False, True)
    edit(shop / RULES, "days_since(max(orders.ordered_on))", "days_since(min(orders.ordered_on))")
    code, out, _ = segrules("prove", "--changed-since", "HEAD", "shop")
    assert (code, "`idle` never matches" in out, "`once`" in out) == (1, True, False)
    edit(shop / RULES, "days_since(min(orders.ordered_on))", "days_since(max(orders.ordered_on))")
    edit(shop / RULES, "vip: recency_days < 20", "vip: recency_days < 30")
    edit(shop / "segrules.yml", "{type: text, missing: never}", "text")
    assert segrules("prove", "--changed-since", "HEAD", "shop")[0] == 1
    code, out, _ = segrules("prove", "--changed-since", "nowhere", "shop")
    assert (code, "[unknown-revision]" in out) == (2, True)


def test_questions_without_an_answer_fail_only_strictly(shop: Path, segrules: Run) -> None:  # noqa: F811
    edit(
        shop / RULES,
        "once: orders == 1",
        "a: longest_streak(orders.ordered_on) >= 3\n  b: count_distinct(orders.ordered_on) <= 2",
    )
    (shop / "tests/lifecycle.yml").unlink()
    (shop / "segments/b.yml").write_text("prove: [{disjoint: [a, b]}]\n", "utf-8")
    code, out, _ = segrules("prove", "shop")
    assert (code, "1 note\n" in out, ", 1 inconclusive (z3 " in out) == (0, True, True)
    assert segrules("prove", "--strict", "shop")[0] == 1


def test_too_little_work_is_no_pass(shop: Path, segrules: Run) -> None:  # noqa: F811
    edit(shop / RULES, "once: orders == 1", f"once: orders == 1{BROKEN}")
    code, out, _ = segrules("prove", "--work", "1", "--strict", "shop")
    assert (code, "it takes more work than a question may [inconclusive]" in out, "✓" in out) == (1, True, False)


def test_real_rows_are_counted_on_request(shop: Path, segrules: Run) -> None:  # noqa: F811
    edit(shop / RULES, "once: orders == 1", f"once: orders == 1{BROKEN}")
    code, out, _ = segrules("prove", "--data", "shop")
    assert (code, "    in the data: 1 of 3 customer rows\n" in out) == (1, True)
    (shop / "data/orders.csv").unlink()
    code, out, _ = segrules("prove", "--data", "shop")
    assert (code, "[data-missing]" in out) == (2, True)


def test_a_row_of_the_data_answers_what_was_open(shop: Path, segrules: Run) -> None:  # noqa: F811
    rules = "a: stddev(orders.amount) between 0.35 and 0.36\n  b: sum(orders.amount) == 10.5"  # as of 5 and 5.50
    edit(shop / RULES, "once: orders == 1", rules)
    (shop / "tests/lifecycle.yml").unlink()
    (shop / "segments/b.yml").write_text("prove: [{disjoint: [a, b]}]\n", "utf-8")
    code, out, _ = segrules("prove", "shop")
    assert (code, "[inconclusive]" in out) == (0, True)
    code, out, _ = segrules("prove", "--data", "shop")
    assert (code, "[broken-assertion]" in out, "inconclusive" in out) == (1, True, False)
    assert "in the data: 1 of 3 customer rows" in out


def test_another_as_of(shop: Path, segrules: Run) -> None:  # noqa: F811
    (shop / "segments/b.yml").write_text("segments: {soon: today < 2026-01-15 and today > 2025-12-31}\n", "utf-8")
    assert segrules("prove", "--as-of", "2026-01-10", "shop")[0] == 0
    code, out, _ = segrules("prove", "--as-of", "yesterday", "shop")
    assert (code, "[impossible-date]" in out) == (2, True)


def test_rules_with_errors_are_not_proven(shop: Path, segrules: Run) -> None:  # noqa: F811
    edit(shop / RULES, "once: orders == 1", "once: order == 1")
    code, out, _ = segrules("prove", "shop")
    assert (code, "[unknown-name]" in out, "prove:" in out) == (1, True, False)
    assert segrules("prove", "--set", "x=1", "shop")[0] == 2


def test_without_a_solver_the_small_procedure_answers(
    shop: Path,  # noqa: F811
    segrules: Run,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(prover, "find_spec", lambda name: None)
    edit(shop / RULES, "once: orders == 1", f"once: orders == 1{BROKEN}")
    code, out, err = segrules("prove", "shop")
    assert (code, "`never` never matches" in out, "possible (segrules)" in out) == (1, True, True)
    assert err == "without a solver only simple questions have answers: `pip install 'segrules[prove]'`\n"


def test_data_that_breaks_a_fact_says_what_is_no_longer_proven(shop: Path, segrules: Run) -> None:  # noqa: F811
    edit(shop / "segrules.yml", "country: {type: text,", "country: {type: text, values: [TH, TW],")
    edit(shop / RULES, "once: orders == 1", "once: orders == 1\n  thai: country == 'TH'\n  taiwan: country == 'TW'")
    rules = "segmentations: {place: {hit: unique, stages: {north: country == 'TH', south: country != 'TH'}}}\n"
    (shop / "segments/b.yml").write_text(f"{rules}prove: [{{covers: [thai, taiwan]}}, {{disjoint: [vip, once]}}]\n")
    assert segrules("prove", "shop")[0] == 0
    assert "no longer proven" not in segrules("count", "shop")[2]
    edit(shop / "data/customers.csv", "3,TW", "3,RU")
    code, _, err = segrules("count", "shop")
    assert (code, "[contract-breach]" in err) == (0, True)
    assert "\n    no longer proven: every row is in `thai` or `taiwan`\n" in err
    code, out, _ = segrules("prove", "--data", "shop")
    assert (code, "[contract-breach]" in out, "✓ every row is in" in out, "✓ no row is in both" in out) == (
        1,
        True,
        False,
        True,
    )
    assert "\n    no longer proven: every row is in `thai` or `taiwan`\n" in out
    (shop / "segments/b.yml").write_text("prove: [{disjoint: [vip, once]}]\n", "utf-8")
    code, out, _ = segrules("prove", "--data", "shop")
    assert (code, "[contract-breach]" in out, "no longer" in out, "✓ no row is in both" in out) == (
        1,
        True,
        False,
        True,
    )
    (shop / "segments/b.yml").write_text(f"{rules}prove: [{{covers: [thai, taiwan]}}]\n", "utf-8")
    edit(shop / "data/customers.csv", "3,RU", "3,")
    code, _, err = segrules("apply", "shop")
    assert (code, "\n    no longer proven: every row is in `thai` or `taiwan`\n" in err) == (2, True)
