"""Sources that are addresses of files elsewhere, `s3://shop/orders/*.parquet`: found, or what is wrong with them."""

from __future__ import annotations

from glob import has_magic

from segrules.diagnostics import Diagnostic, did_you_mean
from segrules.engines.engine import EngineError
from segrules.engines.remote import RemoteFile
from segrules.project.addresses import scheme_of
from segrules.project.model import Source


class Unreachable(Exception):
    """What is needed to look at an address is not installed, or there is no such kind; both texts are for the user."""

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.help = help


def find(address: str) -> tuple[RemoteFile, ...]:
    """The files of an address or pattern. Raises EngineError and Unreachable."""
    try:
        from segrules.engines import lake  # fsspec, which is optional
    except ImportError as error:
        raise Unreachable(
            f"`{address}` cannot be read: fsspec is not installed", "pip install 'segrules[lake]'"
        ) from error
    scheme = scheme_of(address) or ""
    if scheme not in lake.schemes():
        message = f"`{address}`: there is no kind of address `{scheme}://`"
        raise Unreachable(message, did_you_mean(scheme, lake.schemes()))
    try:
        return lake.found(f"{scheme}://{address.partition('://')[2]}")
    except lake.NoDriver as error:
        help = f"pip install {error.package}" if error.package else None
        message = f"`{address}` cannot be read: the driver of `{scheme}://` is not installed"
        raise Unreachable(message, help) from error


def missing(source: Source) -> Diagnostic:
    """That nothing is at an address, with the file, folder or bucket that may have been meant."""
    from segrules.engines import lake  # whoever has looked has it

    address = source.path or ""
    if has_magic(address):
        return Diagnostic("data-missing", f"no file matches `{address}`", source.span)
    start, path = address[: address.index("://") + 3], address.partition("://")[2].rstrip("/")
    parts = path.split("/")
    names: list[str] | None = None
    for depth in range(len(parts) - 1, -1, -1):
        try:
            names = lake.names_in(start + "/".join(parts[:depth]))
        except EngineError:  # what it has, it does not tell
            names = []
        if names is not None:
            break
    what = "file" if depth == len(parts) - 1 and depth else "folder" if depth else "bucket"
    return Diagnostic(
        "data-missing",
        f"there is no {what} `{start}{'/'.join(parts[: depth + 1])}`",
        source.span,
        did_you_mean(parts[depth], names or ()),
    )
