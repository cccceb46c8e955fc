"""Explaining exceptions of the running process."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from whynorm.diagnose import findings
from whynorm.fixes import patch
from whynorm.frameworks import rooms
from whynorm.frameworks.room import Followed
from whynorm.report import Finding, Framework, Report


def report_of(exception: BaseException | None, *, command: str) -> Report:
    """What is to be said of the exception by which a program ends; of none, that it completes."""
    if exception is None:
        return Report(command, _framework(), "completes")
    for one in chain(exception):
        found = explained(one)
        if found is not None:
            return Report(command, found[0].framework, "raises", found[1])
    return Report(command, _framework(), "raises")


def explained(exception: BaseException) -> tuple[Followed, tuple[Finding, ...]] | None:
    """What is to be said of this very exception; None if it is nothing of ours."""
    for room in rooms():
        followed = room.crash(exception)
        if followed is not None:
            found = tuple(finding for finding in findings(followed, patch=patch) if finding.symptom != "other-error")
            if found:
                return followed, found
    return None


def chain(exception: BaseException) -> Iterator[BaseException]:
    """An exception, those in its group, and those that it came from or came up in: the nearest first."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [exception]
    while waiting:
        one = waiting.pop(0)
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += getattr(one, "exceptions", ())
        waiting.append(one.__cause__ if one.__cause__ is not None or one.__suppress_context__ else one.__context__)


def speak(report: Report, *, notes: bool = False) -> None:
    """Print a report on standard error, behind whatever stands there; colours only on a terminal."""
    from whynorm.render.text import render

    stream = sys.stderr if sys.stderr is not None else sys.__stderr__
    if stream is None or stream.closed:
        return
    colour = stream.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
    text = render(report, colour=colour, notes=notes)
    if text:
        print(f"\n{text}", end="", file=stream, flush=True)


@contextmanager
def explain() -> Iterator[None]:
    """Explain an exception that leaves the block, on standard error, and let it go on unchanged."""
    try:
        yield
    except Exception as exception:
        speak(report_of(exception, command="explain"))
        raise


def _framework() -> Framework:
    """The framework that the program has loaded."""
    return Framework(None)
