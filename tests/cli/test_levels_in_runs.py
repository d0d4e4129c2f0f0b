"""Levels and ignores of a project in every command that shows its findings."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_commands import Run, edit, segrules, shop  # noqa: F401

RULES = "segments/lifecycle.yml"


@pytest.fixture
def surprising(shop: Path) -> Path:  # noqa: F811
    """The shop with a warning that rules show, and one that only data shows."""
    edit(shop / "segrules.yml", "{type: text, missing: never}", "text")
    edit(shop / RULES, "once: orders == 1", "once: orders == 1\n  abroad: country != 'TH'\n  far: country == 'IS'")
    return shop


def levels(shop: Path, text: str) -> None:  # noqa: F811
    path = shop / "segrules.yml"
    path.write_text(path.read_text("utf-8") + f"findings: {text}\n", "utf-8")


def test_warnings_as_usual(surprising: Path, segrules: Run) -> None:  # noqa: F811
    code, _, err = segrules("count", "shop")
    assert code == 0
    assert "warning: `country != 'TH'` also holds where `country` is missing, which brings in 0 of 3" in err
    assert "[constant-never-occurs]" in err
    assert err.splitlines()[-1] == "2 warnings"


def test_what_is_off_is_shown_nowhere(surprising: Path, segrules: Run) -> None:  # noqa: F811
    levels(surprising, "{negative-on-missing: off, constant-never-occurs: off}")
    assert segrules("validate", "shop") == (0, "no findings\n", "")
    code, _, err = segrules("count", "shop")
    assert (code, err) == (0, "")


def test_what_is_ignored_is_shown_nowhere(surprising: Path, segrules: Run) -> None:  # noqa: F811
    edit(surprising / RULES, "country != 'TH'", "country != 'TH'  # segrules: ignore[negative-on-missing] wanted")
    edit(surprising / RULES, "country == 'IS'", "country == 'IS'  # segrules: ignore[constant-never-occurs] soon")
    assert segrules("validate", "shop") == (0, "no findings\n", "")
    code, _, err = segrules("apply", "shop", "--out", "out")
    assert (code, err) == (0, "")


@pytest.mark.parametrize("code", ["negative-on-missing", "constant-never-occurs"])
def test_what_is_an_error_stops_a_run(surprising: Path, segrules: Run, code: str) -> None:  # noqa: F811
    levels(surprising, f"{{{code}: error}}")
    status, _, err = segrules("apply", "shop", "--out", "out")
    assert status == 1
    assert f"[{code}]" in err
    assert "error: " in err
    assert not Path("out/run.json").exists()
    assert segrules("count", "shop")[0] == 1
