"""What is proven of changes: that they change nothing after all, or which way they go."""

from __future__ import annotations

from pathlib import Path

import pytest
from versions import FILES, between, change_of, moves, verdicts, write

from segrules.analysis import Fact
from segrules.report.diff_words import entries
from segrules.workflows.reviewing.diff import Difference, diff
from segrules.workflows.reviewing.proof import Proof
from segrules.workflows.running import Refusal

GROWN = "grown: age >= 18"


@pytest.fixture(autouse=True, params=["with the solver", "without it"])
def prover(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What these tests ask for is proven either way."""
    if request.param == "without it":
        monkeypatch.setattr("segrules.analysis.prover.has_solver", lambda: False)


def proof_of(found: Difference, name: str) -> Proof:
    proof = change_of(found, name).proof
    assert proof is not None
    return proof


def lines_of(found: Difference, name: str, floor: int = 0) -> tuple[str, ...]:
    return next(entry.lines for entry in entries(found, floor, with_keys=False) if entry.thing.name == name)


def with_contract(tmp_path: Path, old: str, new: str, *edits: tuple[str, str]) -> Difference:
    """Two versions with other contracts of `age`, and texts of the new rules replaced."""
    for folder, column in (("old", old), ("new", new)):
        write(tmp_path / folder)
        path = tmp_path / folder / "segrules.yml"
        path.write_text(path.read_text("utf-8").replace("age: integer", f"age: {column}"), "utf-8")
    rules = tmp_path / "new" / "segments/rules.yml"
    for before, after in edits:
        rules.write_text(rules.read_text("utf-8").replace(before, after), "utf-8")
    found = diff(tmp_path / "new", str(tmp_path / "old"), without_data=True)
    assert not isinstance(found, Refusal)
    return found


SAME = [
    (GROWN, "grown: age >= 18 and age > 10"),
    (GROWN, "grown: age >= 18 or (age >= 18 and country == 'TH')"),
    (GROWN, "grown: age >= 18 and age is known"),
    ("web_fan: web >= 1", "web_fan: web >= 1 and web > 0 and not (web == 0)"),
    ("corporate: company.segments.large", "corporate: company.segments.large or (company.segments.large and age > 3)"),
]


@pytest.mark.parametrize(("before", "after"), SAME, ids=[after for _, after in SAME])
def test_a_change_that_is_proven_to_change_nothing_is_none(before: str, after: str, tmp_path: Path) -> None:
    found = between(tmp_path, (before, after))
    assert set(verdicts(found).values()) == {"rewritten"}
    assert not found.is_changed
    assert moves(found) == {}
    assert lines_of(found, after.partition(":")[0])[0] == "proven: the same rows are in it"


def test_what_rests_on_a_change_that_is_none_is_not_told(tmp_path: Path) -> None:
    found = between(tmp_path, ("regular: orders >= params.least", "regular: orders >= params.least and orders > 0"))
    assert verdicts(found) == {"regular": "rewritten"}


def test_what_is_said_otherwise_of_what_rests_on_such_a_change_is_told(tmp_path: Path) -> None:
    old = {**FILES, "segments/rules.yml": FILES["segments/rules.yml"] + "  tiers: {stages: {top: segments.grown}}\n"}
    edits = (("segments.grown}}", "segments.grown}, owner: b@example.com}"), (GROWN, SAME[0][1]))
    text = old["segments/rules.yml"]
    for before, after in edits:
        text = text.replace(before, after)
    write(tmp_path / "new", {**old, "segments/rules.yml": text})
    found = diff(tmp_path / "new", str(write(tmp_path / "old", old)))
    assert not isinstance(found, Refusal)
    assert verdicts(found) == {"grown": "rewritten", "tiers": "described"}
    assert change_of(found, "tiers").told == ("owner: nothing → b@example.com",)


def test_what_a_change_does_not_touch_is_told_and_means_the_same(tmp_path: Path) -> None:
    more = "  loyal: segments.regular and spend > 10\n  best: segments.regular and orders >= 9\n"
    rules = FILES["segments/rules.yml"].replace("  loyal: segments.regular and spend > 10\n", more)
    write(tmp_path / "old", {**FILES, "segments/rules.yml": rules})
    write(tmp_path / "new", {**FILES, "segments/rules.yml": rules.replace("least: 2", "least: 3")})
    found = diff(tmp_path / "new", str(tmp_path / "old"))
    assert not isinstance(found, Refusal)
    assert verdicts(found) == {"regular": "changed", "loyal": "moved", "best": "unmoved"}
    assert [thing.name for thing in change_of(found, "best").because] == ["regular"]
    assert set(moves(found)) == {"regular", "loyal"}


@pytest.mark.parametrize(
    ("after", "scope", "ways"),
    [
        ("grown: age >= 16", "widened", ["enters"]),
        ("grown: age >= 21", "narrowed", ["leaves"]),
        ("grown: age between 16 and 30", "shifted", ["enters", "leaves"]),
        ("grown: age >= 18 and country == 'TH'", "narrowed", ["leaves"]),
    ],
)
def test_which_way_a_change_goes(after: str, scope: str, ways: list[str], tmp_path: Path) -> None:
    found = between(tmp_path, (GROWN, after), without_data=True)
    proof = proof_of(found, "grown")
    assert proof.scope == scope
    assert [side.way for side in proof.sides if side.verdict != "never"] == ways
    assert all(side.is_always for side in proof.sides if side.verdict == "never")
    assert found.is_changed


def test_who_is_counted_to_enter_shows_that_somebody_can(tmp_path: Path) -> None:
    found = between(tmp_path, (GROWN, "grown: age >= 16"))
    assert moves(found) == {"grown": (3, 4, 1, 0)}
    assert proof_of(found, "grown").is_certain
    assert any(line.endswith("` enters; nobody can leave (proven)") for line in lines_of(found, "grown"))


def test_a_trait_with_the_same_value_in_every_row(tmp_path: Path) -> None:
    rules = FILES["segments/rules.yml"].replace("web: count", "adult: age >= 18\n  web: count")
    old = write(tmp_path / "old", {**FILES, "segments/rules.yml": rules})
    other = rules.replace("adult: age >= 18", "adult: age >= 18 or (age > 20 and country == 'TH')")
    found = diff(write(tmp_path / "new", {**FILES, "segments/rules.yml": other}), str(old))
    assert not isinstance(found, Refusal)
    assert verdicts(found) == {"adult": "rewritten"}
    assert lines_of(found, "adult")[0] == "proven: every row has the same value"


def test_a_trait_with_other_values_moves_what_rests_on_it(tmp_path: Path) -> None:
    found = between(tmp_path, ("web: count(web_orders)", "web: count(web_orders where net > 5)"))
    assert verdicts(found)["web"] == "changed"
    assert proof_of(found, "web").scope == "other"
    assert proof_of(found, "web_fan").scope == "narrowed"


STAGES = "stages: {none: orders == 0, new: orders == 1, old: orders >= 2}"


def test_stages_in_another_order_that_exclude_each_other(tmp_path: Path) -> None:
    found = between(tmp_path, (STAGES, "stages: {old: orders >= 2, none: orders == 0, new: orders == 1}"))
    assert verdicts(found) == {"stage": "rewritten"}
    assert lines_of(found, "stage")[0] == "proven: every row has the same stage"


def test_stages_in_another_order_of_which_two_match(tmp_path: Path) -> None:
    old = FILES["segments/rules.yml"].replace("new: orders == 1", "new: orders >= 1")
    write(tmp_path / "old", {**FILES, "segments/rules.yml": old})
    swapped = old.replace("new: orders >= 1, old: orders >= 2", "old: orders >= 2, new: orders >= 1")
    write(tmp_path / "new", {**FILES, "segments/rules.yml": swapped})
    found = diff(tmp_path / "new", str(tmp_path / "old"))
    assert not isinstance(found, Refusal)
    assert {name: verdict for name, verdict in verdicts(found).items() if verdict != "unmoved"} == {
        "stage": "changed",
        "stage.new": "moved",
        "stage.old": "moved",
    }
    assert [thing.name for thing in change_of(found, "stage.old").because] == ["stage"]


def test_another_hit_policy_is_a_change_whatever_the_stages_hold(tmp_path: Path) -> None:
    found = between(tmp_path, ("    stages:", "    hit: unique\n    stages:"))
    assert verdicts(found)["stage"] == "changed"


# moments


def test_a_rule_about_another_day_is_a_change_though_nobody_moves_today(tmp_path: Path) -> None:
    found = between(tmp_path, (GROWN, "grown: age >= 18 and today < 2027-01-01"))
    assert verdicts(found) == {"grown": "changed"}
    assert found.is_changed
    assert moves(found) == {"grown": (3, 3, 0, 0)}
    proof = proof_of(found, "grown")
    assert (proof.scope, proof.is_always, proof.is_same) == ("same", False, False)
    assert "the same rows are in it as of 2026-01-31, which is proven; as of another day that may change" in lines_of(
        found, "grown"
    )


def test_a_window_that_both_versions_have_holds_as_of_any_day(tmp_path: Path) -> None:
    edits = ("web_fan: web >= 1", "web_fan: any(orders in last 30 days) or count(orders in last 30 days) > 3")
    rules = FILES["segments/rules.yml"].replace("web_fan: web >= 1", "web_fan: any(orders in last 30 days)")
    old = write(tmp_path / "old", {**FILES, "segments/rules.yml": rules})
    new = write(tmp_path / "new", {**FILES, "segments/rules.yml": FILES["segments/rules.yml"].replace(*edits)})
    found = diff(new, str(old))
    assert not isinstance(found, Refusal)
    assert verdicts(found) == {"web_fan": "rewritten"}


def test_what_something_was_is_proven_for_no_other_day(tmp_path: Path) -> None:
    found = between(tmp_path, (GROWN, "grown: age >= 18 and not (was(segments.regular, 30 days ago) and age < 18)"))
    assert verdicts(found) == {"grown": "changed"}


# contracts


def test_a_proof_names_the_promises_that_it_rests_on(tmp_path: Path) -> None:
    column = "{type: integer, max: 120}"
    found = with_contract(tmp_path, column, column, (GROWN, "grown: age between 18 and 120"))
    assert verdicts(found) == {"grown": "rewritten"}
    assert proof_of(found, "grown").facts == (Fact("customer", "age", "max"),)
    assert lines_of(found, "grown")[0] == (
        "proven: the same rows are in it, given `max` of `customer.age` in the contract"
    )


@pytest.mark.parametrize(
    "columns", [("integer", "{type: integer, max: 120}"), ("{type: integer, max: 120}", "integer")]
)
def test_a_promise_that_only_one_version_has_proves_nothing(columns: tuple[str, str], tmp_path: Path) -> None:
    found = with_contract(tmp_path, *columns, (GROWN, "grown: age between 18 and 120"))
    assert verdicts(found)["grown"] == "changed"


def test_of_two_bounds_the_looser_one_holds(tmp_path: Path) -> None:
    columns = ("{type: integer, max: 120}", "{type: integer, max: 110}")
    found = with_contract(tmp_path / "a", *columns, (GROWN, "grown: age between 18 and 120"))
    assert verdicts(found) == {"grown": "rewritten"}
    found = with_contract(tmp_path / "b", *columns, (GROWN, "grown: age between 18 and 110"))
    assert verdicts(found) == {"grown": "changed"}


@pytest.mark.parametrize("columns", [("integer", "{type: integer, missing: never}"), ("integer", "integer")])
def test_a_value_that_was_allowed_to_be_missing_may_be(columns: tuple[str, str], tmp_path: Path) -> None:
    found = with_contract(tmp_path, *columns, (GROWN, "grown: age >= 18 or age is missing"))
    assert verdicts(found)["grown"] == "changed"
    assert proof_of(found, "grown").scope == "widened"


def test_where_rows_are_other_ones_nothing_is_asked(tmp_path: Path) -> None:
    for folder, source in (("old", "data/orders.csv"), ("new", "data/others.csv")):
        text = FILES["segrules.yml"].replace("source: data/orders.csv", f"source: {source}")
        write(tmp_path / folder, {**FILES, "data/others.csv": FILES["data/orders.csv"], "segrules.yml": text})
    found = diff(tmp_path / "new", str(tmp_path / "old"))
    assert not isinstance(found, Refusal)
    assert change_of(found, "regular").verdict == "moved"
    assert change_of(found, "regular").proof is None


def test_hidden_counts_tell_nothing_by_way_of_a_proof(tmp_path: Path) -> None:
    old, new = write(tmp_path / "old"), write(tmp_path / "new")
    rules = new / "segments/rules.yml"
    rules.write_text(rules.read_text("utf-8").replace(GROWN, "grown: age >= 16"), "utf-8")
    found = diff(new, str(old), floor=2)
    assert not isinstance(found, Refusal)
    sides = {side.way: side.verdict for side in proof_of(found, "grown").sides}
    counted = next(iter(found.counted["customer"].members.values()))
    assert counted.is_below(2)
    without = diff(new, str(old), without_data=True)
    assert not isinstance(without, Refusal)
    assert sides == {side.way: side.verdict for side in proof_of(without, "grown").sides}
    assert lines_of(found, "grown", 2)[0] == "fewer than 2 enter or leave, or are in it"


# rows


def test_a_row_that_enters_and_one_that_leaves(tmp_path: Path) -> None:
    found = between(tmp_path, (GROWN, "grown: age between 16 and 30"), without_data=True)
    rows = {side.way: side.row for side in proof_of(found, "grown").sides}
    assert rows["enters"] is not None
    assert rows["leaves"] is not None
    assert rows["enters"].values["age"] in (16, 17)
    assert isinstance(rows["leaves"].values["age"], int)
    assert rows["leaves"].values["age"] > 30
    assert lines_of(found, "grown")[0] == (f"shifted: `{rows['enters'].line}` enters; `{rows['leaves'].line}` leaves")


def test_a_row_tells_what_it_had_before_where_that_is_something_else_now(tmp_path: Path) -> None:
    found = between(tmp_path, ("web: count(web_orders)", "web: count(web_orders where net > 5)"), without_data=True)
    (side,) = proof_of(found, "web").sides
    assert side.row is not None
    assert set(side.row.values) == {"web", "web before"}
    assert side.row.values["web"] != side.row.values["web before"]
