"""A source's files before an engine sees them: found, known by their endings, decoded to UTF-8, headers read."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import os
import shutil
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from glob import glob, has_magic
from pathlib import Path, PurePath
from typing import IO
from typing import Literal as OneOf

from segrules.diagnostics import Diagnostic, did_you_mean
from segrules.engines.remote import RemoteFile
from segrules.project.addresses import scheme_of
from segrules.project.encodings import codec_of
from segrules.project.model import Format, Source
from segrules.workflows import remote_files

FileKind = OneOf["csv", "json", "parquet"]
StoredFile = Path | RemoteFile

_ENDINGS: tuple[tuple[str, FileKind], ...] = (
    (".csv", "csv"), (".tsv", "csv"), (".txt", "csv"), (".csv.gz", "csv"), (".tsv.gz", "csv"), (".txt.gz", "csv"),
    (".json", "json"), (".jsonl", "json"), (".ndjson", "json"),
    (".json.gz", "json"), (".jsonl.gz", "json"), (".ndjson.gz", "json"),
    (".parquet", "parquet"), (".pq", "parquet"),
)  # fmt: skip
_IN_PLACE = ("utf-8", "utf-8-sig", "ascii")
_CHUNK = 1 << 20


class Unreadable(Exception):
    """A file that is not what it should be; message and help are for the user."""

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.help = help


def find_files(path: str, root: Path) -> tuple[StoredFile, ...]:
    """The files of an address, or of a path or glob relative to `root`, sorted by name; `**` goes into folders."""
    if scheme_of(path) is not None:
        return remote_files.find(path)
    if (root / path).is_file() or not has_magic(path):
        return (root / path,) if (root / path).exists() else ()
    found = (root / name for name in glob(path, root_dir=root, recursive=True))
    return tuple(sorted(file for file in found if file.is_file()))


def missing_file(source: Source, root: Path) -> Diagnostic:
    """That nothing is at a source's path, with the file or folder that may have been meant."""
    if scheme_of(source.path or "") is not None:
        return remote_files.missing(source)
    path = Path(source.path or "")
    folder = (root / path).parent
    if has_magic(source.path or ""):
        return Diagnostic("data-missing", f"no file matches `{source.path}`", source.span)
    while not folder.is_dir() and folder != folder.parent:
        path, folder = path.parent, folder.parent
    help = did_you_mean(path.name, [entry.name for entry in folder.iterdir()]) if folder.is_dir() else None
    what = "file" if str(path) == source.path else "folder"
    return Diagnostic("data-missing", f"there is no {what} `{path.as_posix()}`", source.span, help)


def stored(path: str) -> StoredFile:
    """The file that an engine names."""
    return RemoteFile(path, None) if scheme_of(path) is not None else Path(path)


def kind_of(path: StoredFile | PurePath) -> FileKind | None:
    """What a file's ending says it is."""
    name = path.name.lower()
    return next((kind for ending, kind in _ENDINGS if name.endswith(ending)), None)


def known_endings() -> str:
    return ", ".join(ending for ending, _ in _ENDINGS if not ending.endswith(".gz")) + ", also with .gz"


def is_utf8(encoding: str) -> bool:
    return codec_of(encoding) in _IN_PLACE


def transcode(path: StoredFile, encoding: str, target: Path) -> None:
    """Writes a text file anew as UTF-8, without a byte order mark. Raises Unreadable at the first bad byte."""
    lines = 1
    codec = codec_of(encoding)
    with _bytes(path) as raw, target.open("w", encoding="utf-8", newline="") as out:
        reader = io.TextIOWrapper(raw, encoding=codec, newline="")
        first = True
        while True:
            try:
                text = reader.read(_CHUNK)
            except UnicodeError as error:
                raise Unreadable(_bad_byte(path, lines, encoding, error)) from error
            if not text:
                return
            out.write(text.removeprefix("\ufeff") if first else text)
            lines += text.count("\n")
            first = False


def copy(path: StoredFile, target: Path) -> None:
    """Writes a file anew as it is."""
    with path.open("rb") as raw, target.open("wb") as out:
        shutil.copyfileobj(raw, out, _CHUNK)


def encode(path: Path, encoding: str, target: Path) -> None:
    """Writes a UTF-8 file anew in another encoding, as gzip where `target` is named so."""
    with path.open(encoding="utf-8", newline="") as text:
        opening = gzip.open if target.name.lower().endswith(".gz") else open
        with opening(target, "wt", encoding=codec_of(encoding), newline="") as out:
            shutil.copyfileobj(text, out)


def header(path: StoredFile, format: Format) -> tuple[str, ...]:
    """The first row of a UTF-8 CSV file. Raises Unreadable where there is none."""
    try:
        with _bytes(path) as raw:
            text = io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
            row = next(csv.reader(text, delimiter=format.delimiter), None)
    except UnicodeError as error:
        help = "say what it is: `format: {encoding: windows-1251}`"
        raise Unreadable(_bad_byte(path, 1, "utf-8", error), help) from error
    except csv.Error as error:
        raise Unreadable(f"the header of `{path.name}` cannot be read as CSV") from error
    if not row:
        raise Unreadable(f"`{path.name}` begins with an empty line where its header should be")
    return tuple(row)


def line_of(path: StoredFile, record: int) -> int:
    """The line, from 1, where a CSV file's `record` (from 1, the header too) begins: quoted line breaks end none."""
    begun, is_quoted = 0, False
    with _bytes(path) as raw:
        for number, line in enumerate(raw, start=1):
            begun += not is_quoted
            if begun == record:
                return number
            is_quoted ^= line.count(b'"') % 2 == 1
    return record


def fingerprint(paths: Sequence[StoredFile], root: Path) -> dict[str, object]:
    """What tells one state of a source's files from another: names, sizes and a hash of their content.

    Of a source up to 64 MB every byte counts. Of a larger one, each file gives its size and evenly spread blocks,
    the first and the last of it (where a Parquet file has its footer) among them: a gigabyte is not read twice. Of a
    file elsewhere count its address, size and state.
    """
    limit = max((64 * _CHUNK) // max(len(paths), 1), 2 * _CHUNK)
    digest = hashlib.sha256()
    sizes = []
    for path in paths:
        size = size_of(path)
        sizes.append(size)
        if isinstance(path, RemoteFile):
            digest.update(f"{path.address}\0{size}\0{path.state}\0".encode())
            continue
        digest.update(f"{Path(os.path.relpath(path, root)).as_posix()}\0{size}\0".encode())
        with path.open("rb") as file:
            for start in _blocks(size, limit):
                file.seek(start)
                digest.update(file.read(_CHUNK))
    return {"files": len(paths), "bytes": sum(sizes), "sha256": digest.hexdigest()}


def of_database(path: Path) -> tuple[StoredFile, ...]:
    """A database file of DuckDB, and what was written since it was last put in order."""
    log = path.with_name(f"{path.name}.wal")
    return (path, log) if log.is_file() else (path,)


def size_of(path: StoredFile) -> int:
    """In bytes."""
    return path.size or 0 if isinstance(path, RemoteFile) else path.stat().st_size


def is_empty(path: StoredFile) -> bool:
    """Whether it is known to have no bytes."""
    return (path.size if isinstance(path, RemoteFile) else path.stat().st_size) == 0


def relative(path: StoredFile, root: Path) -> Path:
    """Where a file stands in a project folder; elsewhere, its name, in a store behind bucket and folders."""
    if isinstance(path, RemoteFile):
        parts = path.address.partition("://")[2].partition("?")[0].split("/")
        return Path(*(part for part in parts if part not in ("", ".", "..")))
    inside = Path(os.path.relpath(path, root))
    return Path(path.name) if ".." in inside.parts or inside.is_absolute() else inside


def _blocks(size: int, limit: int) -> Iterator[int]:
    if size <= limit:
        yield from range(0, size, _CHUNK)
        return
    count = limit // _CHUNK
    yield from (round(number * (size - _CHUNK) / (count - 1)) for number in range(count))


@contextmanager
def _bytes(path: StoredFile) -> Iterator[IO[bytes]]:
    """The file's bytes, unpacked where it is gzip."""
    try:
        with path.open("rb") as raw:
            yield gzip.GzipFile(fileobj=raw) if path.name.lower().endswith(".gz") else raw  # type: ignore[misc]
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise Unreadable(f"`{path.name}` is damaged or not a gzip file") from error


def _bad_byte(path: StoredFile, lines: int, encoding: str, error: UnicodeError) -> str:
    if not isinstance(error, UnicodeDecodeError):
        return f"`{path.name}` is not {encoding} text"
    before = error.object[: error.start].decode(codec_of(encoding) or "utf-8", "ignore")
    line = lines + before.count("\n")
    return f"`{path.name}`: line {line} is not {encoding} text"
