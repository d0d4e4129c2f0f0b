"""The output folder: whole old output or whole new output, whatever happens in between.

A run writes into a hidden staging folder. Publishing first writes a journal, then moves the files to their names,
removes those that the last run owned and this one lacks, and puts run.json in place last. The next run finishes what
a journal promises, and throws away a staging folder that has none.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RECORD = "run.json"
_JOURNAL = ".segrules-journal.json"
_STAGING = ".segrules-staging-"


class OutputRefused(Exception):
    """The output folder cannot be used; the message says why, `help` what to do. code: what kind of finding that is."""

    code = "output-refused"

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.help = help


@contextmanager
def locked(out: Path, option: str = "--out") -> Iterator[None]:
    """Holds the output folder (made if it is not there) for one run, and recovers what an earlier one left.

    option: what names the folder, to be said in help.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        handle = os.open(out, os.O_RDONLY)
    except (FileExistsError, NotADirectoryError):
        raise OutputRefused(f"`{out}` is a file, not a folder", f"name another folder with {option}") from None
    except OSError as error:
        raise OutputRefused(f"`{out}` cannot be made: {_reason(error)}", f"name another folder with {option}") from None
    try:
        _lock(handle, out)
        if not os.access(out, os.W_OK | os.X_OK):
            raise OutputRefused(f"`{out}` cannot be written: permission denied", f"name another folder with {option}")
        recover(out)
        yield
    finally:
        os.close(handle)


def complete(out: Path) -> None:
    """Finishes what a run that died had promised, for those who only read. OutputRefused while another run writes."""
    if (out / _JOURNAL).exists():
        with locked(out):
            return


def recover(out: Path) -> None:
    """Finishes the move that a journal promises; without one, forgets what was staged."""
    match _read(out / _JOURNAL):
        case None:
            pass
        case {"staging": str() as staged, "move": list() as move, "remove": list() as remove} if _is_staging(
            staged
        ) and all(map(_is_inside, (*move, *remove))):
            _move(out, out / staged, move, remove)
        case _:
            raise _unreadable(out / _JOURNAL)
    for left in out.glob(f"{_STAGING}*"):
        shutil.rmtree(left, ignore_errors=True)


@contextmanager
def staging(out: Path) -> Iterator[Path]:
    """A hidden folder inside `out` to write into; gone afterwards, unless a journal still needs it."""
    try:
        folder = Path(tempfile.mkdtemp(prefix=_STAGING, dir=out))
    except OSError as error:
        raise OutputRefused(f"`{out}` cannot be written: {_reason(error)}") from None
    try:
        yield folder
    finally:
        if not (out / _JOURNAL).exists():
            shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class LastRun:
    """What the run before wrote about itself: its files, and members by (entity, segment)."""

    files: tuple[str, ...]
    members: Mapping[tuple[str, str], int]


def last_run(out: Path) -> LastRun | None:
    """The run that filled the folder; None where there was none."""
    match _read(out / RECORD):
        case None:
            return None
        case {"files": dict() as files, "segments": list() as segments} if all(map(_is_inside, files)):
            members = dict(map(_members, segments))
            if None not in members:
                return LastRun(tuple(files), members)
    raise _unreadable(out / RECORD)


def _unreadable(path: Path) -> OutputRefused:
    return OutputRefused(f"`{path}` cannot be read", "empty the folder, or name another one with --out")


def _members(segment: object) -> tuple[Any, int]:
    match segment:
        case {"entity": str() as entity, "segment": str() as name, "members": int() as members}:
            return (entity, name), members
        case _:
            return None, 0


def _read(path: Path) -> object:
    """What a JSON file says; None where there is no file, text where it is not JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError):
        return "not to be read"


def _is_staging(name: str) -> bool:
    """Whether a name is one that `staging` gives: a folder right below the output folder."""
    return name.startswith(_STAGING) and Path(name).name == name


def _is_inside(file: object) -> bool:
    """Whether a path that a file names stays below the folder it is in."""
    return isinstance(file, str) and not Path(file).is_absolute() and ".." not in Path(file).parts


@dataclass(frozen=True, slots=True)
class Beside:
    """What is put in place together with a run's files, and not taken away by the next run; and what is taken away."""

    added: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


def publish(
    out: Path, folder: Path, files: Sequence[str], record: Mapping[str, Any], beside: Beside = Beside()
) -> None:
    """Puts the staged files in place, with the record (completed by each file's hash) as run.json.

    OutputRefused where a file of that name is there that no run of segrules wrote.
    """
    before = last_run(out)
    owned = set() if before is None else set(before.files)
    foreign = [file for file in files if file not in owned and (out / file).exists()]
    if foreign:
        raise OutputRefused(
            f"`{out / foreign[0]}` is there already and was not written by segrules",
            "move it away, or name another folder with --out",
        )
    hashes = {file: file_hash(folder / file) for file in files}
    try:
        write_json(folder / RECORD, {**record, "files": hashes})
    except OSError as error:
        raise OutputRefused(f"`{out}` cannot be written: {_reason(error)}") from None
    publish_beside(out, folder, Beside((*files, *beside.added), (*sorted(owned - set(files)), *beside.gone)))


def publish_beside(out: Path, folder: Path, beside: Beside) -> None:
    """Puts staged files in place, a staged run.json last, and takes others away: all of it or nothing."""
    try:
        write_json(folder / _JOURNAL, {"staging": folder.name, "move": beside.added, "remove": beside.gone})
        (folder / _JOURNAL).replace(out / _JOURNAL)
        _move(out, folder, beside.added, beside.gone)
    except OSError as error:
        raise OutputRefused(f"`{out}` cannot be written: {_reason(error)}") from None


def _move(out: Path, folder: Path, files: Sequence[str], removed: Sequence[str]) -> None:
    for file in files:
        if (folder / file).exists():
            (out / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).replace(out / file)
    for file in removed:
        (out / file).unlink(missing_ok=True)
        with suppress(OSError):  # a folder that is not empty
            for above in (out / file).relative_to(out).parents[:-1]:
                (out / above).rmdir()
    if (folder / RECORD).exists():
        (folder / RECORD).replace(out / RECORD)
    (out / _JOURNAL).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Writes a JSON file that is on the disk when this returns."""
    with path.open("w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False, indent=2)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())


def file_hash(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _lock(handle: int, out: Path) -> None:
    try:
        import fcntl  # not on Windows, where two runs into one folder are not kept apart
    except ImportError:
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise OutputRefused(f"another run is writing to `{out}`", "wait for it, or name another folder") from None


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
