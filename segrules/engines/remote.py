"""A file of an object store or server, told from others without being read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import IO


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """`address` as engines read it: `s3://shop/orders/a.parquet`. Answers as a Path does what is asked of a source.

    size: in bytes; None where nobody has asked. state: what the store changes with the content, an etag or the time of
    the last change; empty where it tells none. is_ranged: parts of it can be fetched.
    """

    address: str
    size: int | None
    state: str = ""
    is_folder: bool = False
    is_ranged: bool = True

    @property
    def name(self) -> str:
        """The last part, without what stands behind `?`, which stores of objects do not have."""
        path = self.address.partition("?")[0] if self.address.startswith("http") else self.address
        return path.rstrip("/").rpartition("/")[2]

    def is_dir(self) -> bool:
        return self.is_folder

    def open(self, mode: str = "rb") -> IO[bytes]:
        """The file's bytes, fetched as they are read. Raises EngineError."""
        from segrules.engines.lake import opened  # fsspec, where somebody has such a file

        assert mode == "rb"
        return opened(self)


def stored_at(file: Path | RemoteFile) -> str:
    """Where a file is, as a statement names it."""
    return file.address if isinstance(file, RemoteFile) else str(file.absolute())
