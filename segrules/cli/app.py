"""The command `segrules`: how it starts, and what happens when a command ends in an unexpected way."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import NoReturn, TextIO

from segrules.cli.terminal import note, silence
from segrules.cli.text import safe

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command line and exits. Codes: 0 fine, 1 errors found, 2 could not run, 130 interrupted."""
    with suppress(ValueError):  # outside the main thread there are no signals to take
        signal.signal(signal.SIGTERM, _end)
    gc.disable()  # a command ends soon, and what it makes holds no circles: a tenth of its time otherwise
    _tolerate(sys.stdout)
    _tolerate(sys.stderr)
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        from segrules.cli.commands import run  # here, because Ctrl-C may come while it is loaded

        run(words)
    except SystemExit as end:
        code = end.code
    except KeyboardInterrupt:
        code = INTERRUPTED
    except Exception as error:
        code = _explain(error)
    else:
        code = 0
    if code == INTERRUPTED:
        note("\ninterrupted")
    raise SystemExit(_flush(code))


def _end(number: int, frame: object) -> NoReturn:
    """Ends as after Ctrl-C, so that temporary files go; 143 is what a shell gives for a process told to end."""
    raise SystemExit(128 + number)


def _tolerate(stream: TextIO) -> None:
    """Makes a stream print anything: UTF-8 into files and pipes, escapes where a terminal lacks a character."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is None:
        return
    if stream.isatty() or os.environ.get("PYTHONIOENCODING"):
        reconfigure(errors="backslashreplace")
    else:
        reconfigure(encoding="utf-8", errors="backslashreplace")


def _explain(error: Exception) -> int:
    """Prints what went wrong outside the rules; the exit code."""
    if os.environ.get("SEGRULES_DEBUG"):
        import traceback

        note("".join(traceback.format_exception(error)))
    if type(error).__name__ == "EngineError":
        from segrules.engines import EngineError

        if isinstance(error, EngineError) and error.kind == "interrupted":
            return INTERRUPTED
        if isinstance(error, EngineError) and error.kind != "internal":
            note(f"error: {safe(error.message)}")
            return 2
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        note(f"error: {safe(where + error.strerror)}")
        return 2
    note(
        f"internal error: {type(error).__name__} at {_origin(error.__traceback__)}: {safe(str(error))[:200]}\n"
        "  this is a fault of segrules, not of your rules; please report it where you got segrules from,"
        " with what the same command prints under SEGRULES_DEBUG=1"
    )
    return 2


def _origin(trace: TracebackType | None) -> str:
    """The innermost place in segrules that an exception passed, as `planning/build.py:12`."""
    package = Path(__file__).resolve().parents[1]
    place = "an unknown place"
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        if package in file.parents:
            place = f"{file.relative_to(package).as_posix()}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def _flush(code: object) -> object:
    """The exit code, 2 instead of 0 when stdout cannot take what was printed."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        silence(sys.stdout)
    except OSError as error:
        silence(sys.stdout)
        note(f"error: {error.strerror}")
        return code or 2
    return code
