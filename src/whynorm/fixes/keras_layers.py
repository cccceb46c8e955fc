"""Layers of Keras, put around what a program calls, and what a layer of the program's own gives."""

import ast

from whynorm.facts import Location
from whynorm.facts.change import Enclose, Ensure, OpenEnd
from whynorm.fixes.desk import Desk
from whynorm.fixes.file import Editor, Misfit
from whynorm.source.files import Function, Source
from whynorm.source.places import dotted, keras_layer_in, named_in

_LAYERS = ("keras.layers", "tensorflow.keras.layers")


def layer_in(source: Source, editor: Editor, name: str) -> str:
    """How the file names a layer, which is imported where others are. Raises `Misfit` where nothing leads there."""
    known = keras_layer_in(source, name)
    if known is not None:
        return known
    for node in source.tree.body:
        if isinstance(node, ast.ImportFrom) and node.module in _LAYERS:
            editor.import_also(node, name)
            return name
    raise Misfit


def enclose(edit: Enclose, desk: Desk) -> None:
    """Have a layer of Keras take what is called, where a class builds it, else at the call."""
    source, editor, call = desk.call(edit.location, edit.callee)
    target = _built(source, call) or call.func
    editor.replace(target, f"{layer_in(source, editor, edit.layer)}({{}})")


def _built(source: Source, call: ast.Call) -> ast.expr | None:
    """What the class around a call of `self.part(…)` assigns to that attribute."""
    name = dotted(call.func) or ""
    owner = source.owner(call)
    if not name.startswith("self.") or owner is None:
        return None
    found = [
        node.value
        for node in ast.walk(owner)
        if isinstance(node, ast.Assign) and any(dotted(target) == name for target in node.targets)
    ]
    if len(found) != 1:
        raise Misfit
    return found[0]


def ensure(edit: Ensure, desk: Desk) -> None:
    """Say the shape of what a function returns."""
    source, editor, function = _function(edit.location, desk)
    returned = [node.value for node in ast.walk(function) if isinstance(node, ast.Return) and node.value is not None]
    known = named_in(source, "tensorflow", "ensure_shape")
    if len(returned) != 1 or known is None:
        raise Misfit
    editor.replace(returned[0], f"{known}({{}}, {edit.shape})")


def open_end(edit: OpenEnd, desk: Desk) -> None:
    """A slice that ends so many before the end, `:-lead`, takes all where they are none."""
    _, editor, function = _function(edit.location, desk)
    ends = [node.upper for node in ast.walk(function) if isinstance(node, ast.Slice)]
    variable = [
        end
        for end in ends
        if isinstance(end, ast.UnaryOp) and isinstance(end.op, ast.USub) and not isinstance(end.operand, ast.Constant)
    ]
    if len(variable) != 1:
        raise Misfit
    editor.replace(variable[0], "{} or None")


def _function(location: Location, desk: Desk) -> tuple[Source, Editor, Function]:
    source, editor = desk.open(location)
    found = [node for node in ast.walk(source.tree) if isinstance(node, Function) and node.lineno == location.line]
    if len(found) != 1:
        raise Misfit
    return source, editor, found[0]
