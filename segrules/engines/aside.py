"""Work in a thread of its own, so that the one that waits for it can be stopped meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import TypeVar

T = TypeVar("T")


def aside(action: Callable[[], T]) -> Future[T]:
    """What the action will give or raise. The thread does not keep the program from ending."""
    future: Future[T] = Future()

    def work() -> None:
        try:
            future.set_result(action())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=work, daemon=True).start()
    return future


def stoppable(action: Callable[[], T], stop: Callable[[], None]) -> T:
    """What the action gives; after Ctrl-C or SIGTERM `stop` is called until the action has ended.

    Signals come in the main thread: there the action runs in another one, which they do not tear out of its work.
    """
    if threading.current_thread() is not threading.main_thread():
        return action()
    future = aside(action)
    try:
        while not future.done():
            wait((future,), timeout=0.5)  # a wait without end is deaf to Ctrl-C on Windows
    except (KeyboardInterrupt, SystemExit):
        while not future.done():  # again, for a statement that had not begun yet
            stop()
            wait((future,), timeout=0.05)
        raise
    return future.result()
