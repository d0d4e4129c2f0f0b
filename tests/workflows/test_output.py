"""The output folder holds one whole run, whatever stops the next one."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from segrules.workflows import output
from segrules.workflows.output import OutputRefused, last_run, locked, publish, recover, staging


def run(out: Path, files: Mapping[str, str]) -> None:
    with locked(out), staging(out) as folder:
        stage(folder, files)
        publish(out, folder, list(files), {"segments": []})


def stage(folder: Path, files: Mapping[str, str]) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content)


def content(out: Path) -> dict[str, str]:
    return {
        path.relative_to(out).as_posix(): path.read_text()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name != "run.json"
    }


def is_whole(out: Path) -> bool:
    """Whether every file that run.json lists is there with its hash, and no other."""
    files = json.loads((out / "run.json").read_text())["files"]
    return files == {name: hashlib.sha256(text.encode()).hexdigest() for name, text in content(out).items()}


def test_a_run_replaces_the_one_before_and_removes_what_it_no_longer_writes(tmp_path: Path) -> None:
    run(tmp_path / "out", {"a.csv": "1", "customer/vip.csv": "2"})
    run(tmp_path / "out", {"a.csv": "3"})
    assert content(tmp_path / "out") == {"a.csv": "3"}
    assert not (tmp_path / "out" / "customer").exists()
    assert is_whole(tmp_path / "out")


def test_files_of_others_are_neither_removed_nor_replaced(tmp_path: Path) -> None:
    run(tmp_path, {"a.csv": "1"})
    (tmp_path / "mine.csv").write_text("mine")
    with pytest.raises(OutputRefused, match="was not written by segrules"):
        run(tmp_path, {"a.csv": "2", "mine.csv": "x"})
    assert content(tmp_path) == {"a.csv": "1", "mine.csv": "mine"}


@pytest.mark.parametrize("step", range(1, 12))
def test_a_run_killed_at_any_step_is_completed_or_rolled_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    run(tmp_path, {"a.csv": "1", "b.csv": "1", "old/c.csv": "1"})
    new = {"a.csv": "2", "b.csv": "2", "new/d.csv": "2"}
    kill_at(monkeypatch, step)
    with suppress(KeyboardInterrupt):
        run(tmp_path, new)
    monkeypatch.undo()
    with locked(tmp_path):
        assert content(tmp_path) in ({"a.csv": "1", "b.csv": "1", "old/c.csv": "1"}, new)
        assert is_whole(tmp_path)


def kill_at(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """Lets the process die at its `step`th change of a name or file."""
    left = step

    def dying(real: object) -> object:
        def call(*arguments: object, **named: object) -> object:
            nonlocal left
            left -= 1
            if left <= 0:
                raise KeyboardInterrupt
            return real(*arguments, **named)  # type: ignore[operator]

        return call

    for owner, name in ((Path, "replace"), (Path, "unlink"), (os, "fsync"), (output.shutil, "rmtree")):
        monkeypatch.setattr(owner, name, dying(getattr(owner, name)))


def test_a_reader_of_run_json_never_sees_a_mixture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the first moved file and the last step, run.json is still the old one and its hashes tell."""
    run(tmp_path, {"a.csv": "1", "b.csv": "1"})
    old = (tmp_path / "run.json").read_text()
    kill_at(monkeypatch, 5)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, {"a.csv": "2", "b.csv": "2"})
    monkeypatch.undo()
    assert (tmp_path / "run.json").read_text() == old
    recover(tmp_path)
    assert is_whole(tmp_path)


def test_two_runs_into_one_folder_are_kept_apart(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(OutputRefused, match="another run is writing"), locked(tmp_path):
        pass


def test_a_staging_folder_is_gone_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="x"), locked(tmp_path), staging(tmp_path):
        raise ValueError("x")
    assert list(tmp_path.iterdir()) == []


BAD_RECORDS = [
    "",
    "{",
    "[]",
    '{"files": 3, "segments": []}',
    '{"files": {"../a": "x"}, "segments": []}',
    '{"files": {"/a": "x"}, "segments": []}',
    '{"files": {}, "segments": [{}]}',
    '{"files": {}}',
]
BAD_JOURNALS = [
    "{",
    "{}",
    '{"staging": "../victim", "move": [], "remove": []}',
    '{"staging": ".segrules-staging-x/../../victim", "move": [], "remove": []}',
    '{"staging": ".segrules-staging-x", "move": ["../victim/kept"], "remove": []}',
    '{"staging": ".segrules-staging-x", "move": [], "remove": ["../victim/kept"]}',
]


@pytest.mark.parametrize("text", BAD_RECORDS)
def test_a_record_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(OutputRefused, match=r"run\.json` cannot be read"):
        last_run(tmp_path)


@pytest.mark.parametrize("text", BAD_JOURNALS)
def test_a_journal_reaches_nothing_outside_the_folder(tmp_path: Path, text: str) -> None:
    (tmp_path / "victim").mkdir()
    (tmp_path / "victim" / "kept").write_text("")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".segrules-journal.json").write_text(text)
    with pytest.raises(OutputRefused, match="cannot be read"), locked(tmp_path / "out"):
        pass
    assert (tmp_path / "victim" / "kept").exists()


def test_no_record_is_no_run(tmp_path: Path) -> None:
    assert last_run(tmp_path) is None
    assert last_run(tmp_path / "nothing") is None


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    for out in (tmp_path / "out", tmp_path / "out" / "inner"):
        with pytest.raises(OutputRefused, match="is a file"), locked(out):
            pass
