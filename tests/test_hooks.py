"""The hooks for pre-commit: what they look at, and that each one runs as pre-commit runs it."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest
import shell
import yaml

from segrules.cli.commands import COMMANDS

ROOT = Path(__file__).resolve().parents[1]
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
KEYS = {"id", "name", "description", "entry", "language", "files", "pass_filenames"}


def name_of(hook: dict[str, Any]) -> str:
    return str(hook["id"])


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "examples" / "quickstart", tmp_path / "shop")
    return tmp_path


def run(hook: dict[str, Any], folder: Path, *arguments: str) -> tuple[str, int]:
    """What pre-commit runs: the entry and the arguments of the user's configuration, from the top of the repository."""
    return shell.run(shlex.join([*shlex.split(hook["entry"]), *arguments]), folder)


@pytest.mark.parametrize("hook", HOOKS, ids=name_of)
def test_a_hook_has_the_keys_that_pre_commit_wants(hook: dict[str, Any]) -> None:
    assert set(hook) == KEYS
    assert (hook["language"], hook["pass_filenames"]) == ("python", False)
    command = hook["entry"].split()
    assert command[0] == "segrules"
    assert command[1] in COMMANDS
    assert hook["id"] == f"segrules-{command[1]}"


@pytest.mark.parametrize("hook", HOOKS, ids=name_of)
def test_a_hook_looks_at_what_a_project_is_made_of(hook: dict[str, Any]) -> None:
    pattern = re.compile(hook["files"])
    for path in ("segrules.yml", "segments/vip.yml", "segments/ไทย/ลูกค้า.yaml", "tests/vip.yml", "environments/ci.yml"):
        assert pattern.search(path), path
        assert pattern.search(f"rules/shop/{path}"), path
    for path in ("README.md", "data/customers.csv", "my-segrules.yml", "segrules.yml.bak", "mysegments/a.yml", "out/x"):
        assert not pattern.search(path), path


@pytest.mark.parametrize("hook", HOOKS, ids=name_of)
def test_a_hook_passes_on_a_project_that_is_right(hook: dict[str, Any], repository: Path) -> None:
    output, code = run(hook, repository, "shop")
    assert code == 0, output
    output, code = run(hook, repository / "shop")
    assert code == 0, output


@pytest.mark.parametrize("hook", HOOKS, ids=name_of)
def test_a_hook_fails_on_a_rule_that_is_wrong(hook: dict[str, Any], repository: Path) -> None:
    (repository / "shop/segments/wrong.yml").write_text("segments: {wrong: age > > 3}\n")
    output, code = run(hook, repository, "shop")
    assert code != 0
    assert "shop/segments/wrong.yml:1:25 error: " in output


def test_the_hook_that_formats_writes_files_so_that_the_commit_stops(repository: Path) -> None:
    (hook,) = [hook for hook in HOOKS if hook["id"] == "segrules-fmt"]
    rules = repository / "shop/segments/untidy.yml"
    rules.write_text("segments:\n  old: age>60  # years\n")
    output, code = run(hook, repository, "--check", "shop")
    assert code == 1
    assert "shop/segments/untidy.yml:2:" in output
    assert run(hook, repository, "shop")[1] == 0
    assert rules.read_text() == "segments:\n  old: age > 60  # years\n"
    assert run(hook, repository, "--check", "shop") == ("no findings\n", 0)
