"""What happens inside the observed program, when Python's exit handlers run."""

import os
import sys
from collections.abc import Mapping

from whynorm.live import report_of, speak
from whynorm.report import Report


def finish(settings: Mapping[str, str]) -> None:
    """Tell at the end of the program what was wrong. Called last of all exit handlers, in every process of it."""
    if os.getpid() != int(settings["pid"]):
        return
    ended_by = getattr(sys, "last_value", None)
    report = report_of(ended_by, command="run")
    if "json" in settings:
        _write(report, settings["json"])
    speak(report, notes="notes" in settings)


def _write(report: Report, file: str) -> None:
    from whynorm.render.json import render

    try:
        with open(file, "w", encoding="utf-8") as opened:
            opened.write(render(report))
    except OSError as error:
        print(f"whynorm: cannot write {file!r}: {error.strerror}", file=sys.stderr)
