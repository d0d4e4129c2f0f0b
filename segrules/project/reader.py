"""Where rule files come from: a folder here; a git revision or an editor's buffers by the same two functions."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from segrules.diagnostics import Diagnostic
from segrules.project.yaml_source import MAX_BYTES

RULE_FILE_ENDINGS = (".yml", ".yaml")


class Reader(Protocol):
    """Gives the files of a project; paths are relative to it, with `/`."""

    @property
    def root(self) -> Path | None:
        """The folder that paths of data are relative to, where there is one."""

    def list(self, folder: str) -> tuple[str, ...]:
        """The paths of all YAML files in and below a folder, sorted; hidden ones left out."""

    def text(self, path: str) -> str | Diagnostic:
        """A file's text without a byte order mark, or why it cannot be had."""


@dataclass(frozen=True, slots=True)
class FolderReader:
    """Reads a project from a folder of the file system."""

    root: Path

    def list(self, folder: str) -> tuple[str, ...]:
        return tuple(sorted(_rule_files(self.root / folder, folder, frozenset())))

    def text(self, path: str) -> str | Diagnostic:
        try:
            with open(self.root / path, "rb", opener=_without_waiting) as file:
                status = os.fstat(file.fileno())
                if not stat.S_ISREG(status.st_mode):
                    return Diagnostic("file-unreadable", f"`{path}` is not a file", path=path)
                if status.st_size > MAX_BYTES:
                    message = f"the file is larger than {MAX_BYTES // 1024 // 1024} MB, the most a rule file may have"
                    return Diagnostic("file-too-large", message, help="split it into several files", path=path)
                data = file.read()
        except FileNotFoundError:
            return Diagnostic("file-missing", f"there is no file `{path}`", path=path)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else "its name is not a path"
            return Diagnostic("file-unreadable", f"`{path}` cannot be read: {reason.lower()}", path=path)
        return _decoded(path, data)


def folder_reader(root: Path) -> Reader:
    """A reader of the project in a folder."""
    return FolderReader(root)


def _without_waiting(path: str, flags: int) -> int:
    """Opens a file; a pipe does not make the reader wait for somebody to write into it."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _decoded(path: str, data: bytes) -> str | Diagnostic:
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"`{path}` is not UTF-8 text: line {line} holds bytes that are no character"
        return Diagnostic("file-unreadable", message, help="save the file as UTF-8", path=path)


def _rule_files(folder: Path, name: str, above: frozenset[tuple[int, int]]) -> Iterator[str]:
    """Rule files below a folder; links are followed, but not into a folder that the walk is already inside."""
    try:
        status = folder.stat()
        place = (status.st_dev, status.st_ino)
        if place in above:
            return
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except FileNotFoundError:
        return
    except OSError:
        yield name  # reading it says what is wrong
        return
    for entry in entries:
        path = f"{name}/{entry.name}"
        if entry.name.startswith("."):
            continue
        if _is_folder(entry):
            yield from _rule_files(folder / entry.name, path, above | {place})
        elif entry.name.lower().endswith(RULE_FILE_ENDINGS):
            yield path


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
