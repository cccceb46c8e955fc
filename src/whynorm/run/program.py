"""What happens inside the observed program, when Python's exit handlers run."""

import os
import sys
from collections.abc import Mapping
from importlib import import_module

from whynorm.frameworks import ROOMS
from whynorm.record import RECORD, Noted
from whynorm.report import Framework, Report


def observe(framework: str, settings: Mapping[str, str]) -> None:
    """Observe a framework that the program, or a child process of it, has just imported."""

    def noted(one: Noted) -> None:
        if os.getpid() != int(settings["pid"]):
            from whynorm.run.children import hand_over

            hand_over(settings, one)

    RECORD.on_note = noted
    supported = getattr(import_module(ROOMS[framework]), "supported", None)
    if supported is None or supported():
        import_module(f"{ROOMS[framework]}.observe").install(RECORD)


def finish(settings: Mapping[str, str]) -> None:
    """Tell at the end of the program what was wrong. Called last of all exit handlers, in each of its processes."""
    if os.getpid() != int(settings["pid"]):
        return
    from whynorm import live
    from whynorm.run.children import collect

    ended_by = getattr(sys, "last_value", None)  # set where Python prints the traceback that ends the program
    main = sys.modules["__main__"]
    if not hasattr(main, "__file__") and "file" in settings:  # the interpreter has already taken it away
        main.__file__ = settings["file"]
    try:
        for noted in collect(settings):
            RECORD.add(noted)
        report = live.report_of(ended_by, command="run")
    except KeyboardInterrupt:
        return
    except Exception as error:  # noqa: BLE001  the program has ended, and its exit status is to stay
        report = Report(
            "run", Framework(None), "completes" if ended_by is None else "raises", (), live.own_fault(error)
        )
    if "fault" in settings:
        report.unknown = f"whynorm could not observe this program ({settings['fault']}); please report it"
    if "json" in settings:
        _write(report, settings["json"])
    live.speak(report, notes="notes" in settings)
    if isinstance(ended_by, KeyboardInterrupt):
        _end_by_signal()


def _end_by_signal() -> None:
    """Have the interpreter end by SIGINT after all.

    It remembers a KeyboardInterrupt that nobody caught until a text is evaluated the next time, and named tuples are
    made by evaluating a text (Python/pythonrun.c, `run_eval_code_obj`).
    """
    try:
        exec("raise KeyboardInterrupt")
    except KeyboardInterrupt:
        return


def _write(report: Report, file: str) -> None:
    from whynorm.render.json import render

    try:
        with open(file, "w", encoding="utf-8") as opened:
            opened.write(render(report))
    except OSError as error:
        print(f"whynorm: cannot write {file!r}: {error.strerror}", file=sys.stderr)
