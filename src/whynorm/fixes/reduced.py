"""The axes that a program's own norm reduces over, written so that they are all positions of any input."""

import ast
from collections.abc import Iterator

from whynorm.facts.change import FromAxis
from whynorm.fixes.desk import Desk
from whynorm.fixes.file import Misfit
from whynorm.source.files import Source
from whynorm.source.places import dotted, imported_as

_SIMPLE = ast.Name | ast.Attribute


def from_axis(edit: FromAxis, desk: Desk) -> None:
    """Have a reduction, and those beside it, take every axis from one on. Raises `Misfit` where no tensor is named."""
    source, editor, call = desk.call(edit.location, edit.callee)
    tensor = own(source, call)
    if not isinstance(tensor, _SIMPLE) or not any(True for _ in _written(call, edit.axes)):
        raise Misfit
    for other in source.calls:
        if source.function(other) is source.function(call):
            for axes in _written(other, edit.axes):
                of = own(source, other)
                name = source.segment(of if isinstance(of, _SIMPLE) else tensor)
                editor.replace(axes, f"tuple(range({edit.first}, {name}.dim()))")


def own(source: Source, call: ast.Call) -> ast.expr | None:
    """The tensor whose method is called, or that a module's function is given first."""
    func = call.func
    if isinstance(func, ast.Attribute) and (dotted(func.value) or "").split(".")[0] not in imported_as(source):
        return func.value
    named = [one.value for one in call.keywords if one.arg == "input"]
    return next((one for one in (*call.args, *named) if not isinstance(one, ast.Starred)), None)


def _written(call: ast.Call, axes: tuple[int, ...]) -> Iterator[ast.expr]:
    """What is written for the axes in a call, where it is these."""
    named = [one.value for one in call.keywords if one.arg in ("dim", "axis")]
    for one in (*call.args, *named):
        if isinstance(one, ast.Tuple | ast.List) and ast.unparse(one).strip("()[]") == ", ".join(map(str, axes)):
            yield one
