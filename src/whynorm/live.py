"""Explaining what the running process does: the exceptions that leave it, and those it catches itself."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from whynorm.alike import mended_together
from whynorm.errors import own_fault
from whynorm.fixes import patch
from whynorm.frameworks import OBSERVED, ROOMS, rooms
from whynorm.frameworks.unobserved import unobserved
from whynorm.record import RECORD, Noted, Record, explained, key_of, name_of
from whynorm.report import Finding, Framework, Report
from whynorm.streams import colour_on, error_stream


def report_of(exception: BaseException | None, *, command: str, record: Record = RECORD) -> Report:
    """What is to be said at the end of a program (or a block) that ends by this exception, or well."""
    record.end()
    with unobserved():
        ending = _ending(exception, record) if exception is not None else None
    noted = [one for one in record.noted if ending is None or one.key != ending.key]
    last = ending.findings if ending is not None else ()
    told = {name_of(finding) for finding in last}
    members = {key_of(one) for group in chain(exception) for one in getattr(group, "exceptions", ())}
    before = [
        finding._replace(handled=finding.raised is not None and not one.ends and one.key not in members)
        for one in noted
        for finding in one.findings
        if name_of(finding) not in told
    ]
    everything = noted if ending is None else [ending, *noted]
    known = _come_true(everything)
    before = [one for one in before if one not in known and (exception is None or one.severity != "note")]
    return Report(
        command,
        everything[0].framework if everything else _framework(),
        "completes" if exception is None else "raises",
        mended_together([*before, *last], patch),
        None if record.fault is None else own_fault(record.fault),
    )


def _come_true(everything: Iterable[Noted]) -> list[Finding]:
    """The findings of what was foreseen that have been raised by now."""
    raised = {
        (one.symptom, one.layer and one.layer.path) for noted in everything for one in noted.findings if one.raised
    }
    foreseen = [one for noted in everything if noted.ahead is not None for one in noted.findings]
    return [one for one in foreseen if (one.symptom, one.layer and one.layer.path) in raised]


def ending_of(exception: BaseException) -> Noted | None:
    """What is to be said of the exception that ends this process."""
    with unobserved():
        return _ending(exception, RECORD)


def look_early() -> None:
    """Look into how the program ends, and keep it for when that is told.

    Exit handlers run the last registered first, and one that optree brings along empties the registry by which Keras
    walks through lists: after it no layer can be called.
    """
    RECORD.close()
    exception = getattr(sys, "last_value", None)
    if isinstance(exception, Exception):
        RECORD.ending = exception, ending_of(exception)


def _ending(exception: BaseException, record: Record) -> Noted | None:
    """What is to be said of the exception itself, or of the nearest one that it came from."""
    if record.ending is not None and record.ending[0] is exception:
        return record.ending[1]
    for one in chain(exception):
        noted = record.of(one) or _crash(one, record)
        if noted is not None:
            return noted
    return None


def _crash(exception: BaseException, record: Record) -> Noted | None:
    """What is to be said of an exception: by following it, else by its text and frames."""
    for room in rooms():
        try:
            followed = room.crash(exception)
            found = () if followed is None else explained(followed)
        except Exception as error:  # noqa: BLE001  a fault of ours is told, and the text still says something
            record.fault = error
            break
        if followed is not None:
            return Noted(followed.framework, found, key_of(exception)) if found else None
    return _read(exception)


def _read(exception: BaseException) -> Noted | None:
    """What the text of an exception and its frames tell, where no pass could be followed."""
    from traceback import format_exception

    from whynorm.why import why_text

    if not any(True for _ in rooms()) or hasattr(exception, "exceptions"):  # a group's text is that of its members
        return None
    text = "".join(format_exception(type(exception), exception, exception.__traceback__, chain=False))
    report = why_text([text])
    raised = [finding for finding in report.findings if finding.severity == "error"]
    return Noted(report.framework, tuple(raised), key_of(exception)) if raised else None


def chain(exception: BaseException | None) -> Iterator[BaseException]:
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
    if not report.findings and report.unknown is None:
        return
    from whynorm.render.text import render

    stream = error_stream()
    if stream is None:
        return
    text = render(report, colour=colour_on(stream), notes=notes)
    if text:
        print(f"\n{text}", end="", file=stream, flush=True)


@contextmanager
def explain() -> Iterator[None]:
    """Explain an exception that leaves the block, on standard error, and let it go on unchanged."""
    try:
        yield
    except Exception as exception:
        _speak_of(exception)
        raise


@contextmanager
def watch(model: object = None) -> Iterator[None]:
    """Tell at the end of the block, on standard error, what was silently wrong in it, or wrong and caught.

    Of this model's layers, where one is given; else of all that runs inside.
    """
    record = Record()
    undo = observe(record, model)
    try:
        yield
    finally:
        for one in undo:
            one()
        speak(report_of(None, command="watch", record=record))


_installed: list[object] = []


def install() -> None:
    """`explain` and `watch` for the whole process from here on; in IPython and notebooks, for every cell.

    The explanation comes after the traceback, which is printed as it would be anyway.
    """
    if _installed:
        return
    _installed.append(observe(RECORD))
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if shell is not None:
        _install_in(shell)
        return
    import atexit
    import threading

    hook, hook_of_threads = sys.excepthook, threading.excepthook

    def ended(kind: type[BaseException], value: BaseException, traceback: TracebackType | None) -> None:
        hook(kind, value, traceback)
        if isinstance(value, Exception):
            _speak_of(value)

    def thread_ended(told: threading.ExceptHookArgs) -> None:
        hook_of_threads(told)
        if isinstance(told.exc_value, Exception):
            _speak_of(told.exc_value)

    sys.excepthook, threading.excepthook = ended, thread_ended
    atexit.register(_speak_of_noted)


def _install_in(shell: Any) -> None:
    """Explain after IPython's own traceback of a cell, and tell after a cell what it did silently wrong."""

    def ended(
        itself: Any, kind: type[BaseException], value: BaseException, tb: object, tb_offset: object = None
    ) -> None:
        itself.showtraceback((kind, value, tb), tb_offset=tb_offset)
        _speak_of(value)

    shell.set_custom_exc((Exception,), ended)
    shell.events.register("post_run_cell", lambda result: _speak_of_noted())


def observe(record: Record, model: object = None) -> list[Callable[[], None]]:
    """Have the frameworks that are loaded observed, or what one model does; what undoes it."""
    from importlib import import_module

    return [import_module(f"{ROOMS[name]}.observe").install(record, model) for name in OBSERVED if name in sys.modules]


def _speak_of(exception: BaseException) -> None:
    """Explain one exception, and leave what else was noted for later."""
    with unobserved():
        try:
            noted = _ending(exception, RECORD)
        except Exception as error:  # noqa: BLE001  the user's exception goes on, whatever befalls us
            print(f"\n{own_fault(error)}", file=sys.stderr)
            return
    if noted is not None:
        RECORD.noted = [one for one in RECORD.noted if one.key != noted.key]
        speak(Report("explain", noted.framework, "raises", noted.findings))


def _speak_of_noted() -> None:
    report = report_of(None, command="watch")
    RECORD.noted.clear()
    speak(report)


def _framework() -> Framework:
    """The framework that the program has loaded, if it is one of ours."""
    for name in ("torch", *ROOMS):
        module = sys.modules.get(name)
        if module is not None:
            return Framework(name, str(getattr(module, "__version__", "")).split("+")[0] or None)
    return Framework(None)
