"""`whynorm why`: explain a pasted traceback or a bare error line."""

import sys
from collections.abc import Iterator

from whynorm.errors import UsageError
from whynorm.report import Report
from whynorm.streams import colour_on

HELP = """\
usage: whynorm why [FILE | -] [--source DIR] [--json] [--notes]

Explain a pasted traceback, a bare error line, or a log with one in it. Needs no framework.
FILE is read as a stream; without one, or with -, standard input is read.

  --source DIR  where the code of the traceback lies, if the paths in it are not those of this machine
  --json        one JSON document on standard output
  --notes       show notes too

The exit status is 0 if the error was recognised, 1 if not.
"""


def main(arguments: list[str]) -> int:
    """Run `whynorm why`; the exit status."""
    if "-h" in arguments or "--help" in arguments:
        print(HELP, end="")
        return 0
    file, source, as_json, notes = _parsed(arguments)
    from whynorm.why import why_text

    report = why_text(_pieces(file), source)
    return _print(report, as_json, notes)


def _parsed(arguments: list[str]) -> tuple[str, str | None, bool, bool]:
    files: list[str] = []
    source: str | None = None
    as_json = notes = False
    rest = iter(arguments)
    for argument in rest:
        if argument == "--json":
            as_json = True
        elif argument == "--notes":
            notes = True
        elif argument == "--source":
            source = next(rest, None)
            if source is None:
                raise UsageError("--source needs a folder: whynorm why --source DIR FILE")
        elif argument.startswith("--source="):
            source = argument.partition("=")[2]
        elif argument.startswith("-") and argument != "-":
            raise UsageError(f"why knows no option {argument!r}; it takes [FILE | -] [--source DIR] [--json] [--notes]")
        else:
            files.append(argument)
    if len(files) > 1:
        raise UsageError(f"why reads one text, and {len(files)} were named: join them with cat, and pipe them in")
    return (files[0] if files else "-"), source, as_json, notes


def _pieces(file: str) -> Iterator[str]:
    from whynorm.texts.stream import pieces

    if file == "-":
        if sys.stdin.isatty():
            print("whynorm: paste the traceback, then press Ctrl-D", file=sys.stderr)
        yield from pieces(sys.stdin.buffer)
        return
    try:
        with open(file, "rb") as opened:
            yield from pieces(opened)
    except OSError as error:
        raise UsageError(f"cannot read {file}: {(error.strerror or str(error)).lower()}") from None


def _print(report: Report, as_json: bool, notes: bool) -> int:
    if as_json:
        from whynorm.render.json import render as to_json

        sys.stdout.write(to_json(report))
    elif report.findings:
        from whynorm.render.text import render

        print(render(report, colour=colour_on(sys.stdout), notes=notes), end="")
    else:
        print("whynorm: not recognised: no error of a normalization layer, or of the shapes that feed one, is in it")
    return 0 if report.findings else 1
