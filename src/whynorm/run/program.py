"""What happens inside the observed program, when Python's exit handlers run."""

import os
import sys
from collections.abc import Mapping

from whynorm import live
from whynorm.report import Framework, Report


def finish(settings: Mapping[str, str]) -> None:
    """Tell at the end of the program what was wrong. Called last of all exit handlers, in each of its processes."""
    if os.getpid() != int(settings["pid"]):
        return
    ended_by = getattr(sys, "last_value", None)  # set where Python prints the traceback that ends the program
    main = sys.modules["__main__"]
    if not hasattr(main, "__file__") and "file" in settings:  # the interpreter has already taken it away
        main.__file__ = settings["file"]
    try:
        report = live.report_of(ended_by, command="run")
    except KeyboardInterrupt:
        return
    except Exception as error:  # noqa: BLE001  the program has ended, and its exit status is to stay
        report = Report("run", Framework(None), "completes" if ended_by is None else "raises", (), _own_fault(error))
    if "json" in settings:
        _write(report, settings["json"])
    live.speak(report, notes="notes" in settings)


def _own_fault(error: Exception) -> str:
    """The one line for a fault of ours."""
    from traceback import extract_tb

    frame = extract_tb(error.__traceback__)[-1]
    where = f"{os.path.basename(frame.filename)}:{frame.lineno}"
    return f"whynorm itself failed on this error ({type(error).__name__} at {where}: {error}); please report it"


def _write(report: Report, file: str) -> None:
    from whynorm.render.json import render

    try:
        with open(file, "w", encoding="utf-8") as opened:
            opened.write(render(report))
    except OSError as error:
        print(f"whynorm: cannot write {file!r}: {error.strerror}", file=sys.stderr)
