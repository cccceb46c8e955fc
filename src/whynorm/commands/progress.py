"""A bar for what takes long."""

import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")

_SILENCE = 2.0
"""Seconds before anything is shown."""


def watched(items: Iterable[Item], what: str) -> Iterator[Item]:
    """The items; on a terminal, how many there were so far, once it takes long. It is gone at the end."""
    if not sys.stderr.isatty():
        yield from items
        return
    shown_from = time.monotonic() + _SILENCE
    rest = iter(items)
    done = 0
    for item in rest:
        done += 1
        yield item
        if time.monotonic() > shown_from:
            break
    yield from _shown(rest, what, done)


def _shown(items: Iterator[Item], what: str, done: int) -> Iterator[Item]:
    first = next(items, None)
    if first is None:
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.completed} {task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None, completed=done + 1)
        yield first
        for item in items:
            progress.advance(task)
            yield item


@contextmanager
def patience(what: str) -> Iterator[Callable[[float], None]]:
    """On a terminal, say what goes on inside, how far it is, for how long, once it takes long. It is gone at the end.

    What it gives is to be told which part is done, from 0 to 1.
    """
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    progress = Progress(*columns, console=Console(stderr=True), transient=True)
    task = progress.add_task(what, total=None)
    starting = threading.Timer(_SILENCE, progress.start)
    starting.daemon = True
    starting.start()
    try:
        yield lambda part: progress.update(task, total=1.0, completed=part)
    finally:
        starting.cancel()
        starting.join()
        progress.stop()
