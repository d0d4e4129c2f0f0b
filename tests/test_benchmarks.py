"""The benchmark works: a small run of each group, unequal answers stop it, the page has what was measured. No times."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from markdown import between
from pages import DOCS, ROOT

BENCHMARKS = ROOT / "benchmarks"
SETTING = {"versions", "cores", "memory_gib", "system", "command"}
FIGURE = {"kind_of", "what", "beside", "segrules", "other", "kind", "goal", "unit", "stopped", "ratio", "is_met"}


def run(*arguments: str, program: Path = BENCHMARKS) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(program), "--small", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8")


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The benchmark's module of that name, found as `python benchmarks` finds it."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import page

    return page


GROUPS = {
    "start-up": ("--help", ()),
    "compile": ("doubling traits", ()),
    "count": ("a count by hand for each", ("--segments", "5")),
    "members": ("--layout files", ("--segments", "5")),
    "history": ("two anti-joins of its files", ("--segments", "5")),
    "report": ("`report`, 5 segments", ("--segments", "5")),
    "review": ("`diff`, 200 segments that all change", ("--segments", "5")),
    "proofs": ("each pair asked anew", ("--segments", "5,12")),
    "pairs": ("a count for each pair", ("--segments", "5")),
    "folds": ("GROUP BY by hand, shared case", ("--segments", "2")),
    "language": ("`apply`, rank", ("--cases", "rank")),
    "postgres": ("shared aggregates, 12k orders on PostgreSQL", ("--segments", "5")),
    "spark": (None, ("--segments", "3")),
    "memory": ("--memory-limit 1600MB", ("--segments", "5")),
    "curves": (None, ("--curve-rows", "100,500", "--curve-segments", "1,3")),
    "row-engines": (None, ("--segments", "5")),
}
"""Of each group, in order: what one of its figures says (None: it has none without libraries that may be absent, or
curves only), and more arguments.
"""


@pytest.mark.parametrize("group", [group for group in GROUPS if group != "curves"])
def test_a_small_run_gives_a_table_and_json(group: str, tmp_path: Path) -> None:
    what, more = GROUPS[group]
    file = tmp_path / "found.json"
    done = run("--only", group, *more, "--json", str(file))
    assert done.returncode == 0, done.stderr
    part = json.loads(file.read_text("utf-8"))[group]
    assert set(part["setting"]) == SETTING
    assert part["setting"]["command"] == " ".join(["python benchmarks --small --only", group, *more])
    figures = [finding for finding in part["findings"] if finding["kind_of"] == "Figure"]
    notes = [finding["text"] for finding in part["findings"] if finding["kind_of"] == "Note"]
    assert all("not installed" in note for note in notes)
    assert figures or notes
    for figure in figures:
        assert set(figure) == FIGURE
        assert figure["segrules"] > 0
        assert figure["other"] > 0
        assert figure["stopped"] == []
        assert f"| {figure['what']} | {figure['beside']} |" in done.stdout
    if what is not None:
        assert any(what in figure["what"] + figure["beside"] for figure in figures)


def test_curves_have_a_point_of_each_side_for_each_number(tmp_path: Path) -> None:
    file = tmp_path / "found.json"
    done = run("--only", "curves", *GROUPS["curves"][1], "--json", str(file))
    assert done.returncode == 0, done.stderr
    curves = {curve["name"]: curve for curve in json.loads(file.read_text("utf-8"))["curves"]["findings"]}
    assert set(curves) == {"rows", "segments", "predicates", "distinct-predicates"}
    for curve in curves.values():
        numbers = {tuple(x for x, _ in points) for points in curve["points"].values()}
        assert {"segrules", "counts"} <= set(curve["points"])
        assert len(numbers) == 1
        assert f"| {curve['title']}: {curve['x']} |" in done.stdout
    assert curves["rows"]["points"]["segrules"][1][0] == 500


_ONE_MORE = ('execute(job["query"])', 'execute("SELECT 1 + COLUMNS(*) FROM (" + job["query"] + ")")')
WRONG = {
    "count": ("SELECT count(*) FROM {place}", "SELECT count(*) + (random() < 2)::INTEGER FROM {place}", "s0"),
    "members": ("SELECT customer_id FROM '{source}'", "SELECT customer_id + 1 AS customer_id FROM '{source}'", "vip"),
    "folds": (*_ONE_MORE, "s0"),
    "language": ("SELECT customer_id, 'it' AS segment", "SELECT customer_id + 1 AS customer_id, 'it' AS segment", "it"),
    "memory": (*_ONE_MORE, "big"),
    "history": ("UNION ALL {went}", "UNION ALL {came}", "s0 entered"),
}
"""Of each group: a part of the program that does it by hand, one that gives other answers, and a segment named then."""


@pytest.mark.parametrize("group", WRONG)
def test_an_unequal_answer_stops_it(group: str, tmp_path: Path) -> None:
    right, wrong, segment = WRONG[group]
    shutil.copytree(BENCHMARKS, tmp_path / "benchmarks", ignore=shutil.ignore_patterns("__pycache__"))
    by_hand = tmp_path / "benchmarks" / "sides" / "by_sql.py"
    assert right in by_hand.read_text("utf-8")
    by_hand.write_text(by_hand.read_text("utf-8").replace(right, wrong), "utf-8")
    done = run("--only", group, "--segments", "5", "--cases", "rank", program=tmp_path / "benchmarks")
    assert done.returncode == 1
    assert re.search(rf"^{group}: .*`{segment}` is .* by \w+.* and .* by ", done.stderr, re.MULTILINE), done.stderr


def test_a_side_that_takes_too_long_is_stopped() -> None:
    done = run("--only", "count", "--segments", "5", "--patience", "0.01")
    assert done.returncode == 0, done.stderr
    assert "over 0.01 s | over 0.01 s |" in done.stdout


# the page


def test_the_page_has_the_figures_of_the_record(page: ModuleType) -> None:
    record = json.loads((DOCS / "performance.json").read_text("utf-8"))
    assert between(DOCS / "performance.md", "figures") == page.as_markdown(record)
    assert list(record) == list(GROUPS)


def test_groups_that_were_not_run_stay_on_the_page(page: ModuleType, tmp_path: Path) -> None:
    shutil.copy(DOCS / "performance.md", tmp_path)
    shutil.copy(DOCS / "performance.json", tmp_path)
    before = json.loads((tmp_path / "performance.json").read_text("utf-8"))
    found = page.Figure("`count`, of a test", "nothing", 2.0, 13.0, goal=6.0)
    page.update_docs({"count": page.entry([found], "python benchmarks --test")}, docs=tmp_path, order=tuple(GROUPS))
    after = json.loads((tmp_path / "performance.json").read_text("utf-8"))
    assert list(after) == list(before)
    assert {group: part for group, part in after.items() if group != "count"} == {
        group: part for group, part in before.items() if group != "count"
    }
    table = between(tmp_path / "performance.md", "figures")
    assert "| `count`, of a test | nothing | 2.00 s | 13.0 s | 6.50x faster | at least 6x faster | met |" in table
    assert table == page.as_markdown(after)
    assert "`python benchmarks --test` (count)" in table


@pytest.mark.parametrize(
    ("segrules", "other", "kind", "goal", "stopped", "told"),
    [
        (4.0, 2.0, "faster", None, (), "4.00 s | 2.00 s | 2.00x slower |  | "),
        (2.0, 2.0, "faster", 1.0, (), "2.00 s | 2.00 s | 1.00x faster | not slower | met"),
        (2.0, 6.0, "faster", 6.0, (), "2.00 s | 6.00 s | 3.00x faster | at least 6x faster | **not met**"),
        (
            2.0,
            6.0,
            "faster",
            4.0,
            ("other",),
            "2.00 s | over 6.00 s | over 3.00x faster | at least 4x faster | not known",
        ),
        (2.0, 14.0, "faster", 6.0, ("other",), "2.00 s | over 14.0 s | over 7.00x faster | at least 6x faster | met"),
        (2.0, 1.0, "faster", 1.0, ("segrules",), "over 2.00 s | 1.00 s | over 2.00x slower | not slower | **not met**"),
        (2.0, 2.0, "faster", 1.0, ("segrules", "other"), "over 2.00 s | over 2.00 s |  | not slower | not known"),
        (2.6, 2.0, "cost", 1.3, (), "2.60 s | 2.00 s | 1.30x | at most 1.3x | met"),
        (2.8, 2.0, "cost", 1.3, (), "2.80 s | 2.00 s | 1.40x | at most 1.3x | **not met**"),
        (2.0, 2.0, "cost", 1.3, ("other",), "2.00 s | over 2.00 s | under 1.00x | at most 1.3x | met"),
        (3.0, 2.0, "cost", 1.3, ("segrules",), "over 3.00 s | 2.00 s | over 1.50x | at most 1.3x | **not met**"),
    ],
)
def test_a_ratio_says_which_side_is_faster_and_what_is_known(
    page: ModuleType, segrules: float, other: float, kind: str, goal: float | None, stopped: tuple[str, ...], told: str
) -> None:
    figure = page.Figure("a", "b", segrules, other, kind, goal, stopped=stopped)
    assert page.line(figure) == f"| a | b | {told} |"
    assert page.from_json(json.loads(json.dumps(page.as_json(figure)))) == figure


def test_memory_is_that_of_the_process_and_not_of_who_started_it(page: ModuleType) -> None:
    import processes

    held = bytearray(300_000_000)
    small = processes.run(("-ISc", "pass"), 60)
    large = processes.run(("-ISc", "held = bytearray(200_000_000)"), 60)
    assert len(held) > 0
    assert 1 < small.megabytes < 60
    assert 200 < large.megabytes < 290


def test_rules_are_equal_in_each_run_and_rest_on_so_many_predicates(page: ModuleType) -> None:
    import rules

    def tests(rule: rules.Rule) -> set[rules.Test]:
        match rule:
            case rules.Not(part):
                return tests(part)
            case rules.All(parts) | rules.Any(parts):
                return set().union(*map(tests, parts))
            case _:
                return {rule}

    made = rules.random_rules(500, distinct=33, predicates=(3, 3))
    assert made == rules.random_rules(500, distinct=33, predicates=(3, 3))
    assert len(set(made.values())) == 500
    used = set().union(*map(tests, made.values()))
    pool = set(rules.predicate_pool(33, tuple(rules.COLUMNS), seed=4))
    assert len(pool) == 33
    assert pool <= used
    assert {test.operator for test in used - pool} <= {"known"}, "a negative test says that its column is known"
