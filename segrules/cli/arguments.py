"""Arguments and options that several commands share, and the checks on them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segrules.cli.findings import Format, Severest

if TYPE_CHECKING:
    from segrules.project.environments import Settings

PROJECT_FILE = "segrules.yml"

Project = Annotated[
    Path, typer.Argument(metavar="PROJECT", help="The project's folder, the one with segrules.yml.", show_default=".")
]
NamesAndProject = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="PROJECT",
        help="The project's folder, the one with segrules.yml; by default this one.",
        show_default=False,
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        metavar="DATE",
        help="The day at whose end, or the instant at which, rules are read.",
        show_default="`as_of` of segrules.yml, else today",
    ),
]
Select = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME…", help="Only these segments and segmentations.", show_default="all"),
]
FindingsFormat = Annotated[Format, typer.Option("--format", help="How findings are written.")]
FailOn = Annotated[Severest, typer.Option("--fail-on", help="What makes the exit code 1.")]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="NAME=VALUE", help="Give a param another value; may stand several times.", show_default=False
    ),
]
Env = Annotated[
    str | None,
    typer.Option(
        "--env", metavar="NAME", help="Run with the params and sources of environments/NAME.yml.", show_default=False
    ),
]


def _size(text: str | None) -> str | None:
    if text is not None and not re.fullmatch(r"\d+(\.\d+)?\s*([KMGT]i?B)", text, re.IGNORECASE):
        raise typer.BadParameter(f"`{text}` is no size; write it as 512MB or 4GB")
    return text


MemoryLimit = Annotated[
    str | None,
    typer.Option(metavar="SIZE", callback=_size, help="Spill to disk beyond this much memory, such as 4GB."),
]

Engine = Annotated[
    str | None,
    typer.Option(
        metavar="URL", help="Where rules run, in place of the project's `engine`: `postgres://HOST/DATABASE`."
    ),
]


def settings_of(env: str | None, sets: Sequence[str] | None) -> Settings:
    """What `--env` and `--set` say."""
    from segrules.project.environments import Settings

    return Settings(env, tuple(sets or ()))


def project_folder(path: Path) -> Path:
    """The folder, if there is a project in it; else a usage error that says what to do."""
    if not path.exists():
        raise typer.BadParameter(f"there is no folder `{path}`", param_hint="PROJECT")
    if path.is_file():
        raise typer.BadParameter(f"`{path}` is a file; PROJECT is the folder that holds it", param_hint="PROJECT")
    if not (path / PROJECT_FILE).exists():
        raise typer.BadParameter(
            f"there is no {PROJECT_FILE} in `{path}`; `segrules init` writes a first one", param_hint="PROJECT"
        )
    return path


def names_and_project(selected: Sequence[str] | None, rest: Sequence[str] | None) -> tuple[tuple[str, ...], Path]:
    """What `--select a b c PROJECT` means: the option's names go on until the last argument, if that is a project."""
    words = list(rest or ())
    names = list(selected or ())
    if not words:
        return tuple(names), project_folder(Path())
    last = Path(words[-1])
    if not names or (last / PROJECT_FILE).exists() or words[-1] != last.name:
        folder = project_folder(last)
        names += words[:-1]
    else:
        folder = project_folder(Path())
        names += words
    if len(words) > 1 and not selected:
        raise typer.BadParameter(f"one folder is expected, not {len(words)}", param_hint="PROJECT")
    return tuple(names), folder


def named_folder(text: str) -> Path:
    """The folder of an option. An empty name, as from an unset variable of a shell, is refused: it is no folder."""
    if not text:
        raise typer.BadParameter("the folder has no name")
    return Path(text)
