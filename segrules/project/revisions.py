"""A project as a git revision has it, read from the object store: the work tree is never touched."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from segrules.diagnostics import Diagnostic, did_you_mean
from segrules.project.reader import RULE_FILE_ENDINGS, Reader, decoded, no_file, too_large
from segrules.project.yaml_source import MAX_BYTES

MERGE_BASE = "..."
_LINK = "120000"
_FOLDERS = ("segments", "tests", "lists", "environments")
_MOST_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class RevisionReader:
    """The files of a project at one commit, by path relative to the project. `root`: where its data lies today."""

    root: Path | None
    files: Mapping[str, bytes | int]
    """A file's bytes; of one that is larger than any file may be, how many it has."""

    def list(self, folder: str, endings: tuple[str, ...] = RULE_FILE_ENDINGS) -> tuple[str, ...]:
        return tuple(sorted(path for path in self.files if _is_in(path, folder) and path.lower().endswith(endings)))

    def text(self, path: str, most_bytes: int = MAX_BYTES) -> str | Diagnostic:
        data = self.files.get(path)
        if data is None:
            return no_file(path)
        if isinstance(data, int) or len(data) > most_bytes:
            return too_large(path, most_bytes)
        return decoded(path, data)


def open_revision(folder: Path, revision: str) -> Reader | Diagnostic:
    """A reader of the folder's project at a revision, or why there is none.

    A revision is whatever git takes for a commit: a branch, a tag, `HEAD~1`. `main...` is the commit where this branch
    left main, and `main...other` the one where that branch did: what a pull request is compared with.
    """
    try:
        return _open(folder.resolve(), revision)
    except FileNotFoundError:
        return _refused("`git` is not installed, and a revision is read with it", "or give the folder of a version")
    except GitError as error:
        return _refused(f"`{revision}` cannot be read: git says `{error}`")


def _open(folder: Path, revision: str) -> Reader | Diagnostic:
    top = _asked(folder, "rev-parse", "--show-toplevel", "--show-prefix")
    if top is None:
        message = f"`{folder.name}` is not in a git repository, so there is no revision `{revision}`"
        return _refused(message, "give two folders to compare")
    prefix = "".join(top.splitlines()[1:])
    commit = _commit(folder, revision)
    if commit is None:
        return _unknown(folder, revision)
    files = _files(folder, commit, prefix)
    if isinstance(files, Diagnostic):
        return files
    if "segrules.yml" not in files:
        where = f" in `{prefix.rstrip('/')}`" if prefix else ""
        return _refused(f"there is no `segrules.yml`{where} at `{revision}`", "the project came later, or has moved")
    return RevisionReader(folder, files)


def _commit(folder: Path, revision: str) -> str | None:
    """The commit that a revision is, None where git knows none."""
    if not revision or revision.startswith("-"):
        return None
    left, dots, right = revision.partition(MERGE_BASE)
    if dots:
        ours, theirs = (_commit(folder, name or "HEAD") for name in (left, right))
        found = None if ours is None or theirs is None else _asked(folder, "merge-base", ours, theirs)
    else:
        found = _asked(folder, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    return None if found is None else found.strip()


def _unknown(folder: Path, revision: str) -> Diagnostic:
    message = f"there is no revision `{revision}`"
    if (_asked(folder, "rev-parse", "--is-shallow-repository") or "").strip() == "true":
        help = "this clone has no history: `fetch-depth: 0` in actions/checkout, or `git fetch --unshallow`"
        return _refused(f"{message} in this clone", help)
    names = (_asked(folder, "for-each-ref", "--format=%(refname:short)") or "").split()
    wanted = revision.partition(MERGE_BASE)[0] or revision
    remote = next((name for name in names if name.endswith(f"/{wanted}")), None)
    return _refused(message, f"did you mean `{remote}`?" if remote else did_you_mean(wanted, names))


def _files(folder: Path, commit: str, prefix: str) -> dict[str, bytes | int] | Diagnostic:
    """The files below a folder of a commit that a project may be read from."""
    listed = _run(folder, "ls-tree", "-r", "-z", "-l", "--full-tree", commit, *(["--", prefix] if prefix else []))
    sizes: dict[str, int] = {}
    links = set()
    for entry in listed.decode("utf-8", "surrogateescape").split("\0"):
        about, _, name = entry.partition("\t")
        path = name.removeprefix(prefix)
        if _may_be_read(path):
            mode, _, _, size = about.split()
            sizes[path] = int(size)
            links |= {path} if mode == _LINK else set()
    wanted = [path for path in sizes if sizes[path] <= _MOST_BYTES]
    found: dict[str, bytes | int] = {path: size for path, size in sizes.items() if size > _MOST_BYTES}
    for path, (kind, data) in zip(wanted, _contents(folder, commit, prefix, wanted), strict=True):
        if kind == "tree":
            message = f"`{path}` is a link to a folder, which cannot be followed inside a revision"
            return _refused(message, "compare two folders instead")
        if kind == "blob":
            found[path] = data
        elif path not in links:
            raise GitError(f"{path} is {kind}")
    return found


def _may_be_read(path: str) -> bool:
    """Whether a file or a link may be a part of a project."""
    parts = path.split("/")
    if any(part.startswith(".") for part in parts) or "\n" in path:
        return False
    return path == "segrules.yml" or parts[0] in _FOLDERS


def _contents(folder: Path, commit: str, prefix: str, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Each path's kind and bytes, links followed; where nothing is there it is `missing`, `dangling`, `loop`…."""
    asked = [f"{commit}:{prefix}{path}\n".encode("utf-8", "surrogateescape") for path in paths]
    output = _run(folder, "cat-file", "--batch", "--follow-symlinks", input=b"".join(asked))
    start = 0
    for _ in asked:
        end = output.index(b"\n", start)
        kind, size = output[start:end].split(b" ")[-2:]
        start = end + 1
        if size == b"missing":
            yield "missing", b""
        else:
            yield kind.decode(), output[start : start + int(size)]
            start += int(size) + 1


class GitError(Exception):
    """What git says when it fails for another reason than an unknown name."""


def _run(folder: Path, *arguments: str, input: bytes | None = None) -> bytes:
    done = _git(folder, arguments, input)
    if done.returncode:
        raise GitError(" ".join(done.stderr.decode("utf-8", "replace").split())[:200])
    return done.stdout


def _asked(folder: Path, *arguments: str) -> str | None:
    """What git answers, None where it does not know."""
    done = _git(folder, arguments, None)
    return None if done.returncode else done.stdout.decode("utf-8", "surrogateescape")


def _git(folder: Path, arguments: Iterable[str], input: bytes | None) -> subprocess.CompletedProcess[bytes]:
    """git in a folder; it takes no locks, asks nothing and fetches nothing."""
    quiet = {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, input=input, capture_output=True, check=False, env={**os.environ, **quiet})


def _refused(message: str, help: str | None = None) -> Diagnostic:
    return Diagnostic("unknown-revision", message, help=help)


def _is_in(path: str, folder: str) -> bool:
    return path.startswith(f"{folder}/")
