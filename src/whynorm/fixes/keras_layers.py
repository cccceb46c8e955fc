"""Layers of Keras, put around what a program calls, by the names that its file has for them."""

import ast

from whynorm.facts.change import Enclose
from whynorm.fixes.desk import Desk
from whynorm.fixes.file import Editor, Misfit
from whynorm.source.files import Source
from whynorm.source.places import dotted, keras_layer_in

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
