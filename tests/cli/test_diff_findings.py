"""What `segrules diff` says of limits that are exceeded, and what it keeps to itself below the floor."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from segrules.cli.app import main

Run = Callable[..., tuple[object, str, str]]

PROJECT = """\
segrules: 1
name: shop
as_of: 2026-01-31
entities:
  customer: {source: data.csv, key: id, columns: {id: integer, age: integer}}
limits: {change: 20%, left: 50}
"""


@pytest.fixture
def segrules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command line beside `before` and `after`, of which the second has 4 customers more in a segment of 10."""
    for name, age in (("before", 10), ("after", 14)):
        (tmp_path / name / "segments").mkdir(parents=True)
        (tmp_path / name / "segrules.yml").write_text(PROJECT)
        (tmp_path / name / "segments/a.yml").write_text(f"segments:\n  young: age < {age}\n")
        rows = [f"{number},{number}\n" for number in range(100)]
        (tmp_path / name / "data.csv").write_text("".join(["id,age\n", *rows]))
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[object, str, str]:
        with pytest.raises(SystemExit) as end:
            main(["diff", "before", "--project", "after", *arguments])
        written = capsys.readouterr()
        return end.value.code, written.out, written.err

    return run


SAID = "`young`: its size changes by 4 from 10 (40.0%), and `limits` allow 20%"
HIDDEN = "`young`: its size changes by more than `limits` allow, 20%"


def test_a_limit_that_is_exceeded_stands_on_stderr(segrules: Run) -> None:
    code, out, err = segrules()
    assert (code, SAID in err, SAID in out) == (1, True, False)
    assert out.startswith("1 rule changed")


@pytest.mark.parametrize("format", ["markdown", "html"])
def test_a_comment_and_a_page_say_why_the_check_fails(segrules: Run, format: str) -> None:
    code, out, _ = segrules("--format", format)
    said = SAID if format == "markdown" else SAID.replace("`limits`", "<code>limits</code>")
    said = said if format == "markdown" else said.replace("`young`", "<code>young</code>")
    assert (code, said in out, "More than the limits allow" in out) == (1, True, True)
    assert "approvals" in out


@pytest.mark.parametrize("format", ["text", "markdown", "html", "json", "github", "gitlab"])
def test_below_the_floor_no_count_is_told_anywhere(segrules: Run, format: str) -> None:
    code, out, err = segrules("--format", format, "--floor", "5")
    assert (code, HIDDEN in out + err) == (1, True)
    for text in (out, err):
        assert "by 4" not in text
        assert "40.0%" not in text


def test_at_the_floor_counts_are_told(segrules: Run) -> None:
    assert SAID in segrules("--floor", "4")[2]
