"""Files written anew: shown as a unified diff, or put in place of the old ones in one step."""

from __future__ import annotations

import difflib
import os
import tempfile
from pathlib import Path

_MARK = b"\xef\xbb\xbf"


def unified_diff(path: str, before: str, after: str) -> str:
    """What changes in a file, in the form that `git apply` and `patch -p1` take."""
    lines = difflib.unified_diff(_lines(before), _lines(after), f"a/{path}", f"b/{path}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True) if "\r" not in text else text.replace("\r\n", "\n").splitlines(keepends=True)


def rewrite(path: Path, before: str, after: str) -> bool:
    """Puts a text in place of a file's old one; False, and nothing written, where the file has another one by now.

    Its mode and its byte order mark stay, and of a link the file that it leads to is written.
    """
    target = path.resolve()
    old = target.read_bytes()
    mark = _MARK if old.startswith(_MARK) else b""
    if old.removeprefix(mark) != before.encode():
        return False
    handle, name = tempfile.mkstemp(prefix=".segrules-", dir=target.parent)
    try:
        with open(handle, "wb") as file:
            file.write(mark + after.encode())
        os.chmod(name, target.stat().st_mode)
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return True
