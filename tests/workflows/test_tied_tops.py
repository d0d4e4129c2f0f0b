"""Functions over all entity rows in a run: ties that fill a top, and examples, which are one row alone."""

from __future__ import annotations

from pathlib import Path

import pytest
import shell

PROJECT = """
segrules: 1
name: shop
as_of: 2026-01-31
entities:
  customer:
    source: customers.csv
    key: id
    columns: {id: integer, points: {type: integer, missing: never}, country: text}
"""


def shop(folder: Path, rules: str, points: dict[str, list[int]]) -> Path:
    """A project whose customers have these points, by country."""
    (folder / "segments").mkdir()
    (folder / "segrules.yml").write_text(PROJECT)
    (folder / "segments" / "rules.yml").write_text(rules)
    each = [(country, some) for country, all_of_it in points.items() for some in all_of_it]
    rows = [f"{number},{some},{country}" for number, (country, some) in enumerate(each)]
    (folder / "customers.csv").write_text("\n".join(["id,points,country", *rows]) + "\n")
    return folder


@pytest.mark.parametrize(
    ("rule", "points", "said"),
    [
        ("in_top(2, points)", {"": [5, 4, 4, 4]}, None),
        ("in_top(2, points)", {"": [5, 4, 4, 4, 4]}, "takes in 5 customer rows; 2 were asked for"),
        ("in_top(25%, points)", {"": [5, 5, 1, 1]}, None),
        ("in_top(25%, points)", {"": [5, 5, 5, 1]}, "takes in 3 customer rows; 1 was asked for"),
        ("in_bottom(10%, points)", {"": [0] * 20 + [1]}, "takes in 20 customer rows; 3 were asked for"),
        ("in_bottom(1, points where points > 0)", {"": [0, 0, 0, 0, 1]}, None),
        ("in_top(1, points by country)", {"TH": [5, 5, 5], "US": [4, 4]}, "takes in 3 customer rows of `TH`; 1 was"),
        (
            "in_top(1, points by country)",
            {"TH": [5, 5, 5], "US": [4, 4, 4, 4], "": [1, 1, 1]},
            "takes in 4 customer rows of `US` (and so in 2 more groups); 1 was",
        ),
        ("in_top(1, points by country)", {"": [5, 5, 5]}, "takes in 3 customer rows where it is missing; 1 was"),
        ("rank(points desc) < 2", {"": [5, 5, 5]}, None),
    ],
)
def test_ties_that_more_than_double_a_top_are_a_warning(
    rule: str, points: dict[str, list[int]], said: str | None, tmp_path: Path
) -> None:
    folder = shop(tmp_path, f"segments:\n  best: {rule}\n  same: {rule} and points >= 0\n", points)
    printed, code = shell.segrules(["count", "."], folder)
    assert code == 0, printed
    assert printed.count("[many-ties]") == (said is not None), printed
    assert said is None or said in printed, printed


def test_a_top_in_a_trait_is_looked_at_where_a_wanted_segment_uses_it(tmp_path: Path) -> None:
    rules = "traits:\n  best: in_top(1, points)\nsegments:\n  good: best\n  all: points >= 0\n"
    folder = shop(tmp_path, rules, {"": [5, 5, 5]})
    assert "[many-ties]" in shell.segrules(["count", "."], folder)[0]
    assert "[many-ties]" not in shell.segrules(["count", "--select", "all", "."], folder)[0]


def test_what_is_written_has_no_column_more(tmp_path: Path) -> None:
    folder = shop(tmp_path, "segments:\n  best: in_top(1, points)\n", {"": [5, 4]})
    printed, code = shell.segrules(["apply", "--layout", "wide", "--format", "csv", "."], folder)
    assert code == 0, printed
    assert (folder / "out/customer.wide.csv").read_text() == "id,best\n0,true\n1,false\n"


def test_an_example_of_a_top_is_refused_unless_the_top_is_given(tmp_path: Path) -> None:
    rules = (
        "traits:\n  best: in_top(1, points)\nsegments:\n"
        "  good: {when: best and points > 0, examples: {in: [{best: true, points: 5}], out: [{points: 5}]}}\n"
    )
    folder = shop(tmp_path, rules, {"": [5]})
    printed, code = shell.segrules(["test", "."], folder)
    assert code == 1
    assert "`in_top(1, points)` looks at every customer, and an example is one" in printed, printed
    assert "1 passed" in printed.replace("and 1", "1"), printed


def test_a_circle_through_overall_is_found(tmp_path: Path) -> None:
    folder = shop(tmp_path, "traits:\n  points_too: overall(sum(points_too))\n", {"": [5]})
    printed, code = shell.segrules(["validate", "."], folder)
    assert code == 1
    assert "[reference-cycle]" in printed, printed
