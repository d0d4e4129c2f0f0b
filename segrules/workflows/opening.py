"""One source's files found, checked and made readable: as UTF-8 where they are text."""

from __future__ import annotations

import errno
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from segrules.diagnostics import Diagnostic
from segrules.engines.engine import EngineError
from segrules.project.addresses import scheme_of
from segrules.project.encodings import codec_of
from segrules.project.model import Format, Source
from segrules.sql.written_values import unknown_directives
from segrules.workflows import files
from segrules.workflows.remote_files import Unreachable


@dataclass(frozen=True, slots=True)
class Opened:
    """One source with its files: `paths` as an engine reads them (UTF-8), `originals` as they are stored."""

    source: Source
    kind: files.FileKind | None
    format: Format
    paths: tuple[files.StoredFile, ...]
    originals: tuple[files.StoredFile, ...]


def open_source(source: Source, root: Path, workdir: Path, *, is_cluster: bool = False) -> Opened | Diagnostic:
    """The source with its files, or what is wrong with it. Files in another encoding are written anew in `workdir`.

    is_cluster: the engine goes to addresses itself, with its own connectors and credentials; nothing is asked of them.
    """
    if source.path is None:
        return Opened(source, None, source.format, (), ())
    if is_cluster and scheme_of(source.path) is not None:
        return Opened(source, files.kind_of(PurePath(source.path)) or "parquet", source.format, (), ())
    try:
        return _open_files(source, root, workdir)
    except (files.Unreadable, Unreachable) as error:
        return Diagnostic("data-unreadable", str(error), source.span, error.help)
    except EngineError as error:
        if error.kind == "interrupted":
            raise
        code = "data-missing" if error.kind == "missing" else "data-unreadable"
        return Diagnostic(code, error.message, source.span)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise EngineError("no space left on the disk", "disk-full") from error
        name = Path(error.filename or source.path).name
        return Diagnostic(
            "data-unreadable", f"`{name}` cannot be opened: {(error.strerror or '').lower()}", source.span
        )


def _open_files(source: Source, root: Path, workdir: Path) -> Opened | Diagnostic:
    found = files.find_files(source.path or "", root)
    if not found:
        return files.missing_file(source, root)
    kinds = {files.kind_of(path) for path in found}
    wrong = _source_problem(source, found, kinds)
    if wrong is not None:
        return wrong
    (kind,) = kinds
    format = source.format
    if format.delimiter == "," and found[0].name.lower().removesuffix(".gz").endswith(".tsv"):
        format = replace(format, delimiter="\t")
    return Opened(source, kind, format, _readable(found, kind, format, root, workdir), found)


def _source_problem(
    source: Source, found: tuple[files.StoredFile, ...], kinds: set[files.FileKind | None]
) -> Diagnostic | None:
    folder = next((path for path in found if path.is_dir()), None)
    if folder is not None:
        help = f"name its files: `{source.path}/*.parquet`"
        return Diagnostic("data-unreadable", f"`{source.path}` is a folder", source.span, help)
    if None in kinds:
        odd = next(path for path in found if files.kind_of(path) is None)
        help = f"files are known by their endings: {files.known_endings()}"
        return Diagnostic("invalid-source", f"what kind of file is `{odd.name}`?", source.span, help)
    if len(kinds) > 1:
        return Diagnostic("invalid-source", "the files of one source are of different kinds", source.span)
    empty = next((path for path in found if files.is_empty(path)), None)
    if empty is not None:
        return Diagnostic("data-missing", f"`{empty.name}` is empty", source.span)
    if codec_of(source.format.encoding) is None:
        return Diagnostic("invalid-source", f"there is no encoding `{source.format.encoding}`", source.span)
    odd_parts = unknown_directives(source.format.dates or "")
    if odd_parts:
        message = f"`{odd_parts[0]}` cannot be used in a pattern of dates"
        return Diagnostic("invalid-source", message, source.span, "use %Y %m %d %H %M %S %f %z %y %b %B %p %I")
    return None


def _readable(
    found: tuple[files.StoredFile, ...], kind: files.FileKind | None, format: Format, root: Path, workdir: Path
) -> tuple[files.StoredFile, ...]:
    for path in found:
        if isinstance(path, Path):  # of others it is known
            with path.open("rb"):
                pass
    is_decoded = kind == "csv" and not files.is_utf8(format.encoding)
    return tuple(_readable_file(path, is_decoded, format, root, workdir) for path in found)


def _readable_file(
    path: files.StoredFile, is_decoded: bool, format: Format, root: Path, workdir: Path
) -> files.StoredFile:
    """The file itself; a copy where it is in another encoding, or on a server that only gives the whole of it."""
    if not is_decoded and (isinstance(path, Path) or path.is_ranged):
        return path
    target = workdir / files.relative(path, root).with_name(path.name.removesuffix(".gz") if is_decoded else path.name)
    target.parent.mkdir(parents=True, exist_ok=True)
    if is_decoded:
        files.transcode(path, format.encoding, target)
    else:
        files.copy(path, target)
    return target
