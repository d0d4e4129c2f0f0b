"""What commands there are. Each is loaded when it is asked for."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from importlib import import_module
from typing import Annotated

import typer

from segrules import __version__

HELP = "Customer segments as code: readable rules, reviewed in git, run on your files."

COMMANDS = {
    "init": ("data", "Write a starter project, from your data files or with a few rows of its own."),
    "validate": ("validate", "Check all rules and tests of a project and list every finding."),
    "fmt": ("format", "Write the files of a project in canonical text; comments stay."),
    "test": ("test", "Run the test cases of tests/ and the examples beside the rules."),
    "count": ("apply", "Print how many members each segment has; write nothing."),
    "prove": ("prove", "Prove what holds of the rules for every row: nothing is empty, overlaps or is left out."),
    "diff": ("diff", "Compare two versions: what changed in meaning, and who enters and leaves."),
    "overlaps": ("overlaps", "Show which segments are equal, inside one another, overlapping or apart."),
    "apply": ("apply", "Write the members of each segment and print the counts."),
    "backfill": ("history", "Record the past: the rules and data of today as of one day after another."),
    "history": ("history", "Show how segments grew and shrank from recorded run to run."),
    "members": ("history", "Print who was in a segment as of a day."),
    "moves": ("history", "Show who moved from stage to stage between two recorded runs."),
    "forget": ("history", "Take every trace of one customer out of members and recorded runs."),
    "why": ("why", "Show why one entity row is in its segments and not in others."),
    "sql": ("sql", "Print the SQL of the whole run, or of some segments."),
    "schema": ("data", "Print the contract that the data suggests, or write it."),
    "report": ("report", "Write one HTML file that shows the segments and how they changed."),
    "sample": ("data", "Write a small, pseudonymous copy of the sources, for tests in CI."),
}


def run(words: Sequence[str]) -> None:
    """Runs a command line; always ends in SystemExit."""
    first = [word for word in words if not word.startswith("-")][:1]
    wanted = COMMANDS if "_SEGRULES_COMPLETE" in os.environ else first
    typer.main.get_command(build(wanted)).main(args=list(words), prog_name="segrules")


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
