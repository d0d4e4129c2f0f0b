"""Where a project's files come from: a folder; a git revision or an editor's buffers by the same two functions."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from segrules.diagnostics import Diagnostic
from segrules.project.yaml_source import MAX_BYTES

PROJECT_FILE = "segrules.yml"
RULE_FOLDER = "segments"
TEST_FOLDER = "tests"
ENVIRONMENT_FOLDER = "environments"
RULE_FILE_ENDINGS = (".yml", ".yaml")


class Reader(Protocol):
    """Gives the files of a project; paths are relative to it, with `/`."""

    @property
    def root(self) -> Path | None:
        """The folder that paths of data are relative to, where there is one."""

    def list(self, folder: str, endings: tuple[str, ...] = RULE_FILE_ENDINGS) -> tuple[str, ...]:
        """The paths of all files with one of the endings in and below a folder, sorted; hidden ones left out."""

    def text(self, path: str, most_bytes: int = MAX_BYTES) -> str | Diagnostic:
        """A file's text without a byte order mark, or why it cannot be had."""


@dataclass(frozen=True, slots=True)
class FolderReader:
    """Reads a project from a folder of the file system."""

    root: Path

    def list(self, folder: str, endings: tuple[str, ...] = RULE_FILE_ENDINGS) -> tuple[str, ...]:
        return tuple(sorted(_files(self.root / folder, folder, endings, frozenset())))

    def text(self, path: str, most_bytes: int = MAX_BYTES) -> str | Diagnostic:
        try:
            with open(self.root / path, "rb", opener=_without_waiting) as file:
                status = os.fstat(file.fileno())
                if not stat.S_ISREG(status.st_mode):
                    return Diagnostic("file-unreadable", f"`{path}` is not a file", path=path)
                if status.st_size > most_bytes:
                    return too_large(path, most_bytes)
                data = file.read()
        except FileNotFoundError:
            return no_file(path)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else "its name is not a path"
            return Diagnostic("file-unreadable", f"`{path}` cannot be read: {reason.lower()}", path=path)
        return decoded(path, data)


def folder_reader(root: Path) -> Reader:
    """A reader of the project in a folder."""
    return FolderReader(root)


@dataclass(frozen=True, slots=True)
class ChangedReader:
    """Reads a project in which some files have other texts."""

    base: Reader
    texts: Mapping[str, str]

    @property
    def root(self) -> Path | None:
        return self.base.root

    def list(self, folder: str, endings: tuple[str, ...] = RULE_FILE_ENDINGS) -> tuple[str, ...]:
        return self.base.list(folder, endings)

    def text(self, path: str, most_bytes: int = MAX_BYTES) -> str | Diagnostic:
        return self.texts[path] if path in self.texts else self.base.text(path, most_bytes)


def with_texts(read: Reader, texts: Mapping[str, str]) -> Reader:
    """A reader that has these texts in place of the ones of those files."""
    return ChangedReader(read, texts)


@dataclass(frozen=True, slots=True)
class TextReader:
    """Reads a project from texts by their paths; data of it are in no folder."""

    texts: Mapping[str, str]
    root: Path | None = None

    def list(self, folder: str, endings: tuple[str, ...] = RULE_FILE_ENDINGS) -> tuple[str, ...]:
        own = (path for path in self.texts if path.startswith(f"{folder}/"))
        return tuple(sorted(path for path in own if path.lower().endswith(endings)))

    def text(self, path: str, most_bytes: int = MAX_BYTES) -> str | Diagnostic:
        return self.texts[path] if path in self.texts else no_file(path)


def _without_waiting(path: str, flags: int) -> int:
    """Opens a file; a pipe does not make the reader wait for somebody to write into it."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def no_file(path: str) -> Diagnostic:
    """That a file is not there."""
    return Diagnostic("file-missing", f"there is no file `{path}`", path=path)


def too_large(path: str, most_bytes: int) -> Diagnostic:
    """That a file has more bytes than it may."""
    what, kind = ("the file", "rule file") if most_bytes == MAX_BYTES else (f"`{path}`", "list")
    message = f"{what} is larger than {most_bytes // 1024 // 1024} MB, the most a {kind} may have"
    return Diagnostic("file-too-large", message, help="split it into several files", path=path)


def decoded(path: str, data: bytes) -> str | Diagnostic:
    """A file's text, without a byte order mark."""
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"`{path}` is not UTF-8 text: line {line} holds bytes that are no character"
        return Diagnostic("file-unreadable", message, help="save the file as UTF-8", path=path)


def _files(folder: Path, name: str, endings: tuple[str, ...], above: frozenset[tuple[int, int]]) -> Iterator[str]:
    """Files below a folder; links are followed, but not into a folder that the walk is already inside."""
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
            yield from _files(folder / entry.name, path, endings, above | {place})
        elif entry.name.lower().endswith(endings):
            yield path


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
