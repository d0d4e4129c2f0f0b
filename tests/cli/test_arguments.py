"""Which words of a command line are names, files and the project."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer import BadParameter

from segrules.cli.arguments import names_and_project, project_folder
from segrules.cli.data import files_and_project


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project in the working directory, another in shop/, an empty folder vip/, and two data files."""
    for folder in (tmp_path, tmp_path / "shop"):
        folder.mkdir(exist_ok=True)
        (folder / "segrules.yml").write_text("segrules: 1\n")
    (tmp_path / "vip").mkdir()
    (tmp_path / "a.csv").write_text("x\n")
    (tmp_path / "b").write_text("x\n")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("selected", "rest", "names", "project"),
    [
        (None, None, (), "."),
        (None, ["shop"], (), "shop"),
        (["vip"], None, ("vip",), "."),
        (["vip"], ["shop"], ("vip",), "shop"),
        (["vip"], ["lapsed", "shop"], ("vip", "lapsed"), "shop"),
        (["vip"], ["lapsed", "./shop"], ("vip", "lapsed"), "shop"),
        (["once"], ["vip"], ("once", "vip"), "."),
        (["vip", "once"], ["lapsed"], ("vip", "once", "lapsed"), "."),
    ],
)
def test_names_go_on_until_the_project(
    selected: list[str] | None, rest: list[str] | None, names: tuple[str, ...], project: str
) -> None:
    assert names_and_project(selected, rest) == (names, Path(project))


@pytest.mark.parametrize(
    ("selected", "rest"), [(None, ["shop", "shop"]), (None, ["vip"]), (None, ["nowhere"]), (["vip"], ["./nowhere"])]
)
def test_what_is_no_project_is_refused(selected: list[str] | None, rest: list[str]) -> None:
    with pytest.raises(BadParameter):
        names_and_project(selected, rest)


def test_a_file_is_no_project() -> None:
    with pytest.raises(BadParameter, match="is a file"):
        project_folder(Path("segrules.yml"))


@pytest.mark.parametrize(
    ("listed", "rest", "files", "folder"),
    [
        (None, None, [], "."),
        (None, ["new"], [], "new"),
        (["a.csv"], None, ["a.csv"], "."),
        (["a.csv"], ["b", "new"], ["a.csv", "b"], "new"),
        (["a.csv"], ["new"], ["a.csv"], "new"),
    ],
)
def test_files_and_the_folder_to_write_into(
    listed: list[str] | None, rest: list[str] | None, files: list[str], folder: str
) -> None:
    assert files_and_project(listed, rest) == (tuple(map(Path, files)), Path(folder))


def test_a_data_file_that_is_not_there_is_not_taken_for_the_folder() -> None:
    with pytest.raises(BadParameter, match=r"there is no file `c\.parquet`"):
        files_and_project(["a.csv"], ["c.parquet"])
