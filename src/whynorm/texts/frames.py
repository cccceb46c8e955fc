# ruff: noqa: E501 patterns stand on one line
"""Frames and errors in the renderings of tracebacks that there are."""

import re
from typing import NamedTuple

from whynorm.facts import Frame, Location

_PYTHON = (
    r"\s*(?:>\s*)?File\s*[\"']?(?P<file>[^\"'\n]{1,400}?)[\"']?\s*,?\s*line\s*(?P<line>\d{1,7})"
    r"(?:\s*,?\s*in\s+(?P<function><?[\w.<>]{1,160}>?))?"
)
_IPYTHON = (
    r"\s*(?:File\s+)?(?P<file>(?:[~/\w.\\-]|[A-Za-z]:[\\/]|<ipython)[^\n:()]{0,300}?(?:\.py[cx]?|>))"
    r"(?::(?P<line>\d{1,7}))?,?\s+in\s+(?P<function>[\w.<>]{1,160})"
)
_CELL = (
    r"\s*(?P<file>(?:Cell\s*In|Input\s*In|In)\s?\[\d{0,5}\])"
    r"(?:,?\s*line\s*(?P<line>\d{1,7}))?(?:,?\s*in\s*(?P<function>[\w.<>: ]{1,160}))?"
)
_PYTEST = r"(?P<file>[\w./\\-]{1,300}\.py):(?P<line>\d{1,7}): in (?P<function>[\w.<>]{1,160})\s*$"
_RICH = r"\s*(?P<file>[~/\w.\\:-]{1,300}\.py):(?P<line>\d{1,7}) in (?P<function>[\w.<>]{1,160})\s*$"
_GRAPH = (
    r"\s+(?P<file>[~/\w.\\:<>-]{1,300}\.py|<[\w-]{1,60}>):(?P<line>\d{1,7}) (?P<function>[\w.<>]{1,160})(?:\s+\*)?\s*$"
)
_LUA = r"\s*(?:\[C\]: |\.{3})?(?P<file>[~/\w.\\:-]{1,300}\.lua):(?P<line>\d{1,7}): in (?:function|upvalue|local|method) '?(?P<function>[\w.:]{1,160})'?"
_SHAPES = (_PYTHON, _PYTEST, _RICH, _IPYTHON, _CELL, _GRAPH, _LUA)

_NUMBERED_STARTS = frozenset("0123456789->❱")
_NUMBERED = r"\s*(?P<arrow>-{1,6}>|❱|>)?\s*(?P<line>\d{1,7})(?:\s*│)?(?:\s(?P<code>.{0,400}))?$"
_STARTS = (
    "traceback (most recent call last)",
    "traceback (innermost last)",
    "original traceback",
    "original stack trace",
    "caused by op",
)
_ERRORS = (
    "Exception", "Warning", "NotFound", "Exceeded", "InvalidArgument", "Fail", "NotImplemented", "AssertionFailure", "Interrupt",
)  # fmt: skip
_CARETS = frozenset("~^- \t|")
_HERE = "<--- HERE"

_LIBRARIES = (
    "site-packages", "dist-packages", "/lib/python3", "/lib/python2", "/lib64/python", "\\lib\\", "torch/nn/", "torch\\nn\\",
    "torch/_", "tensorflow/python", "tensorflow\\python", "keras/src", "keras\\src", "keras/engine", "keras/layers", "flax/core", "jax/_src", "ipykernel",
    "/_pytest/", "<frozen", "runpy.py", "multiprocessing/", "importlib/", "threading.py", "contextlib.py", "torch/autograd",
    "torch/utils", "torch/distributed", "torch/functional.py", "torch\\functional.py", "code/__torch__", "/torch/lib", "flax/linen", "flax/nnx", "haiku/_src",
    "pandas/", "numpy/", "sklearn/", "onnxruntime/capi", "Python.framework", "/torch/install/share/lua",
)  # fmt: skip


class Event(NamedTuple):
    """Something that a line says of a traceback."""

    line: int
    """The number of the line in the text, from 0."""
    kind: str
    """`start` of a traceback, `frame`, or `error`."""
    frame: Frame | None = None
    type: str = ""
    message: str = ""


def events(lines: list[str]) -> list[Event]:
    """The frames and errors of a text, in the order of its lines."""
    found: list[Event] = []
    for number, line in enumerate(lines):
        if len(line) < 5:
            continue
        lower = line.lower()
        if any(start in lower for start in _STARTS):
            found.append(Event(number, "start"))
        elif (frame := _frame(lines, number, lower)) is not None:
            found.append(Event(number, "frame", frame))
        elif ":" in line and (error := named_error(line)) is not None and not _quoted(line):
            found.append(Event(number, "error", None, *error))
    return found


def named_error(line: str) -> tuple[str, str] | None:
    """The type and the message of the error that a line names: `RuntimeError: running_mean should …`."""
    colon = line.find(":")
    while 0 < colon < 400:
        start = colon
        while start and (line[start - 1].isalnum() or line[start - 1] in "._"):
            start -= 1
        name = line[start:colon].rpartition(".")[2]
        if name[:1].isupper() and len(name) < 80 and (name.endswith(_ERRORS) or "Error" in name):
            return line[start:colon], line[colon + 1 :].strip()
        colon = line.find(":", colon + 1)
    return None


def _quoted(line: str) -> bool:
    """Whether the line is source code that raises or prints, and no error."""
    code = line.lstrip()
    return code.startswith(("raise ", "except ", "print(", "return ", "assert ")) or "raise " in code[:40]


def _frame(lines: list[str], number: int, lower: str) -> Frame | None:
    line = lines[number]
    if (
        " in " not in lower
        and ".py" not in lower
        and "line" not in lower
        and ".lua" not in lower
        and "in [" not in lower
    ):
        return None
    for shape in _SHAPES:
        found = re.match(shape, line)
        if found is None:
            continue
        groups = found.groupdict()
        function = groups.get("function") or ""
        file = groups["file"].strip()
        at, code = _code(lines, number, groups.get("line"), line[found.end() :])
        if shape is _IPYTHON and not at and not groups.get("line"):
            return None
        return Frame(Location(file, at or 0, code), _name(function, file), is_library(file))
    return None


def _name(function: str, file: str) -> str:
    if function:
        return function
    return "<module>" if file.startswith(("Cell", "Input", "In ", "In[", "<ipython")) else ""


def _code(lines: list[str], number: int, given: str | None, rest: str) -> tuple[int, str]:
    """The line of source that a frame shows, and its number: the marked one of several, or the next one."""
    wanted = int(given) if given else None
    first = None
    marked = _marked(lines[number + 1 : number + 18])
    if marked is not None:
        return wanted or 0, marked
    for line in lines[number + 1 : number + 18]:
        if not line.strip():
            if first is not None:
                break
            continue
        numbered = re.match(_NUMBERED, line) if line.lstrip()[:1] in _NUMBERED_STARTS else None
        if numbered is not None:
            first = number
            if numbered["arrow"] or (wanted is not None and int(numbered["line"]) == wanted):
                return int(numbered["line"]), (numbered["code"] or "").strip()
            continue
        if first is not None:
            break
        if set(line) <= _CARETS:
            continue
        if any(re.match(shape, line) for shape in (_PYTHON, _PYTEST, _RICH)) or named_error(line) is not None:
            break
        return wanted or 0, line.strip().lstrip("> ").strip()
    return wanted or 0, ""


def _marked(lines: list[str]) -> str | None:
    """The line of source that TorchScript points at, among several of the frame that these lines belong to."""
    code = None
    for line in lines:
        if _HERE in line:
            return code
        if re.match(_PYTHON, line) or (named_error(line) is not None and not _quoted(line)):
            return None
        if not set(line) <= _CARETS:
            code = line.strip()
    return None


def is_library(file: str) -> bool:
    """Whether a path belongs to an installed library, by the folders it names."""
    return any(part in file for part in _LIBRARIES)
