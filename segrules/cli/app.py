"""The command `segrules`: its commands, and what happens when one of them ends in an unexpected way."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Collection, Sequence
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Annotated, TextIO

import typer

from segrules import __version__
from segrules.cli.terminal import note, silence
from segrules.cli.text import safe

INTERRUPTED = 130

HELP = "Customer segments as code: readable rules, reviewed in git, run on your files."

COMMANDS = {
    "init": ("data", "Write a starter project, from your data files or with a few rows of its own."),
    "validate": ("validate", "Check all rules and tests of a project and list every finding."),
    "test": ("test", "Run the test cases of tests/ and the examples beside the rules."),
    "count": ("apply", "Print how many members each segment has; write nothing."),
    "apply": ("apply", "Write the members of each segment and print the counts."),
    "sql": ("sql", "Print the SQL of the whole run, or of some segments."),
    "schema": ("data", "Print the contract that the data suggests, or write it."),
    "sample": ("data", "Write a small, pseudonymous copy of the sources, for tests in CI."),
}


def build(wanted: Collection[str] = tuple(COMMANDS)) -> typer.Typer:
    """The application. Only the wanted commands are loaded; of the others it knows the line in the list of commands."""
    app = typer.Typer(
        name="segrules",
        help=HELP,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["--help", "-h"]},
    )
    app.callback()(options)
    for name, (module, line) in COMMANDS.items():
        if name in wanted:
            function = getattr(import_module(f"segrules.cli.{module}"), name)
            app.command(name, short_help=line)(function)
        else:
            app.command(name, short_help=line)(_not_loaded)
    return app


def _not_loaded() -> None:
    raise AssertionError("this command was not loaded")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"segrules {__version__}")
        raise typer.Exit


def options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """What every command takes."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command line and exits. Codes: 0 fine, 1 errors found, 2 could not run, 130 interrupted."""
    gc.disable()  # a command ends soon, and what it makes holds no circles: a tenth of its time otherwise
    _tolerate(sys.stdout)
    _tolerate(sys.stderr)
    words = list(sys.argv[1:] if arguments is None else arguments)
    completes = "_SEGRULES_COMPLETE" in os.environ
    try:
        app = build() if completes else build([word for word in words if not word.startswith("-")][:1])
        typer.main.get_command(app).main(args=words, prog_name="segrules")
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
