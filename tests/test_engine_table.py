"""docs/engines.md lists what each engine is tested with: every folder of tests/cases and every pack."""

from __future__ import annotations

from pathlib import Path

import test_cases
import test_packs
from markdown import between, fill_between

PAGE = Path(__file__).parents[1] / "docs" / "engines.md"
ENGINES = ("duckdb", "postgres", "spark")


def test_the_table_of_cases_is_fresh(update: bool) -> None:
    """Each cell stands for tests of the same run: a case that an engine has other members of fails there."""
    if update:
        fill_between(PAGE, "cases", _table())
    assert between(PAGE, "cases") == _table()


def test_each_engine_runs_each_row() -> None:
    """What the table says is what the tests are parametrised with."""
    folders = {"test_members_on_an_engine": test_cases.all_cases(), "test_members_on_spark": test_cases.NAMES}
    for test, wanted in folders.items():
        (mark,) = (m for m in getattr(test_cases, test).pytestmark if m.name == "parametrize")
        assert list(mark.args[1]) == list(wanted)
    assert {param.values[0] for param in test_cases.all_cases()} == set(test_cases.NAMES)
    marks = test_packs.test_a_pack_has_the_members_of_the_reference.pytestmark
    by_name = {mark.args[0]: mark.args[1] for mark in marks}
    dialects = {one if isinstance(one, str) else one.values[0] for one in by_name["dialect"]}
    assert dialects == set(ENGINES)
    assert list(by_name["name"]) == test_packs.NAMES


def _table() -> str:
    rows = [*(f"`tests/cases/{name}`" for name in test_cases.NAMES)]
    rows += [f"[`{name}`](../examples/packs/{name}/README.md)" for name in test_packs.NAMES]
    lines = [f"| cases | {' | '.join(ENGINES)} |", f"|---{'|---' * len(ENGINES)}|"]
    lines += [f"| {row} |{' equal |' * len(ENGINES)}" for row in rows]
    return "\n".join(lines) + "\n"
