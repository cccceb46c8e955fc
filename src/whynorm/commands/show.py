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

        sys.stdout.write(render(report))
        return
    from whynorm.render.text import render as render_text

    text = render_text(report, colour=colour_on(sys.stdout), notes=notes)
    try:
        print(text, end="" if text.endswith("\n") else "\n")
    except UnicodeEncodeError:
        encoding = sys.stdout.encoding or "ascii"
        print(text.encode(encoding, "replace").decode(encoding), end="")
