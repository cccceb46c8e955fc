"""Where text goes, and whether in colour."""

import os
import sys
from typing import TextIO


def error_stream() -> TextIO | None:
    """Standard error, where it is there."""
    stream = sys.stderr if sys.stderr is not None else sys.__stderr__
    return None if stream is None or stream.closed else stream


def colour_on(stream: object) -> bool:
    """Colour only on a terminal that has it, and not where `NO_COLOR` is set."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return bool(getattr(stream, "isatty", lambda: False)())
