"""Logarithms of what may be 0, in the source of a program."""

import ast
import re
from collections.abc import Iterable

from whynorm.facts.history import Logarithm
from whynorm.facts.place import Location
from whynorm.source.files import read

_NAMES = ("log", "log2", "log10")
_GUARDED = re.compile(r"\+|clamp|clip|maximum|exp|softmax|sigmoid|rand|linspace|arange")


def unguarded_in(files: Iterable[str]) -> Logarithm | None:
    """The one logarithm of a tensor in these files that nothing keeps away from 0; None where there are several."""
    found = [
        one
        for source in map(read, files)
        if source is not None
        for call in source.calls
        if (one := _logarithm(source.file, source.lines, call)) is not None
    ]
    return found[0] if len(found) == 1 else None


def _logarithm(file: str, lines: list[str], call: ast.Call) -> Logarithm | None:
    func = call.func
    if not isinstance(func, ast.Attribute) or func.attr not in _NAMES or call.keywords:
        return None
    function = isinstance(func.value, ast.Name) and func.value.id == "torch"
    if len(call.args) != function:
        return None
    given = ast.unparse(call.args[0] if function else func.value)
    if _GUARDED.search(given):
        return None
    guarded = f"torch.{func.attr}({given}.clamp(min=1e-10))" if function else f"{given}.clamp(min=1e-10).{func.attr}()"
    location = Location(file, call.lineno, lines[call.lineno - 1].strip())
    return Logarithm(location, ast.unparse(call), guarded)
