"""Commands as a reader of the docs types them: `segrules` in this process, the rest by bash, in a folder of its own."""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path

from segrules.cli.app import main

_NEEDS_A_SHELL = re.compile(r"[|<>&;$*`\\]")
_FINDING = re.compile(r"^(?:\S.*? )??(?:error|warning|info): .* \[([a-z-]+)\](?: \[\*\])?$", re.MULTILINE)


def run(command: str, folder: Path) -> tuple[str, int]:
    """What a command prints, on stdout and stderr together, and its exit code; of several lines, each one's in turn."""
    if "\n" in command:
        ended = [run(line, folder) for line in command.splitlines()]
        return "".join(printed for printed, _ in ended), ended[-1][1]
    if command.startswith("segrules ") and not _NEEDS_A_SHELL.search(command):
        return segrules(shlex.split(command)[1:], folder)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    result = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": path, "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return result.stdout, result.returncode


def segrules(arguments: list[str], folder: Path) -> tuple[str, int]:
    """The same for the arguments of `segrules`."""
    printed = io.StringIO()
    with chdir(folder), redirect_stdout(printed), redirect_stderr(printed):
        try:
            main(arguments)
        except SystemExit as end:
            return printed.getvalue(), end.code if isinstance(end.code, int) else 0
    raise AssertionError("main always exits")


def codes_in(printed: str) -> set[str]:
    """The codes of the findings in what a command printed."""
    return set(_FINDING.findall(printed))
