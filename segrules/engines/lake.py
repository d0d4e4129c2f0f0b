"""Files of object stores and servers through fsspec: found and opened, and what is said where they are not given out.

Who may read them says the environment, or the files of the store's driver; no address has a secret in it.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from glob import has_magic
from typing import IO, Any

import fsspec
from fsspec.registry import known_implementations

from segrules.engines.engine import EngineError, ErrorKind
from segrules.engines.remote import RemoteFile

BLOCK = 4 << 20  # what is fetched at once of a file that is read from its start to its end
_OPTIONS: Mapping[str, dict[str, Any]] = {
    # https://botocore.amazonaws.com/v1/documentation/api/latest/reference/config.html; s3fs itself tries again
    "s3": {"config_kwargs": {"connect_timeout": 10, "read_timeout": 60, "retries": {"max_attempts": 0}}},
}
_IN_EXTRA = ("s3", "s3a", "http", "https")


class NoDriver(Exception):
    """What fsspec needs for a kind of address is not installed; `package` brings it, where known."""

    def __init__(self, package: str | None) -> None:
        super().__init__(package)
        self.package = package


def schemes() -> list[str]:
    """The kinds of addresses that fsspec knows."""
    return sorted(known_implementations)


def found(address: str) -> tuple[RemoteFile, ...]:
    """The files that an address or pattern names, sorted; none where nothing is there. Raises EngineError, NoDriver.

    The kind of address is written in small letters.
    """
    try:
        with _said(address):
            system, path = _system(address)
            if not _is_pattern(address) or ("*" not in path and system.isfile(path)):
                return (_ranged(system, _file(address, system.info(path))),)
            infos = system.glob(path, detail=True)
    except EngineError as error:
        if error.kind == "missing":
            return ()
        raise
    found = {address_of(name, address, path): info for name, info in infos.items() if info.get("type") != "directory"}
    files = [_file(name, info) for name, info in found.items()]
    with _said(address):
        return tuple(sorted((_ranged(system, file) for file in files), key=lambda file: file.address))


def names_in(folder: str) -> list[str] | None:
    """The names in a folder or bucket, or of buckets; None where it is not there. Raises EngineError, NoDriver."""
    try:
        with _said(folder):
            system, path = _system(folder)
            entries = system.ls(path, detail=False)
    except EngineError as error:
        if error.kind == "missing":
            return None
        raise
    return [str(entry).rstrip("/").rpartition("/")[2] for entry in entries]


def opened(file: RemoteFile) -> IO[bytes]:
    """The file's bytes from the first to the last, fetched a block at a time."""
    return _Said(file, _open(file, cache_type="readahead", block_size=BLOCK))  # type: ignore[return-value]


class Ranges:
    """A file of a store, from which any thread may fetch any range. Raises EngineError, also where it was replaced."""

    def __init__(self, file: RemoteFile) -> None:
        self._file = file
        self._handle = _open(file, cache_type="none")
        self._lock = threading.Lock()

    def fetch(self, start: int, end: int) -> bytes:
        """The bytes from `start` up to `end`."""
        with _said(self._file.address):
            if hasattr(self._handle, "_fetch_range"):  # what fsspec asks of each store that is read in ranges
                data: bytes = self._handle._fetch_range(start, end)
            else:
                with self._lock:
                    self._handle.seek(start)
                    data = self._handle.read(end - start)
            if len(data) != end - start:
                raise EngineError(f"`{self._file.address}` ends too early", "connection", self._file.address)
            return data


class _Said:
    """An open file whose errors are EngineErrors."""

    def __init__(self, file: RemoteFile, handle: Any) -> None:
        self._file, self._handle = file, handle

    def read(self, size: int = -1) -> bytes:
        with _said(self._file.address):
            data: bytes = self._handle.read(size)
            return data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._handle, name)

    def __enter__(self) -> _Said:
        return self

    def __exit__(self, *_: object) -> None:
        self._handle.close()


def _open(file: RemoteFile, **options: Any) -> Any:
    with _said(file.address):
        system, path = _system(file.address)
        handle = system.open(path, "rb", **options)
        now = _file(file.address, getattr(handle, "details", None) or {"size": getattr(handle, "size", None)})
        if _differ(now.size, file.size) or _differ(now.state, file.state):
            handle.close()
            raise EngineError(f"`{file.address}` was replaced since the run began", "connection", file.address)
        return handle


def _ranged(system: Any, file: RemoteFile) -> RemoteFile:
    """The file, of which it is known whether parts of it can be fetched: a web server is asked."""
    if not _is_web(file.address) or file.is_folder:
        return file
    file = file if file.size is not None else _file(file.address, system.info(file.address))
    if not file.size:
        return replace(file, is_ranged=False)
    with system.open(file.address, "rb", cache_type="none") as handle:
        try:
            handle._fetch_range(file.size // 2, file.size // 2 + 1)
        except (ValueError, AttributeError):
            return replace(file, is_ranged=False)
    return file


def _is_web(address: str) -> bool:
    return address.partition("://")[0].lower() in ("http", "https")


def _differ(one: object, other: object) -> bool:
    """Whether both are known, and not the same."""
    return one not in (None, "") and other not in (None, "") and one != other


def address_of(name: str, pattern: str, path: str) -> str:
    """The address of a file that a store calls `name`, found for a pattern of addresses that it calls `path`.

    >>> address_of("/shop/a.csv", "sftp://bob@host/shop/*.csv", "/shop/*.csv")
    'sftp://bob@host/shop/a.csv'
    >>> address_of("data/shop/a.csv", "abfss://data@account.dfs.core.windows.net/shop/*.csv", "data/shop/*.csv")
    'abfss://data@account.dfs.core.windows.net/shop/a.csv'
    """
    if pattern.endswith(path):
        return pattern.removesuffix(path) + name
    return pattern.removesuffix(path.partition("/")[2]) + name.partition("/")[2]


def _system(address: str) -> tuple[Any, str]:
    """The store of an address, and what it calls the file. Raises NoDriver where its driver is not installed."""
    scheme = address.partition("://")[0]
    options = {**_OPTIONS.get(scheme, {}), **fsspec.config.conf.get(scheme, {})}
    try:
        system, path = fsspec.core.url_to_fs(address, use_listings_cache=False, **options)
    except ImportError as error:
        needed = re.search(r"(?i)\binstall ([A-Za-z0-9_.-]+)", known_implementations.get(scheme, {}).get("err", ""))
        raise NoDriver("'segrules[lake]'" if scheme in _IN_EXTRA else needed[1] if needed else None) from error
    return system, path


def _is_pattern(address: str) -> bool:
    return has_magic(address.replace("?", "")) or ("?" in address and not _is_web(address))


def _file(address: str, info: Mapping[str, Any]) -> RemoteFile:
    """https://filesystem-spec.readthedocs.io/en/latest/api.html says what `info` has; each store names its state."""
    names = ("ETag", "etag", "md5Hash", "content_md5", "checksum", "LastModified", "last_modified", "mtime", "created")
    state = next((str(info[name]) for name in names if info.get(name)), "")
    return RemoteFile(address, info.get("size"), state, info.get("type") == "directory")


# What the class of an error (or of one that it comes from) says. The first that matches counts.
_MEANINGS: tuple[tuple[str, ErrorKind, str], ...] = (
    ("FileExpired", "connection", "was replaced since the run began"),
    ("NoCredentials|PartialCredentials|DefaultCredentials", "permission", "cannot be read without credentials"),
    ("PermissionError|Forbidden|ClientAuthentication|Status40[13]", "permission", "cannot be read: access denied"),
    ("Timeout", "connection", "cannot be read: the server does not answer"),
    ("Connect|gaierror|Disconnect", "connection", "cannot be read: the server cannot be reached"),
    ("ClientPayload|IncompleteRead|ResponseStreaming", "connection", "cannot be read: the server broke off"),
    ("FileNotFoundError|NoSuchKey|NoSuchBucket", "missing", "is not there"),
)  # fmt: skip


@contextmanager
def _said(address: str) -> Iterator[None]:
    """Turns what a store's driver raises into an EngineError that is about the address."""
    try:
        yield
    except (EngineError, NoDriver):
        raise
    except Exception as error:
        raise _translated(error, address) from error


def _translated(error: Exception, address: str) -> EngineError:
    names: list[str] = []
    cause: BaseException | None = error
    while cause is not None:
        names += [kind.__name__ for kind in type(cause).__mro__] + [f"Status{getattr(cause, 'status', '')}"]
        cause = cause.__cause__ or cause.__context__
    kind, words = next(
        ((kind, words) for pattern, kind, words in _MEANINGS if any(re.search(pattern, name) for name in names)),
        ("connection", "cannot be read"),
    )
    driver = _without_secrets(str(error).split("\n", 1)[0].strip())[:200]
    return EngineError(f"`{address}` {words}{f' ({driver})' if driver else ''}", kind, address)


def _without_secrets(text: str) -> str:
    """The driver's words without what the environment keeps secret, and without what stands behind `?`."""
    for name, value in os.environ.items():
        if len(value) > 3 and re.search(r"(?i)key|secret|token|pass|cred|connection_string", name):
            text = text.replace(value, "***")
    return re.sub(r"\?\S+", "?***", text)
