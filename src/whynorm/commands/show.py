"""How a command shows its report."""

import os
import sys

from whynorm.report import Report


def colour_on(stream: object) -> bool:
    """Colour only on a terminal, and not where `NO_COLOR` is set."""
    return not os.environ.get("NO_COLOR") and bool(getattr(stream, "isatty", lambda: False)())


def show(report: Report, *, as_json: bool, notes: bool) -> None:
    """Print the report on standard output: one JSON document, or the text with colour on a terminal."""
    if as_json:
        from whynorm.render.json import render

        put(render(report))
        return
    from whynorm.render.text import render as render_text

    text = render_text(report, colour=colour_on(sys.stdout), notes=notes)
    put(text if text.endswith("\n") else f"{text}\n")


def put(text: str) -> None:
    """Print a text as it is; what standard output cannot say, and names that are no text at all, are escaped."""
    try:
        sys.stdout.write(text)
    except UnicodeEncodeError:
        encoding = sys.stdout.encoding or "ascii"
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
