"""How a command shows its report."""

import sys

from whynorm.report import Report
from whynorm.streams import colour_on


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
