"""Whole processes, started cold: how long they take, how much memory they hold, what they print."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
SEGRULES = ("-m", "segrules")

Command = Sequence[str | Path]
"""What Python is asked to run: its arguments."""


class Failed(Exception):
    """A process ended badly: its command and what it said."""


@dataclass(frozen=True)
class Done:
    """seconds: of the wall. megabytes: the largest resident memory. is_stopped: it was ended, so it takes longer.

    failure: what it said where it ended badly and was allowed to; it is then stopped too.
    """

    seconds: float
    megabytes: float
    stdout: str
    is_stopped: bool = False
    failure: str = ""


def side(name: str, *arguments: str | Path) -> Command:
    """The command of a program in `sides/`."""
    return (FOLDER / "sides" / f"{name}.py", *arguments)


def run(command: Command, patience: float) -> Done:
    """One process, ended after `patience` seconds. Failed where it ends badly; killed by the system is stopped too."""
    with (
        tempfile.TemporaryFile("w+") as out,
        tempfile.TemporaryFile("w+") as err,
        tempfile.NamedTemporaryFile("r") as report,
    ):
        watched = [sys.executable, "-ISS", FOLDER / "watch.py", report.name, sys.executable, *command]
        process = subprocess.Popen(list(map(str, watched)), stdout=out, stderr=err, start_new_session=True)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            return Done(patience, 0, "", is_stopped=True)
        finally:
            _end(process)
        out.seek(0)
        err.seek(0)
        seconds, megabytes, code = report.read().split() or ("0", "0", "1")
        if int(code) == -signal.SIGKILL:
            return Done(float(seconds), float(megabytes), "", is_stopped=True)
        has_findings = int(code) == 1 and "validate" in command  # random rules contradict themselves now and then
        if int(code) != 0 and not has_findings:
            raise Failed(f"{' '.join(map(str, command))} ended with {code}:\n{err.read()}{out.read()}")
        return Done(float(seconds), float(megabytes), out.read())


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def in_turn(
    commands: Mapping[str, Command], repeat: int, patience: float, enough: float, may_fail: Collection[str] = ()
) -> dict[str, Done]:
    """The best of `repeat` runs of each command, one of each in a round.

    A command is not run again once its runs have taken `enough` seconds together, or once it was stopped.
    """
    runs: dict[str, list[Done]] = {name: [] for name in commands}
    for _ in range(repeat):
        for name, command in commands.items():
            before = runs[name]
            if not before or (sum(done.seconds for done in before) < enough and not before[-1].is_stopped):
                before.append(_run(command, patience, name in may_fail))
    return {name: min(done, key=lambda one: (one.is_stopped, one.seconds)) for name, done in runs.items()}


def _run(command: Command, patience: float, may_fail: bool) -> Done:
    try:
        return run(command, patience)
    except Failed as failed:
        if not may_fail:
            raise
        return Done(0, 0, "", is_stopped=True, failure=str(failed).strip().splitlines()[-1])
