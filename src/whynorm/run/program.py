"""What happens inside the observed program, when Python's exit handlers run."""

import atexit
import os
import sys
from collections.abc import Mapping
from functools import partial
from importlib import import_module
from types import FunctionType
from typing import TYPE_CHECKING

from whynorm.frameworks import ROOMS
from whynorm.record import RECORD, Noted, announce
from whynorm.run import children

if TYPE_CHECKING:
    from whynorm.report import Report


def observe(framework: str, settings: Mapping[str, str]) -> None:
    """Observe a framework that the program, or a child process of it, has just imported."""

    def child() -> bool:  # asked each time: a fork has the record of the process that it came from
        return os.getpid() != int(settings["pid"])

    def noted(one: Noted) -> None:
        if child():
            children.hand_over(settings, one)

    def foreseen(one: Noted) -> None:
        if not child() or children.is_first(settings, one):
            announce(one)

    def arrived(one: Noted) -> None:
        if child():
            children.take_back(settings, one)

    RECORD.on_note, RECORD.on_foreseen, RECORD.on_arrival = noted, foreseen, arrived
    if framework == "torch":
        _observe_children(settings)
    supported = getattr(import_module(ROOMS[framework]), "supported", None)
    if supported is None or supported():
        import_module(f"{ROOMS[framework]}.observe").install(RECORD)
    if framework == "keras":
        atexit.register(_look_early, settings)


def _look_early(settings: Mapping[str, str]) -> None:
    """Look into how the program ends while Keras still works: see `live.look_early`."""
    _name_main(settings)
    if not RECORD.silent or isinstance(getattr(sys, "last_value", None), Exception):
        from whynorm import live

        live.look_early()


def _observe_children(settings: Mapping[str, str]) -> None:
    """Have the processes observed that the program starts with an environment of its own making, as launchers do."""
    from subprocess import Popen

    from whynorm.frameworks.torch import weave

    start = getattr(Popen, "_execute_child", None)
    if isinstance(start, FunctionType):
        weave.with_argument(start, "env", partial(children.environment, settings))


def finish(settings: Mapping[str, str]) -> None:
    """Tell at the end of the program what was wrong. Called last of all exit handlers, in each of its processes."""
    ended_by = getattr(sys, "last_value", None)  # set where Python prints the traceback that ends the program
    if os.getpid() != int(settings["pid"]):
        _finish_child(settings, ended_by)
        return
    _name_main(settings)
    try:
        for noted in children.collect(settings):
            RECORD.add(noted)
        if ended_by is None and RECORD.silent and not {"fault", "json"} & settings.keys():
            return
        from whynorm import live

        report = live.report_of(ended_by, command="run")
    except KeyboardInterrupt:
        return
    except Exception as error:  # noqa: BLE001  the program has ended, and its exit status is to stay
        from whynorm import live
        from whynorm.errors import own_fault
        from whynorm.report import Framework, Report

        report = Report("run", Framework(None), "completes" if ended_by is None else "raises", (), own_fault(error))
    if "fault" in settings:
        report.unknown = f"whynorm could not observe this program ({settings['fault']}); please report it"
    if "json" in settings:
        _write(report, settings["json"])
    live.speak(report, notes="notes" in settings)
    if isinstance(ended_by, KeyboardInterrupt):
        _end_by_signal()


def _name_main(settings: Mapping[str, str]) -> None:
    """The interpreter takes the name of the program's file away before exit handlers run."""
    main = sys.modules["__main__"]
    if not hasattr(main, "__file__") and "file" in settings:
        main.__file__ = settings["file"]


def _finish_child(settings: Mapping[str, str], ended_by: object) -> None:
    """Hand over what a child process has to say."""
    if isinstance(ended_by, Exception):
        from whynorm.live import ending_of

        ending = ending_of(ended_by)
        if ending is not None:
            children.hand_over(settings, ending._replace(ends=True))
    RECORD.end()


def _end_by_signal() -> None:
    """Have the interpreter end by SIGINT after all.

    It remembers a KeyboardInterrupt that nobody caught until a text is evaluated the next time, and named tuples are
    made by evaluating a text (Python/pythonrun.c, `run_eval_code_obj`).
    """
    try:
        exec("raise KeyboardInterrupt")
    except KeyboardInterrupt:
        return


def _write(report: "Report", file: str) -> None:
    from whynorm.render.json import render

    try:
        with open(file, "w", encoding="utf-8") as opened:
            opened.write(render(report))
    except OSError as error:
        print(f"whynorm: cannot write {file!r}: {error.strerror}", file=sys.stderr)
