"""Logarithms of what may be 0, in the source of a program."""

import ast
import re
from collections.abc import Iterable

from whynorm.facts.history import Logarithm
from whynorm.source.files import Source, read
from whynorm.source.places import dotted, imported_as

_NAMES = ("log", "log2", "log10")
_ARRAYS = ("numpy", "tensorflow", "keras", "jax")
"""What has a `maximum` beside its logarithm."""
_GUARDED = re.compile(r"\+|clamp|clip|maximum|exp|softmax|sigmoid|rand|linspace|arange")


def unguarded_in(files: Iterable[str]) -> Logarithm | None:
    """The one logarithm of an array in these files that nothing keeps away from 0; None where there are several."""
    found = [
        one
        for source in map(read, files)
        if source is not None
        for call in source.calls
        if (one := _logarithm(source, call)) is not None
    ]
    return found[0] if len(found) == 1 else None


def _logarithm(source: Source, call: ast.Call) -> Logarithm | None:
    func = call.func
    if not isinstance(func, ast.Attribute) or func.attr not in _NAMES or call.keywords:
        return None
    owner = dotted(func.value) or ""
    function = owner.split(".")[0] in imported_as(source)
    if len(call.args) != function:
        return None
    given = ast.unparse(call.args[0] if function else func.value)
    if _GUARDED.search(given):
        return None
    whole = imported_as(source).get(owner.split(".")[0], owner)
    if not function:
        guarded = f"{given}.clamp(min=1e-10).{func.attr}()"
    elif whole == "torch":
        guarded = f"torch.{func.attr}({given}.clamp(min=1e-10))"
    elif whole.split(".")[0] in _ARRAYS:
        guarded = f"{owner}.{func.attr}({owner}.maximum({given}, 1e-10))"
    else:
        return None
    return Logarithm(source.location(call), ast.unparse(call), guarded)
