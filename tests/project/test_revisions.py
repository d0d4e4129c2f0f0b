"""Projects read from git: the same files as in a folder, and messages where there is no such version."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from segrules.diagnostics import Diagnostic
from segrules.project.reader import Reader, folder_reader
from segrules.project.revisions import open_revision

ROOT = Path(__file__).resolve().parents[2]
FILES = {
    "segrules.yml": "segrules: 1\n",
    "segments/a.yml": "segments: {ก: x > 1}\n",
    "segments/deep/b.yaml": "",
    "segments/.hidden.yml": "no",
    "lists/vip list.txt": "1\n2\n",
    "data/rows.csv": "a\n1\n",
}


def git(folder: Path, *words: str) -> str:
    who = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com"}
    who |= {"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com"}
    done = subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, env={**os.environ, **who})
    return done.stdout.decode()


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A project below the top of a repository, committed on main."""
    folder = tmp_path / "all" / "my shop"
    for path, text in FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    git(folder.parent, "init", "-q", "-b", "main", ".")
    git(folder.parent, "add", "-A")
    git(folder.parent, "commit", "-q", "-m", "rules")
    return folder


def opened(folder: Path, revision: str) -> Reader:
    found = open_revision(folder, revision)
    assert not isinstance(found, Diagnostic), found.message
    return found


def refused(folder: Path, revision: str) -> Diagnostic:
    found = open_revision(folder, revision)
    assert isinstance(found, Diagnostic)
    assert found.code == "unknown-revision"
    return found


def test_a_revision_has_the_files_of_the_folder(shop: Path) -> None:
    then, now = opened(shop, "main"), folder_reader(shop)
    (shop / "segments/a.yml").write_text("segments: {}\n", "utf-8")
    assert then.list("segments") == now.list("segments") == ("segments/a.yml", "segments/deep/b.yaml")
    assert then.list("lists", (".txt",)) == ("lists/vip list.txt",)
    assert then.text("segments/a.yml") == FILES["segments/a.yml"]
    assert then.text("segments/deep/b.yaml") == ""
    assert then.root == shop
    missing = then.text("segments/gone.yml")
    assert isinstance(missing, Diagnostic)
    assert missing.code == "file-missing"


def test_the_work_tree_and_the_index_stay_as_they_are(shop: Path) -> None:
    (shop / "segments/a.yml").write_text("changed\n", "utf-8")
    (shop / "new.yml").write_text("new\n", "utf-8")
    before = git(shop, "status", "--porcelain=v2")
    index = (shop.parent / ".git/index").read_bytes()
    opened(shop, "HEAD")
    assert git(shop, "status", "--porcelain=v2") == before
    assert (shop.parent / ".git/index").read_bytes() == index


def test_links_are_followed_inside_the_repository(shop: Path) -> None:
    (shop / "segments/link.yml").symlink_to("deep/b.yaml")
    (shop / "segments/gone.yml").symlink_to("nowhere.yml")
    git(shop, "add", "-A")
    git(shop, "commit", "-q", "-m", "links")
    then = opened(shop, "HEAD")
    assert then.text("segments/link.yml") == ""
    assert isinstance(then.text("segments/gone.yml"), Diagnostic)


def test_a_link_to_a_folder_is_refused(shop: Path) -> None:
    (shop / "tests").symlink_to("segments")
    git(shop, "add", "-A")
    git(shop, "commit", "-q", "-m", "links")
    assert "link to a folder" in refused(shop, "HEAD").message


def test_three_dots_are_where_a_branch_left(shop: Path) -> None:
    git(shop, "checkout", "-q", "-b", "mine")
    (shop / "segments/a.yml").write_text("mine\n", "utf-8")
    git(shop, "commit", "-q", "-a", "-m", "mine")
    git(shop, "checkout", "-q", "main")
    (shop / "segments/a.yml").write_text("theirs\n", "utf-8")
    git(shop, "commit", "-q", "-a", "-m", "theirs")
    git(shop, "checkout", "-q", "mine")
    assert opened(shop, "main").text("segments/a.yml") == "theirs\n"
    assert opened(shop, "main...").text("segments/a.yml") == FILES["segments/a.yml"]
    assert opened(shop, "mine...main").text("segments/a.yml") == FILES["segments/a.yml"]


@pytest.mark.parametrize("name", ["mian", "--help", "", "main^{tree}", "main:segrules.yml", "a b", "main...nobody"])
def test_a_revision_that_is_none(shop: Path, name: str) -> None:
    assert refused(shop, name).message == f"there is no revision `{name}`"


def test_a_near_name_is_proposed(shop: Path, tmp_path: Path) -> None:
    assert refused(shop, "mian").help == "did you mean `main`?"
    git(shop.parent, "branch", "release")
    git(tmp_path, "clone", "-q", "all", "clone")
    assert refused(tmp_path / "clone/my shop", "release").help == "did you mean `origin/release`?"


def test_a_shallow_clone_is_told_what_to_do(shop: Path, tmp_path: Path) -> None:
    (shop / "segments/a.yml").write_text("more\n", "utf-8")
    git(shop, "commit", "-q", "-a", "-m", "more")
    git(tmp_path, "clone", "-q", "--depth", "1", (shop.parent).as_uri(), "clone")
    finding = refused(tmp_path / "clone/my shop", "HEAD~1")
    assert "fetch-depth: 0" in (finding.help or "")


def test_a_revision_without_the_project(shop: Path) -> None:
    (shop / "other").mkdir()
    shutil.copytree(shop / "segments", shop.parent / "elsewhere/segments")
    (shop.parent / "elsewhere/segrules.yml").write_text("segrules: 1\n", "utf-8")
    finding = refused(shop.parent / "elsewhere", "main")
    assert finding.message == "there is no `segrules.yml` in `elsewhere` at `main`"


def test_outside_of_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    (tmp_path / "shop").mkdir()
    assert "not in a git repository" in refused(tmp_path / "shop", "main").message
    monkeypatch.setenv("PATH", "")
    assert "`git` is not installed" in refused(tmp_path / "shop", "main").message


@pytest.mark.parametrize("name", ["grocer", "quickstart"])
def test_the_examples_read_the_same_at_a_revision(name: str, tmp_path: Path) -> None:
    folder = tmp_path / name
    shutil.copytree(ROOT / "examples" / name, folder)
    git(folder, "init", "-q", ".")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "rules")
    then, now = opened(folder, "HEAD"), folder_reader(folder)
    for place in ("segments", "tests"):
        assert then.list(place) == now.list(place)
        assert [then.text(path) for path in then.list(place)] == [now.text(path) for path in now.list(place)]
