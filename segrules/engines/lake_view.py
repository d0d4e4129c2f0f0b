"""What DuckDB sees of object stores: some files, to be read in ranges, and nothing besides."""

from __future__ import annotations

import glob
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import wait
from datetime import UTC, datetime

import fsspec

from segrules.engines.aside import aside
from segrules.engines.engine import EngineError
from segrules.engines.lake import BLOCK, Ranges
from segrules.engines.remote import RemoteFile

KEPT = 64 << 20  # bytes of what was fetched: footers and small files are asked for by one statement after another


class OnlyThese(fsspec.AbstractFileSystem):  # type: ignore[misc]
    """A file system of some files. What DuckDB asks it for is an address, or a pattern that is one address.

    `failure` is why the last call did not end well: DuckDB keeps only words of it. stopped: nobody waits any more for
    what is being fetched; cleared when the next statement begins.
    """

    cachable = False

    def __init__(self, files: Sequence[RemoteFile]) -> None:
        super().__init__()
        self.protocol = tuple(dict.fromkeys(file.address.partition("://")[0] for file in files))
        self.failure: EngineError | None = None
        self.stopped = threading.Event()
        contents = {file.address: _Content(file) for file in files}
        self._contents = contents | {glob.escape(file): kept for file, kept in contents.items()}
        self._kept = _Kept()

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return path

    def glob(self, path: str, **_: object) -> list[str]:
        return [self._contents[path].file.address] if path in self._contents else []

    def info(self, path: str, **_: object) -> dict[str, object]:
        file = self._known(path).file
        return {"name": file.address, "size": file.size, "type": "file"}

    def modified(self, path: str) -> datetime:
        """The same for as long as there is this file system: what is known of a file stays true."""
        return datetime.fromtimestamp(0, UTC)

    def exists(self, path: str, **_: object) -> bool:
        return path in self._contents

    def open(self, path: str, mode: str = "rb", **_: object) -> _Reading:
        content = self._known(path)
        if mode != "rb":
            raise PermissionError(path)
        return _Reading(content, self)

    def fetch(self, content: _Content, start: int, end: int) -> bytes:
        """Some bytes of a file, from its store unless they were fetched before."""
        key = (content.file.address, start, end)
        found = self._kept.get(key)
        if found is not None:
            return found
        try:
            data = self._waited_for(lambda: content.ranges().fetch(start, end))
        except EngineError as error:
            self.failure = error
            raise OSError(error.message) from error
        self._kept.put(key, data)
        return data

    def _waited_for(self, action: Callable[[], bytes]) -> bytes:
        """What the action gives, in a thread of its own: a store may not answer for a minute, and is deaf till then."""
        future = aside(action)
        while not wait((future,), timeout=0.1).done:
            if self.stopped.is_set():
                raise EngineError("stopped", "interrupted")
        return future.result()

    def _known(self, path: str) -> _Content:
        if path not in self._contents:
            raise FileNotFoundError(path)
        return self._contents[path]


class _Content:
    """A file, which is opened when it is first read."""

    def __init__(self, file: RemoteFile) -> None:
        self.file = file
        self._lock = threading.Lock()
        self._ranges: Ranges | None = None

    def ranges(self) -> Ranges:
        with self._lock:
            if self._ranges is None:
                self._ranges = Ranges(self.file)
            return self._ranges


class _Reading:
    """An open file as DuckDB reads it: of Parquet just what it asks for, of others a block that goes on.

    DuckDB reads it in several threads at once. Some of what it does is a seek and a read of one thread, between which
    others seek; some is reads that go on where the last one, of whatever thread, ended.
    """

    def __init__(self, content: _Content, system: OnlyThese) -> None:
        self._content, self._system = content, system
        self._ahead = 0 if content.file.name.lower().endswith((".parquet", ".pq")) else BLOCK
        self._held = (0, b"")
        self._at = 0
        self._goings_on = 0
        self._own = threading.local()
        self.size = content.file.size or 0

    def seek(self, place: int, whence: int = 0) -> int:
        place += (0, self._at, self.size)[whence]
        self._at = place
        self._own.place = (place, self._goings_on)
        return place

    def read(self, size: int = -1) -> bytes:
        at, begun = getattr(self._own, "place", (0, -1))
        if begun != self._goings_on:  # another thread has gone on, or this one did not seek
            at = self._at
            self._goings_on += 1
        self._own.place = (0, -1)
        end = self.size if size < 0 else min(at + size, self.size)
        data = self._bytes(at, end) if at < end else b""
        self._at = at + len(data)
        return data

    def _bytes(self, at: int, end: int) -> bytes:
        start, block = self._held
        if not start <= at < end <= start + len(block):
            start, block = at, self._system.fetch(self._content, at, min(max(end, at + self._ahead), self.size))
            self._held = start, block
        return block[at - start : end - start]

    def tell(self) -> int:
        return self._at

    def close(self) -> None:
        self._held = (0, b"")


class _Kept:
    """The bytes that were fetched last, up to a limit."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ranges: OrderedDict[tuple[str, int, int], bytes] = OrderedDict()
        self._size = 0

    def get(self, key: tuple[str, int, int]) -> bytes | None:
        with self._lock:
            if key in self._ranges:
                self._ranges.move_to_end(key)
            return self._ranges.get(key)

    def put(self, key: tuple[str, int, int], data: bytes) -> None:
        with self._lock:
            if len(data) > KEPT // 4 or key in self._ranges:
                return
            self._ranges[key] = data
            self._size += len(data)
            while self._size > KEPT:
                self._size -= len(self._ranges.popitem(last=False)[1])
