"""`segrules validate --fix` and `--diff` on files: what is written where, and what never is."""

from __future__ import annotations

import errno
import os
import subprocess
from pathlib import Path

import pytest
from test_commands import Run, edit, segrules, shop  # noqa: F401

from segrules.cli.file_changes import rewrite

RULES = "segments/lifecycle.yml"


@pytest.fixture
def slip(shop: Path) -> Path:  # noqa: F811
    """The shop with two slips in a file with a byte order mark and Windows line ends."""
    edit(shop / RULES, "recency_days < 30 and orders >= 2", "recency_days < 30 && orders => 2")
    path = shop / RULES
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    return path


def test_fix_writes_the_file_and_checks_again(slip: Path, segrules: Run) -> None:  # noqa: F811
    before = slip.read_bytes()
    slip.chmod(0o640)
    code, out, _ = segrules("validate", "shop")
    assert (code, out.splitlines()[-2:]) == (1, ["1 error", "[*] `segrules validate --fix` mends 1 of them"])
    assert "`&&` is not part of the language [syntax] [*]\n" in out
    assert segrules("validate", "--fix", "shop") == (0, "no findings\n", "mended 2 findings in 1 file\n")
    assert slip.read_bytes() == before.replace(b"&&", b"and").replace(b"=>", b">=")
    assert slip.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in slip.parent.iterdir()) == ["lifecycle.yml"]
    assert segrules("validate", "--fix", "shop") == (0, "no findings\n", "")


def test_fix_says_that_there_was_nothing_to_mend(shop: Path, segrules: Run) -> None:  # noqa: F811
    edit(shop / RULES, "recency_days < 30", "recency_day < 30")
    code, _, err = segrules("validate", "--fix", "shop")
    assert (code, err) == (1, "nothing was mended: no finding has a safe fix\n")


def test_diff_shows_what_fix_would_write(slip: Path, segrules: Run) -> None:  # noqa: F811
    before = slip.read_bytes()
    code, out, err = segrules("validate", "--diff", "shop")
    assert (code, slip.read_bytes()) == (1, before)
    assert "[syntax] [*]" in err
    assert out.startswith("--- a/segments/lifecycle.yml\n+++ b/segments/lifecycle.yml\n@@ ")
    assert "+  vip: recency_days < 30 and orders >= 2\n" in out
    assert segrules("validate", "--fix", "--diff", "shop") == (code, out, err)
    assert segrules("validate", "--diff", "--format", "json", "shop")[0] == 2


def test_the_diff_can_be_applied(shop: Path, segrules: Run) -> None:  # noqa: F811
    edit(shop / RULES, "orders >= 2", "orders => 2")
    (shop / RULES).write_text((shop / RULES).read_text("utf-8").rstrip("\n"), "utf-8")
    _, out, _ = segrules("validate", "--diff", "shop")
    subprocess.run(["git", "apply", "-"], input=out.encode(), cwd=shop, check=True)
    assert segrules("validate", "shop")[:2] == (0, "no findings\n")


def test_a_link_keeps_leading_to_its_file(slip: Path, segrules: Run) -> None:  # noqa: F811
    real = slip.parent.parent / "real.txt"
    slip.rename(real)
    os.symlink(real, slip)
    assert segrules("validate", "--fix", "shop")[0] == 0
    assert slip.is_symlink()
    assert b" and orders >= 2" in real.read_bytes()


def test_a_file_that_was_changed_meanwhile_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "a.yml"
    path.write_text("a: 2\n", "utf-8")
    assert not rewrite(path, "a: 1\n", "a: 3\n")
    assert path.read_text("utf-8") == "a: 2\n"
    assert [item.name for item in tmp_path.iterdir()] == ["a.yml"]


def test_a_file_that_cannot_be_written_ends_the_command(
    slip: Path,
    segrules: Run,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(source: str, target: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(target))

    before = slip.read_bytes()
    monkeypatch.setattr(os, "replace", refuse)
    code, _, err = segrules("validate", "--fix", "shop")
    assert slip.read_bytes() == before
    assert [item.name for item in slip.parent.iterdir()] == [slip.name]
    assert (code, err.startswith("error: ")) == (2, True)
