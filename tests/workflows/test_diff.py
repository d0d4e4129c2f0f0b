"""Two versions of a shop: what each change is called, why, and who moves."""

from __future__ import annotations

from pathlib import Path

import pytest
from versions import FILES, between, change_of, git, moves, verdicts, write

from segrules.project.environments import Settings
from segrules.workflows.reviewing.diff import diff
from segrules.workflows.running import Refusal

TEXT_ONLY = [
    ("spend >= 50 and country in params.places", "country in params.places and 50 <= spend"),
    ("spend >= 50 and country in params.places", "spend >= 50.00 and country in ['TW', 'TH']"),
    ("orders >= params.least", "not (orders < params.least)"),
    ("    when: spend >= 50 and country in params.places", "    all: [country in params.places, spend >= 50]"),
    ("age >= 18", "age > 17"),
]


@pytest.mark.parametrize(("before", "after"), TEXT_ONLY, ids=[after for _, after in TEXT_ONLY])
def test_another_way_to_write_a_rule_is_text_only(before: str, after: str, tmp_path: Path) -> None:
    found = between(tmp_path, (before, after))
    assert set(verdicts(found).values()) == {"rewritten"}
    assert not found.is_changed
    assert moves(found) == {}


def test_nothing_changed(tmp_path: Path) -> None:
    found = between(tmp_path)
    assert found.comparison.changes == ()
    assert not found.contract


def test_a_threshold(tmp_path: Path) -> None:
    found = between(tmp_path, ("spend >= 50 and", "spend >= 100 and"))
    assert verdicts(found) == {"spender": "changed"}
    (clause,) = change_of(found, "spender").clauses
    assert clause.texts == ("spend >= 50", "spend >= 100")
    assert clause.effect == "narrower"
    assert moves(found) == {"spender": (2, 0, 0, 2)}


def test_a_param_shows_its_values_and_moves_what_rests_on_it(tmp_path: Path) -> None:
    found = between(tmp_path, ("least: 2", "least: 1"))
    assert verdicts(found) == {"regular": "changed", "loyal": "moved"}
    assert change_of(found, "regular").clauses[0].values == (("2", "1"),)
    assert [thing.name for thing in change_of(found, "loyal").because] == ["regular"]
    assert moves(found) == {"regular": (1, 4, 3, 0), "loyal": (1, 3, 2, 0)}
    assert [change.text for change in found.contract] == ["param `least`: 2 → 1"]


def test_a_rule_that_changes_itself_and_rests_on_another_change_names_both(tmp_path: Path) -> None:
    before = "loyal: segments.regular and spend > 10"
    found = between(tmp_path, ("least: 2", "least: 1"), (before, "loyal: segments.regular and spend > 20"))
    assert verdicts(found) == {"regular": "changed", "loyal": "changed"}
    assert [thing.name for thing in change_of(found, "loyal").because] == ["regular"]


def test_what_a_rule_names_only_now_is_told_by_its_clause_alone(tmp_path: Path) -> None:
    found = between(tmp_path, ("least: 2", "least: 1"), ("grown: age >= 18", "grown: age >= 18 and segments.regular"))
    assert change_of(found, "grown").because == ()


def test_a_clause_beside_a_list_of_the_other_kind(tmp_path: Path) -> None:
    either = ("  grown: age >= 18", "  grown: age >= 18 or orders >= 1")
    both = "  grown: (age >= 18 or orders >= 1) and country is known"
    old = write(tmp_path / "old", {**FILES, "segments/rules.yml": FILES["segments/rules.yml"].replace(*either)})
    new = write(tmp_path / "new", {**FILES, "segments/rules.yml": FILES["segments/rules.yml"].replace(either[0], both)})
    found = diff(new, str(old))
    assert not isinstance(found, Refusal)
    (clause,) = change_of(found, "grown").clauses
    assert (clause.texts, clause.joint, clause.effect) == ((None, "country is known"), "all", "narrower")


def test_a_list_shows_what_came_and_went(tmp_path: Path) -> None:
    found = between(tmp_path, ("places: [TH, TW]", "places: [TH, US, JP]"))
    (clause,) = change_of(found, "spender").clauses
    assert clause.values == (("TW", "US, JP"),)
    assert clause.effect is None


def test_a_trait_moves_all_that_rests_on_it(tmp_path: Path) -> None:
    found = between(tmp_path, ("orders: count(orders)", "orders: count(orders since 2026-01-01)"))
    names = ("orders", "regular", "loyal", "stage", "stage.none", "stage.new", "stage.old")
    assert verdicts(found) == {"orders": "changed", **dict.fromkeys(names[1:], "moved")}
    assert [thing.name for thing in change_of(found, "loyal").because] == ["orders"]
    assert moves(found)["stage.none"] == (1, 2, 1, 0)
    (flow,) = found.counted["customer"].flows
    assert flow.counts["new", "none"] == 1
    assert sum(flow.counts.values()) == 5


def test_a_trait_called_otherwise_changes_nothing_else(tmp_path: Path) -> None:
    found = between(
        tmp_path, ("spend: sum", "money: sum"), ("when: spend", "when: money"), ("spend > 10", "money > 10")
    )
    assert verdicts(found) == {"money": "renamed", "spender": "rewritten", "loyal": "rewritten"}
    assert change_of(found, "money").before == "spend"


def test_a_segment_called_otherwise(tmp_path: Path) -> None:
    found = between(tmp_path, ("  grown:", "  adult:"))
    assert verdicts(found) == {"adult": "renamed"}


def test_new_and_gone(tmp_path: Path) -> None:
    found = between(tmp_path, ("  grown: age >= 18", "  older: age >= 40"))
    assert verdicts(found) == {"older": "added", "grown": "removed"}
    assert moves(found) == {"older": (None, 2, 2, 0), "grown": (3, None, 0, 3)}


def test_what_is_said_beside_the_rule(tmp_path: Path) -> None:
    found = between(tmp_path, ("owner: a@example.com", "owner: b@example.com"))
    assert verdicts(found) == {"spender": "described"}
    assert change_of(found, "spender").told == ("owner: a@example.com → b@example.com",)


def test_stages_in_another_order(tmp_path: Path) -> None:
    swapped = "stages: {new: orders == 1, none: orders == 0, old: orders >= 2}"
    found = between(tmp_path, ("stages: {none: orders == 0, new: orders == 1, old: orders >= 2}", swapped))
    assert change_of(found, "stage").notes == (
        "order of stages, of which the first that fits counts: none, new, old → new, none, old",
    )
    assert verdicts(found) == {"stage": "rewritten"}  # they exclude each other


def test_another_hit_policy_and_otherwise(tmp_path: Path) -> None:
    found = between(tmp_path, ("    stages:", "    hit: unique\n    otherwise: rest\n    stages:"))
    assert change_of(found, "stage").notes == ("hit: first → unique", "otherwise: no stage → rest")
    assert verdicts(found)["stage.rest"] == "added"


def test_stages_that_are_not_unique_any_more(tmp_path: Path) -> None:
    unique = "    hit: unique\n    stages: {none: orders == 0, new: orders == 1, old: orders >= 1}"
    found = between(tmp_path, ("    stages: {none: orders == 0, new: orders == 1, old: orders >= 2}", unique))
    assert [(finding.code, finding.severity.value) for finding in found.findings] == [("segmentation-overlap", "error")]
    assert found.exit_code == 1


@pytest.mark.parametrize("old", ["", "suppress: {customer: segments.grown}\n"])
def test_what_is_suppressed_everywhere_is_told_once(old: str, tmp_path: Path) -> None:
    texts = (f"{old}relations:", "suppress: {customer: segments.roomy}\nrelations:")
    for folder, text in zip(("old", "new"), texts, strict=True):
        project = FILES["segrules.yml"].replace("relations:", text)
        write(tmp_path / folder, {**FILES, "segrules.yml": project})
    found = diff(tmp_path / "new", str(tmp_path / "old"))
    assert not isinstance(found, Refusal)
    changed = [change for change in found.comparison.changes if change.verdict == "changed"]
    assert [change.thing.name for change in changed][:1] == ["suppress"]
    assert {change.thing.name for change in changed} <= {"suppress", "grown", "roomy"}
    assert [thing.name for thing in change_of(found, "regular").because] == ["suppress"]


def test_a_derived_relation(tmp_path: Path) -> None:
    found = between(tmp_path, ("where: channel == 'web'", "where: channel == 'shop'"))
    assert verdicts(found) == {"web_orders": "changed", "web": "moved", "web_fan": "moved"}
    assert [thing.name for thing in change_of(found, "web_fan").because] == ["web_orders"]
    assert moves(found) == {"web_fan": (3, 2, 1, 2)}


def test_a_rule_of_another_entity(tmp_path: Path) -> None:
    found = between(tmp_path, ("large: kind == 'large'", "large: kind == 'small'"))
    assert verdicts(found) == {"large": "changed", "corporate": "moved"}
    assert moves(found) == {"large": (1, 1, 1, 1), "corporate": (2, 2, 2, 2)}


def test_rows_of_a_relation_from_another_file(tmp_path: Path) -> None:
    write(tmp_path / "new", {"data/recent.csv": "customer_id,at,amount,channel\n4,2026-01-30,500,web\n"})
    found = between(tmp_path, ("source: data/orders.csv", "source: data/recent.csv"))
    assert [change.text for change in found.contract] == ["`orders` is read from `data/orders.csv` → `data/recent.csv`"]
    assert verdicts(found)["spender"] == "moved"
    assert moves(found)["web_fan"] == (3, 1, 1, 3)


def test_a_lookup_that_finds_other_rows(tmp_path: Path) -> None:
    edit = ("home: {source: data/homes.csv, on: customer_id,", "home: {source: data/homes.csv, on: {age: customer_id},")
    found = between(tmp_path, edit)
    assert verdicts(found) == {"roomy": "moved"}
    assert found.lost == {change_of(found, "roomy").thing: "the lookup `home` is declared otherwise"}
    assert moves(found) == {"roomy": (None, 0, 0, 0)}


def test_a_column_that_may_not_be_missing_any_more_changes_no_rule(tmp_path: Path) -> None:
    found = between(tmp_path, ("country: text,", "country: {type: text, missing: never},"))
    assert verdicts(found) == {}


def test_a_column_of_another_type_moves_the_rules_that_name_it(tmp_path: Path) -> None:
    found = between(tmp_path, ("age: integer", "age: 'decimal(5,1)'"))
    assert verdicts(found) == {"grown": "moved"}
    assert [change.text for change in found.contract] == ["`customer.age`: integer → decimal(5,1)"]
    assert found.lost == {change_of(found, "grown").thing: "the column `age` is declared otherwise"}


def test_a_column_that_is_gone_names_who_loses_its_meaning(tmp_path: Path) -> None:
    found = between(tmp_path, (", age: integer", ""))
    assert found.exit_code == 1
    assert verdicts(found) == {"grown": "broken"}
    (change,) = found.contract
    assert (change.text, [thing.name for thing in change.users]) == ("`customer.age` is gone", ["grown"])
    assert [finding.code for finding in found.findings] == ["unknown-name"]
    assert not found.counted


def test_a_rule_that_had_errors(tmp_path: Path) -> None:
    old, new = write(tmp_path / "old"), write(tmp_path / "new")
    (old / "segments/rules.yml").write_text(FILES["segments/rules.yml"].replace("age >= 18", "ages >= 18"), "utf-8")
    found = diff(new, str(old))
    assert not isinstance(found, Refusal)
    assert verdicts(found) == {"grown": "mended"}
    assert moves(found) == {"grown": (None, 3, 3, 0)}


def test_another_time_zone_is_not_counted_together(tmp_path: Path) -> None:
    found = between(tmp_path, ("as_of:", "timezone: Asia/Bangkok\nas_of:"), ("age >= 18", "age >= 21"))
    assert moves(found) == {"grown": (None, 2, 2, 0)}
    assert set(found.lost.values()) == {"the time zone is another one"}
    assert "`timezone`: UTC → Asia/Bangkok" in [change.text for change in found.contract]


def test_by_which_clause_they_come(tmp_path: Path) -> None:
    found = between(
        tmp_path, ("when: spend >= 50 and country in params.places", "when: spend >= 5 and country is known")
    )
    change = found.counted["customer"].members[change_of(found, "spender").thing]
    assert (change.entered, change.entered_by) == (1, (1, 1))


def test_without_data_the_meaning_is_compared(tmp_path: Path) -> None:
    old, new = write(tmp_path / "old"), write(tmp_path / "new")
    (new / "data/orders.csv").unlink()
    found = diff(new, str(old))
    assert not isinstance(found, Refusal)
    assert (found.not_counted, found.exit_code) == ("the data are not here: there is no file `data/orders.csv`", 0)
    asked = diff(new, str(old), as_of="2026-01-30")
    assert not isinstance(asked, Refusal)
    assert asked.exit_code == 2


def test_data_that_are_newer_than_the_day_asked_for_are_called_so(tmp_path: Path) -> None:
    old, new = write(tmp_path / "old"), write(tmp_path / "new")
    found = diff(new, str(old), as_of="2025-12-31")
    assert not isinstance(found, Refusal)
    assert [finding.code for finding in found.findings] == ["today-columns"]
    assert str(found.as_of) == "2025-12-31"


def test_a_sample_is_called_so(tmp_path: Path) -> None:
    old, new = write(tmp_path / "old"), write(tmp_path / "new")
    data = write(tmp_path / "data", {path: text for path, text in FILES.items() if path.startswith("data/")})
    (data / ".segrules-sample").write_text("data/orders.csv\n", "utf-8")
    (new / "data/orders.csv").unlink()
    found = diff(new, str(old), data=data)
    assert not isinstance(found, Refusal)
    assert found.is_sample
    assert found.as_of is not None
    settings = "sources: {" + ", ".join(
        f"{table}: sample/{path}"
        for table, path in (
            ("customer", "data/customers.csv"),
            ("company", "data/companies.csv"),
            ("orders", "data/orders.csv"),
            ("customer.home", "data/homes.csv"),
        )
    )
    for folder in (old, new):
        write(folder, {"environments/ci.yml": settings + "}\n"})
        data.replace(folder / "sample") if folder is new else None
    by_environment = diff(new, str(old), settings=Settings("ci"))
    assert not isinstance(by_environment, Refusal)
    assert by_environment.is_sample, by_environment.findings


def test_revisions_leave_the_work_tree_alone(tmp_path: Path) -> None:
    shop = write(tmp_path / "shop")
    git(shop, "init", "-q", "-b", "main", ".")
    git(shop, "add", ".")
    git(shop, "commit", "-q", "-m", "one")
    rules = FILES["segments/rules.yml"].replace("age >= 18", "age >= 21")
    (shop / "segments/rules.yml").rename(shop / "segments/moved.yml").write_text(rules, "utf-8")
    git(shop, "add", ".")
    git(shop, "commit", "-q", "-m", "two")
    (shop / "segments/moved.yml").write_text(rules.replace("orders == 1", "orders == 7"), "utf-8")
    before = git(shop, "status", "--porcelain")
    found = diff(shop, "HEAD~1", "HEAD")
    assert not isinstance(found, Refusal)
    assert verdicts(found) == {"grown": "changed"}
    assert (found.old, found.new) == ("HEAD~1", "HEAD")
    assert git(shop, "status", "--porcelain") == before
    both = diff(shop, "HEAD~1...HEAD")
    assert not isinstance(both, Refusal)
    assert verdicts(both) == {"grown": "changed"}
    now = diff(shop, "main")
    assert not isinstance(now, Refusal)
    assert verdicts(now)["stage.new"] == "changed"


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        ("{change: 10%}", "its size changes by 1 from 3 (33.3%), and `limits` allow 10%"),
        ("{left: 0}", "1 leave, and `limits` allow 0"),
        ("{entered: 0, left: 50%}", None),
        ("{change: 1}", None),
    ],
)
def test_limits(limits: str, says: str | None, tmp_path: Path) -> None:
    found = between(tmp_path, ("age >= 18", "age >= 21"), ("relations:", f"limits: {limits}\nrelations:"))
    assert [finding.message for finding in found.findings] == ([] if says is None else [f"`grown`: {says}"])
    assert found.exit_code == (0 if says is None else 1)


@pytest.mark.parametrize(("expires", "lifted"), [("2999-01-01", True), ("2020-01-01", False)])
def test_an_approval_lifts_the_limits_for_one_change(expires: str, lifted: bool, tmp_path: Path) -> None:
    edits = (("age >= 18", "age >= 21"), ("relations:", "limits: {left: 0}\nrelations:"))
    (finding,) = between(tmp_path, *edits).findings
    assert finding.help is not None
    name = finding.help.split("{change: ")[1].split(",")[0]
    approval = f"approvals: [{{change: {name}, reason: meant, expires: {expires}}}]\nname: shop"
    again = between(tmp_path, ("name: shop", approval), *edits)
    assert [item.code for item in again.findings] == ([] if lifted else ["limit-exceeded"])
    other = between(tmp_path, ("name: shop", approval), ("age >= 18", "age >= 22"), edits[1])
    assert [item.code for item in other.findings] == ["limit-exceeded"]


def test_a_rule_that_names_what_has_errors_now(tmp_path: Path) -> None:
    found = between(tmp_path, ("spend: sum(orders.amount)", "spend: sum(orders.amont)"))
    assert found.exit_code == 1
    assert verdicts(found) == {"spend": "broken", "spender": "moved", "loyal": "moved"}
    assert [thing.name for thing in change_of(found, "spender").because] == ["spend"]


def test_a_rule_that_named_what_had_errors(tmp_path: Path) -> None:
    between(tmp_path)
    (tmp_path / "old/segments/rules.yml").write_text(FILES["segments/rules.yml"].replace("orders.amount", "orders.x"))
    again = diff(tmp_path / "new", str(tmp_path / "old"))
    assert not isinstance(again, Refusal)
    assert verdicts(again) == {"spend": "mended", "spender": "moved", "loyal": "moved"}
    assert set(again.lost.values()) == {"`spend` had errors"}
    assert moves(again) == {"spender": (None, 2, 2, 0), "loyal": (None, 1, 1, 0)}


def test_an_entity_made_of_rows_that_are_other_ones_now(tmp_path: Path) -> None:
    visitor = "  visitor: {from: web_visits, key: customer_id}\nrelations:\n"
    visits = "  visits: {of: visitor, source: data/orders.csv, key: customer_id, columns: {customer_id: integer, "
    visits += "channel: text}}\n  web_visits: {from: visits, where: channel == 'web'}\n  orders:\n"
    before, after = write(tmp_path / "old"), write(tmp_path / "new")
    text = FILES["segrules.yml"].replace("relations:\n", visitor).replace("  orders:\n", visits)
    (before / "segrules.yml").write_text(text)
    (after / "segrules.yml").write_text(text.replace("{from: visits, where: channel == 'web'}", "{from: visits}"))
    for folder in (before, after):
        (folder / "segments/visitors.yml").write_text("entity: visitor\nsegments: {one: count(visits) == 1}\n")
    found = diff(after, str(before))
    assert not isinstance(found, Refusal)
    assert verdicts(found) == {"web_visits": "changed", "one": "moved"}
    assert [thing.name for thing in change_of(found, "one").because] == ["web_visits"]
    assert found.lost[change_of(found, "one").thing] == "the entity `visitor` has other rows"
    assert moves(found) == {"one": (None, 3, 3, 0)}


def test_a_column_of_another_entity_that_is_read_from_another_file(tmp_path: Path) -> None:
    edits = ("  web_fan: web >= 1", "  web_fan: company.kind == 'large'")
    old = write(tmp_path / "old")
    (old / "segments/rules.yml").write_text(FILES["segments/rules.yml"].replace(*edits))
    new = write(tmp_path / "new", {**FILES, "data/firms.csv": "company_id,kind\n1,small\n2,large\n"})
    (new / "segments/rules.yml").write_text(FILES["segments/rules.yml"].replace(*edits))
    (new / "segrules.yml").write_text(FILES["segrules.yml"].replace("data/companies.csv", "data/firms.csv"))
    found = diff(new, str(old))
    assert not isinstance(found, Refusal)
    assert verdicts(found) == {"web_fan": "moved", "corporate": "moved", "large": "moved"}
    assert set(found.lost.values()) == {"the entity `company` has other rows"}


def test_a_relation_that_is_made_from_one_that_changed(tmp_path: Path) -> None:
    before, after = write(tmp_path / "old"), write(tmp_path / "new")
    chain = "relations:\n  web_orders2: {from: web_orders, columns: {twice: amount * 2}}\n"
    text = FILES["segrules.yml"].replace("relations:\n", chain)
    rules = FILES["segments/rules.yml"].replace("web_fan: web >= 1", "web_fan: any(web_orders2 where twice > 0)")
    for folder, channel in ((before, "'web'"), (after, "'shop'")):
        (folder / "segrules.yml").write_text(text.replace("channel == 'web'", f"channel == {channel}"))
        (folder / "segments/rules.yml").write_text(rules)
    found = diff(after, str(before))
    assert not isinstance(found, Refusal)
    assert verdicts(found) == {"web_orders": "changed", "web_orders2": "moved", "web": "moved", "web_fan": "moved"}
    assert [thing.name for thing in change_of(found, "web_fan").because] == ["web_orders"]
    assert moves(found) == {"web_fan": (3, 2, 1, 2)}


def test_what_changes_in_how_a_relation_is_made(tmp_path: Path) -> None:
    before = "web_orders: {from: orders, where: channel == 'web', columns: {net: amount * 2}}"
    after = "web_orders: {from: orders, columns: {net: amount * 3, rest: amount}, order: amount}"
    change = change_of(between(tmp_path, (before, after)), "web_orders")
    assert [clause.texts for clause in change.clauses] == [("amount * 2", "amount * 3")]
    assert change.notes == ("order: nothing → amount", "where: channel == 'web' → nothing", "column `rest` is new")


def test_columns_of_a_relation_in_another_order_mean_the_same(tmp_path: Path) -> None:
    old, new = write(tmp_path / "old"), write(tmp_path / "new")
    for folder, columns in ((old, "{net: amount * 2, rest: amount}"), (new, "{rest: amount, net: amount * 2}")):
        text = FILES["segrules.yml"].replace("{net: amount * 2}", columns)
        (folder / "segrules.yml").write_text(text)
    found = diff(new, str(old))
    assert not isinstance(found, Refusal)
    assert found.comparison.changes == ()


def test_a_file_that_is_read_otherwise(tmp_path: Path) -> None:
    found = between(tmp_path, ("source: data/homes.csv,", "source: data/homes.csv, format: {missing: ['9']},"))
    assert [change.text for change in found.contract] == ["`customer.home`, format: its files are read otherwise"]
    assert verdicts(found) == {"roomy": "moved"}


def test_lengths_of_time_are_shown_as_they_are_written(tmp_path: Path) -> None:
    rules = (
        FILES["segments/rules.yml"]
        .replace("params: {", "params: {window: 30 days, ")
        .replace("orders: count(orders)", "orders: count(orders in last params.window)")
    )
    old, new = write(tmp_path / "old"), write(tmp_path / "new")
    (old / "segments/rules.yml").write_text(rules)
    (new / "segments/rules.yml").write_text(rules.replace("30 days", "1 day"))
    found = diff(new, str(old))
    assert not isinstance(found, Refusal)
    assert change_of(found, "orders").clauses[0].values == (("30 days", "1 day"),)
    assert [change.text for change in found.contract] == ["param `window`: 30 days → 1 day"]


def test_an_entity_that_is_gone(tmp_path: Path) -> None:
    old, new = write(tmp_path / "old"), write(tmp_path / "new")
    lookup, entity = "      company: {entity: company, on: company_id}\n", FILES["segrules.yml"].index("  company:\n")
    text = FILES["segrules.yml"][:entity] + FILES["segrules.yml"][FILES["segrules.yml"].index("relations:") :]
    (new / "segrules.yml").write_text(text.replace(lookup, ""))
    (new / "segments/companies.yml").unlink()
    (new / "segments/rules.yml").write_text(FILES["segments/rules.yml"].replace("company.segments.large", "age >= 50"))
    found = diff(new, str(old))
    assert not isinstance(found, Refusal)
    assert verdicts(found) == {"corporate": "changed", "large": "removed"}
    assert set(found.lost.values()) == {"the entity `company` is gone"}
    assert moves(found)["corporate"] == (None, 1, 1, 0)


@pytest.mark.parametrize(
    ("rule", "before", "after", "values"),
    [
        ("in_top(params.it, age)", "2", "3", ("2", "3")),
        ("max_count(orders within params.it) >= 2", "2 weeks", "36 hours", ("14 days", "36 hours")),
    ],
)
def test_a_param_inside_a_function(rule: str, before: str, after: str, values: tuple[str, str], tmp_path: Path) -> None:
    old, new = write(tmp_path / "old"), write(tmp_path / "new")
    rules = FILES["segments/rules.yml"].replace("web >= 1", rule).replace("params: {", "params: {it: VALUE, ")
    (old / "segments/rules.yml").write_text(rules.replace("VALUE", before))
    (new / "segments/rules.yml").write_text(rules.replace("VALUE", after))
    found = diff(new, str(old))
    assert not isinstance(found, Refusal)
    assert change_of(found, "web_fan").verdict == "changed"
    assert change_of(found, "web_fan").clauses[0].values == (values,)
