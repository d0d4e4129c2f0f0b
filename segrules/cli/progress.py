"""The progress bar of long runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

QUIET_SECONDS = 1.0


@contextmanager
def bar(title: str) -> Iterator[Callable[[float], None]]:
    """A function to be called with the share done, 0 to 1. Short runs never show the bar, and it leaves no trace."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:3.0f} %"),
        TimeElapsedColumn(),
    )
    display = Progress(*columns, console=Console(stderr=True), transient=True)
    task = display.add_task(title, total=1.0)
    started = time.monotonic()
    shown = False

    def advance(share: float) -> None:
        nonlocal shown
        display.update(task, completed=min(1.0, max(0.0, share)))
        if not shown and time.monotonic() - started >= QUIET_SECONDS:
            display.start()
            shown = True

    try:
        yield advance
    finally:
        if shown:
            display.stop()
