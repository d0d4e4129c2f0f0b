"""Files of a folder: what is listed, and what is said of files that cannot be read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from segrules.diagnostics import Diagnostic
from segrules.project.loader import load
from segrules.project.reader import folder_reader


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "segments" / "b").mkdir(parents=True)
    return tmp_path


def finding(root: Path, path: str) -> Diagnostic:
    result = folder_reader(root).text(path)
    assert isinstance(result, Diagnostic)
    return result


def test_rule_files_are_found_in_all_folders_and_sorted(folder: Path) -> None:
    for name in ("z.yml", "a.yaml", "b/c.yml", "B.YML", "notes.txt", ".hidden.yml", "x.yml.bak"):
        (folder / "segments" / name).write_text("")
    listed = folder_reader(folder).list("segments")
    assert listed == ("segments/B.YML", "segments/a.yaml", "segments/b/c.yml", "segments/z.yml")


def test_a_missing_folder_has_no_files(tmp_path: Path) -> None:
    assert folder_reader(tmp_path).list("segments") == ()
    assert folder_reader(tmp_path / "nowhere").list("segments") == ()


def test_a_folder_called_like_a_rule_file_is_a_folder(folder: Path) -> None:
    (folder / "segments" / "x.yml").mkdir()
    (folder / "segments" / "x.yml" / "y.yml").write_text("")
    assert folder_reader(folder).list("segments") == ("segments/x.yml/y.yml",)


def test_links_in_a_circle_end(folder: Path) -> None:
    (folder / "segments" / "b" / "up").symlink_to(folder / "segments")
    (folder / "segments" / "self.yml").symlink_to(folder / "segments" / "self.yml")
    (folder / "segments" / "b" / "c.yml").write_text("")
    read = folder_reader(folder)
    assert read.list("segments") == ("segments/b/c.yml", "segments/self.yml")
    assert isinstance(read.text("segments/self.yml"), Diagnostic)


def test_links_to_shared_folders_are_followed(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    shared = tmp_path_factory.mktemp("shared")
    (shared / "s.yml").write_text("")
    (folder / "segments" / "shared").symlink_to(shared)
    (folder / "segments" / "twice").symlink_to(shared)
    assert folder_reader(folder).list("segments") == ("segments/shared/s.yml", "segments/twice/s.yml")


def test_a_byte_order_mark_is_no_part_of_the_text(folder: Path) -> None:
    (folder / "x.yml").write_bytes("\ufeffa: ก\r\n".encode())
    assert folder_reader(folder).text("x.yml") == "a: ก\r\n"


def test_bytes_that_are_not_utf8_are_told_by_their_line(folder: Path) -> None:
    (folder / "x.yml").write_bytes("a: b\nc: é\n".encode("latin-1"))
    found = finding(folder, "x.yml")
    assert (found.code, found.path) == ("file-unreadable", "x.yml")
    assert "line 2" in found.message


def test_files_that_cannot_be_read(folder: Path) -> None:
    (folder / "folder.yml").mkdir()
    os.mkfifo(folder / "pipe.yml")
    assert finding(folder, "nowhere.yml").code == "file-missing"
    assert finding(folder, "folder.yml").code == "file-unreadable"
    assert finding(folder, "pipe.yml").code == "file-unreadable"
    assert finding(folder, "a\0b").code == "file-unreadable"


def test_a_huge_file_is_not_read(folder: Path) -> None:
    with open(folder / "huge.yml", "wb") as file:
        file.truncate(10 * 1024**3)
    assert finding(folder, "huge.yml").code == "file-too-large"


@pytest.mark.skipif(os.name != "posix", reason="names of files are text elsewhere")
def test_a_file_whose_name_is_not_text(folder: Path) -> None:
    (folder / "segrules.yml").write_text("segrules: 1\nentities: {c: {source: x.csv, key: id}}\n")
    try:
        (folder / "segments" / os.fsdecode(b"caf\xe9.yml")).write_text("segments: {a: x > 1}\n")
    except OSError:
        pytest.skip("this file system has only names that are text")
    project, (found,) = load(folder_reader(folder))
    assert project is not None
    assert (found.code, found.path) == ("file-unreadable", "segments/caf?.yml")
