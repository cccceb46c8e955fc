"""`whynorm run`: the program in the place of this process, as python would run it, and an explanation at its end."""

import os
import sys
import time
from typing import NamedTuple

from whynorm.errors import UsageError

USAGE = """\
usage: whynorm run [--json FILE] [--notes] SCRIPT [ARG ...]
       whynorm run [--json FILE] [--notes] -m MODULE [ARG ...]

Run a program as python would; where it crashes, explain. SCRIPT is a file, a folder or archive with a __main__.py,
or the name of a console script; everything after it is the program's own.

  --json FILE   write the report as JSON to FILE when the program ends
  --notes       show notes as well
"""


class Options(NamedTuple):
    """What stands before SCRIPT, and the program's own command line."""

    program: list[str]
    json: str | None = None
    notes: bool = False


def main(arguments: list[str]) -> int:
    """Become the program. Returns only for `--help`; raises `UsageError`."""
    if arguments[:1] in (["-h"], ["--help"]):
        print(USAGE, end="")
        return 0
    options = parse(arguments)
    command = [sys.executable, *_interpreter_options(), *options.program]
    environment = _environment(options)
    sys.stdout.flush()
    if os.name == "nt":  # there `exec` would return to the shell while the program still runs
        import subprocess

        return subprocess.run(command, env=environment, check=False).returncode
    os.execve(sys.executable, command, environment)


def parse(arguments: list[str]) -> Options:
    """Read the options before SCRIPT; SCRIPT, or `-m MODULE`, and all behind it is the program's."""
    json: str | None = None
    notes = False
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if word == "--notes":
            notes = True
        elif word == "--json" or word.startswith("--json="):
            json = _json_file(word.partition("=")[2] or (rest.pop(0) if rest else ""))
        elif word == "-m":
            if not rest:
                raise UsageError("-m wants the name of a module: whynorm run -m package.module")
            return Options(["-m", *rest], json, notes)
        elif word == "--":
            break
        elif word.startswith("-"):
            raise UsageError(f"no such option of run: {word!r}; the program's own options stand behind SCRIPT")
        else:
            rest.insert(0, word)
            break
    if not rest:
        raise UsageError("run wants a program: whynorm run SCRIPT [ARG ...], or whynorm run -m MODULE [ARG ...]")
    return Options([_script(rest[0]), *rest[1:]], json, notes)


def _json_file(name: str) -> str:
    if not name:
        raise UsageError("--json wants a file: whynorm run --json report.json SCRIPT")
    path = os.path.abspath(name)
    if os.path.isdir(path) or not os.access(os.path.dirname(path), os.W_OK):
        raise UsageError(f"cannot write {name!r}: --json wants a file in a folder that may be written to")
    if os.path.isfile(path):
        os.remove(path)  # whatever happens to the program, no old report is taken for its own
    return path


def _script(name: str) -> str:
    """The file to run: as it is named, or the console script of this name, of this environment first."""
    if os.path.exists(name):
        return name
    if os.sep not in name:
        import shutil

        beside = os.path.dirname(sys.executable)
        for found in (shutil.which(name, path=beside), shutil.which(name)):
            if found is not None and _is_python(found):
                return found
    raise UsageError(f"no such file, and no Python console script of this name: {name!r}")


def _is_python(file: str) -> bool:
    with open(file, "rb") as opened:
        start = opened.read(256)
    if start.startswith(b"#!/bin/sh"):  # how a path that is too long for a shebang is written
        return b"python" in start
    return start.startswith(b"#!") and b"python" in start.split(b"\n", 1)[0]


def _interpreter_options() -> list[str]:
    """The options that this interpreter itself was given: `python -W error -m whynorm run …`."""
    if sys.flags.isolated or sys.flags.ignore_environment or sys.flags.no_site:
        raise UsageError("run needs an interpreter that reads its environment: leave out -I, -E and -S")
    before = sys.orig_argv[1 : len(sys.orig_argv) - len(sys.argv) + 1]
    return before[:-2] if before[-2:-1] == ["-m"] else before[:-1]


def _environment(options: Options) -> dict[str, str]:
    """The program's environment, and in it what `run/site/sitecustomize.py` reads and takes out again."""
    site = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "run", "site")
    settings = {"pid": str(os.getpid()), "started": str(time.time_ns())}
    if os.path.isfile(options.program[0]):
        settings["file"] = os.path.abspath(options.program[0])
    if options.json is not None:
        settings["json"] = options.json
    if options.notes:
        settings["notes"] = "1"
    path = os.environ.get("PYTHONPATH")
    if path is not None:
        settings["path"] = path
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join((site, path) if path else (site,)),
        "WHYNORM_RUN": "\n".join(f"{key}={value}" for key, value in settings.items()),
    }
