"""A module's own `train(mode)` that does not hand the mode on: `eval()` calls it, and nothing comes of that."""

import ast
import types
from collections.abc import Iterable

from whynorm.facts.history import Unheeded
from whynorm.source.files import read


def unheeded_in(methods: Iterable[types.CodeType]) -> Unheeded | None:
    """The first of these methods, each a `train`, in which the mode that is handed over goes nowhere."""
    return next((found for code in methods if (found := _unheeded(code)) is not None), None)


def _unheeded(code: types.CodeType) -> Unheeded | None:
    source = read(code.co_filename)
    functions = (node for node in ast.walk(source.tree) if isinstance(node, ast.FunctionDef)) if source else ()
    function = next(
        (one for one in functions if one.name == code.co_name and _starts(one) == code.co_firstlineno), None
    )
    if source is None or function is None or len(function.args.args) < 2:
        return None
    mode = function.args.args[1].arg
    given = [one for one in ast.walk(function) if isinstance(one, ast.Name) and one.id == mode]
    above = [one for one in ast.walk(function) if isinstance(one, ast.Call) and _is_above(one)]
    if given or len(above) > 1:
        return None
    owner = next((one.name for one in source.up(function) if isinstance(one, ast.ClassDef)), "")
    if not above:
        first = function.body[1 if ast.get_docstring(function) is not None else 0 :][:1]
        return Unheeded(source.location(first[0]), owner, None, f"super().train({mode})") if first else None
    written = ast.unparse(above[0])
    return Unheeded(source.location(above[0]), owner, written, f"{ast.unparse(above[0].func)}({mode})")


def _starts(function: ast.FunctionDef) -> int:
    return min([function.lineno, *(one.lineno for one in function.decorator_list)])


def _is_above(call: ast.Call) -> bool:
    """Whether this is `super().train(…)`."""
    func = call.func
    if not isinstance(func, ast.Attribute) or func.attr != "train" or not isinstance(func.value, ast.Call):
        return False
    return isinstance(func.value.func, ast.Name) and func.value.func.id == "super"
