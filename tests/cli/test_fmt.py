"""`segrules fmt`: what is written where, what is only said, and what stays as it is."""

from __future__ import annotations

import errno
import io
import json
import os
import subprocess
from pathlib import Path

import pytest
from test_commands import Run, segrules, shop  # noqa: F401

from segrules.workflows.format import FormattedFile

RULES = "segments/lifecycle.yml"
UNTIDY = """\
segments:
  # the best
  vip: recency_days<30 and orders>=2   # for now
  once: orders==1
traits:
  recency_days: days_since(max(orders.ordered_on))
  orders: count( orders )
"""
TIDY = """\
traits:
  recency_days: days_since(max(orders.ordered_on))
  orders: count(orders)
segments:
  # the best
  vip: recency_days < 30 and orders >= 2  # for now
  once: orders == 1
"""


@pytest.fixture
def untidy(shop: Path) -> Path:  # noqa: F811
    """The shop, with a rule file that is not in canonical text, of a mode of its own."""
    path = shop / RULES
    path.write_text(UNTIDY, encoding="utf-8")
    path.chmod(0o640)
    return path


def test_fmt_writes_what_is_not_in_canonical_text(untidy: Path, segrules: Run) -> None:  # noqa: F811
    others = {path: path.stat().st_mtime_ns for path in untidy.parents[1].rglob("*.yml") if path != untidy}
    assert segrules("fmt", "shop") == (0, f"wrote shop/{RULES}\n", "")
    assert untidy.read_text("utf-8") == TIDY
    assert untidy.stat().st_mode & 0o777 == 0o640
    assert {path: path.stat().st_mtime_ns for path in others} == others
    assert [path.name for path in untidy.parent.iterdir()] == ["lifecycle.yml"]
    assert segrules("fmt", "shop") == (0, "", "nothing to change\n")
    assert segrules("test", "shop")[0] == 0


def test_check_writes_nothing(untidy: Path, segrules: Run) -> None:  # noqa: F811
    code, out, err = segrules("fmt", "--check", "shop")
    assert (code, err, untidy.read_text("utf-8")) == (1, "", UNTIDY)
    assert out.startswith(f"shop/{RULES}:1:1 error: the file is not in its canonical text [not-formatted]\n")
    code, out, _ = segrules("fmt", "--check", "--format", "json", "shop")
    assert code == 1
    assert [(found["code"], found["file"]) for found in json.loads(out)["findings"]] == [("not-formatted", RULES)]
    code, out, _ = segrules("fmt", "--check", "--format", "github", "shop")
    assert out.startswith(f"::error file=shop/{RULES},line=1,")
    segrules("fmt", "shop")
    assert segrules("fmt", "--check", "shop") == (0, "no findings\n", "")


def test_the_diff_can_be_applied(untidy: Path, segrules: Run) -> None:  # noqa: F811
    code, out, err = segrules("fmt", "--diff", "shop")
    assert (code, err, untidy.read_text("utf-8")) == (0, "", UNTIDY)
    assert segrules("fmt", "--diff", "--check", "shop") == (1, out, "")
    subprocess.run(["git", "apply", "-"], input=out.encode(), cwd=untidy.parents[1], check=True)
    assert untidy.read_text("utf-8") == TIDY
    assert segrules("fmt", "--diff", "shop") == (0, "", "nothing to change\n")
    assert segrules("fmt", "--diff", "--format", "json", "shop")[0] == 2


def test_files_that_cannot_be_read_stay_and_others_are_written(untidy: Path, segrules: Run) -> None:  # noqa: F811
    broken = untidy.with_name("broken.yml")
    broken.write_text("traits:\n  a:   [1\n", "utf-8")
    slip = untidy.with_name("slip.yml")
    slip.write_text("traits:\n  a:   x = 1\n  b:   orders>1\n", "utf-8")
    code, out, err = segrules("fmt", "shop")
    assert (code, out) == (1, f"wrote shop/{RULES}\nwrote shop/segments/slip.yml\n")
    assert "shop/segments/broken.yml:2:8 error: `[` is not closed" in err
    assert "shop/segments/slip.yml:2:8 error: `=` is not part of the language [syntax] [*]" in err
    assert "\n2 errors\n" in err
    assert broken.read_text("utf-8") == "traits:\n  a:   [1\n"
    assert slip.read_text("utf-8") == "traits:\n  a: x = 1\n  b: orders > 1\n"
    assert segrules("fmt", "shop")[:2] == (1, "")
    slip.write_text("segments:\n  a: x = 1\ntraits:\n  b: 1\n", "utf-8")
    assert "slip.yml:2:8 error" in segrules("fmt", "--diff", "shop")[2]
    assert "slip.yml:4:8 error" in segrules("fmt", "shop")[2]


def test_marks_line_ends_and_links_stay(untidy: Path, segrules: Run) -> None:  # noqa: F811
    untidy.write_bytes(b"\xef\xbb\xbf" + UNTIDY.replace("\n", "\r\n").encode())
    real = untidy.parents[1] / "real.txt"
    untidy.rename(real)
    untidy.symlink_to(real)
    assert segrules("fmt", "shop")[0] == 0
    assert untidy.is_symlink()
    assert real.read_bytes() == b"\xef\xbb\xbf" + TIDY.replace("\n", "\r\n").encode()
    assert segrules("fmt", "--check", "shop")[0] == 0


def test_what_was_changed_meanwhile_is_not_overwritten(
    untidy: Path,
    segrules: Run,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from segrules.workflows import format

    real = format.format_text

    def slow(path: str, text: str) -> FormattedFile:
        untidy.write_text("traits: {}\n", "utf-8")
        return real(path, text)

    monkeypatch.setattr(format, "format_text", slow)
    monkeypatch.setattr(format, "_paths", lambda read: iter([RULES]))
    code, out, err = segrules("fmt", "shop")
    assert (code, out) == (2, "")
    assert err == f"shop/{RULES} was changed meanwhile and is left as it is\n"
    assert untidy.read_text("utf-8") == "traits: {}\n"


def test_a_file_that_cannot_be_written(
    untidy: Path,
    segrules: Run,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "replace", refuse)
    code, out, err = segrules("fmt", "shop")
    assert (code, out, err) == (2, "", f"error: shop/{RULES} cannot be written: permission denied\n")
    assert untidy.read_text("utf-8") == UNTIDY
    assert [path.name for path in untidy.parent.iterdir()] == ["lifecycle.yml"]


def test_a_text_that_would_mean_something_else_is_never_written(
    untidy: Path,
    segrules: Run,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from segrules.project import layout

    monkeypatch.setattr(layout, "page_text", lambda page: UNTIDY.replace("30", "31"))
    code, out, err = segrules("fmt", "shop")
    assert (code, out, untidy.read_text("utf-8")) == (2, "", UNTIDY)
    assert f"internal error: shop/{RULES} is left as it is" in err
    monkeypatch.setattr(layout, "page_text", lambda page: UNTIDY.replace("# for now", ""))
    assert segrules("fmt", "shop")[0] == 2


def test_no_project_is_a_usage_error(tmp_path: Path, segrules: Run) -> None:  # noqa: F811
    code, _, err = segrules("fmt", str(tmp_path))
    assert code == 2
    assert "segrules.yml" in err


def _stdin(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data), "utf-8"))


def test_stdin_goes_to_stdout(tmp_path: Path, segrules: Run, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.chdir(tmp_path)
    _stdin(monkeypatch, UNTIDY.encode())
    assert segrules("fmt", "--stdin") == (0, TIDY, "")
    _stdin(monkeypatch, b"\xef\xbb\xbfcases:\r\n- expect: {a: []}\r\n  name: x")
    written = "\ufeffcases:\r\n  - name: x\r\n    expect: {a: []}\r\n"
    assert segrules("fmt", "--stdin", "--stdin-name", "tests/a.yml") == (0, written, "")
    _stdin(monkeypatch, UNTIDY.encode())
    assert segrules("fmt", "--stdin", "--check") == (1, "", "segments/stdin.yml would change\n")
    _stdin(monkeypatch, UNTIDY.encode())
    code, out, _ = segrules("fmt", "--stdin", "--diff")
    assert (code, out.splitlines()[0]) == (0, "--- a/segments/stdin.yml")
    _stdin(monkeypatch, b"")
    assert segrules("fmt", "--stdin") == (0, "", "")


def test_what_cannot_be_read_goes_through_stdin_unchanged(segrules: Run, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    _stdin(monkeypatch, b"traits:\n  a:   [1\n")
    code, out, err = segrules("fmt", "--stdin")
    assert (code, out) == (1, "traits:\n  a:   [1\n")
    assert "[yaml-syntax]" in err
    _stdin(monkeypatch, b"a: \xff")
    assert segrules("fmt", "--stdin") == (1, "", "error: what stands on stdin is not UTF-8 text\n")
    assert segrules("fmt", "--stdin", "shop")[0] == 2
