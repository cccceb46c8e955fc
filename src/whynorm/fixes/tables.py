"""A class that the program looks up: in a table by a key, or in a module by its name."""

import ast
from collections.abc import Mapping

from whynorm.facts.change import Rename
from whynorm.fixes.desk import Desk
from whynorm.fixes.file import Misfit
from whynorm.source.built import reached
from whynorm.source.files import Source
from whynorm.source.places import dotted, imported_as
from whynorm.source.running import Value, last_name
from whynorm.source.values import behind
from whynorm.source.values import written as written_at


def look_up(edit: Rename, source: Source, call: ast.Call, desk: Desk) -> bool:
    """Have the program look up the class of the edit's name; False where the call's callee is looked up nowhere."""
    if isinstance(call.func, ast.Subscript):
        return _by_key(edit, source, call, call.func, desk)
    if isinstance(call.func, ast.Call) and last_name(call.func) == "getattr" and len(call.func.args) == 2:
        module = call.func.args[0]
        if (dotted(module) or "").split(".")[0] in imported_as(source):
            desk.editor(source).replace(call.func, f"{source.segment(module)}.{edit.name}")
            return True
    return False


def _by_key(edit: Rename, source: Source, call: ast.Call, looked_up: ast.Subscript, desk: Desk) -> bool:
    where = reached(edit.location, source, call)
    table = _table(Value(looked_up.value, where))
    entries = _entries(table) if table is not None else {}
    old, new = entries.get(edit.callee.split(".")[-1]), entries.get(edit.name)
    if table is None or old is None:
        return False
    if new is None:
        return _by_name(edit, source, looked_up, old, table.where.source, desk)
    key = new[0]
    found = written_at(Value(looked_up.slice, where))
    if found.alone and isinstance(found.value.node, ast.Constant):
        desk.editor(found.value.where.source).replace(found.value.node, repr(key))
    else:
        desk.editor(source).replace(looked_up.slice, repr(key))
    return True


def _by_name(
    edit: Rename, source: Source, looked_up: ast.Subscript, entry: tuple[object, ast.expr], there: Source, desk: Desk
) -> bool:
    """The class stands in the place of what is looked up: in the table are others' too. Raises `Misfit`."""
    module = entry[1].value if isinstance(entry[1], ast.Attribute) else None
    name = dotted(module) if module is not None else None
    root = (name or "").split(".")[0]
    if name is None or root not in imported_as(source) or imported_as(source)[root] != imported_as(there).get(root):
        raise Misfit
    desk.editor(source).replace(looked_up, f"{name}.{edit.name}")
    return True


def _table(value: Value) -> Value | None:
    """The dictionary that an expression stands for, where it is written out."""
    holder: Value | None = value
    while holder is not None and not isinstance(holder.node, ast.Dict):
        holder = behind(holder)
    return holder


def _entries(table: Value) -> Mapping[str, tuple[object, ast.expr]]:
    """By the name of each class in a table: its key, and how it is written."""
    assert isinstance(table.node, ast.Dict)
    entries = zip(table.node.keys, table.node.values, strict=True)
    named = [(key, value, (dotted(value) or "").split(".")[-1]) for key, value in entries]
    return {name: (key.value, value) for key, value, name in named if name and isinstance(key, ast.Constant)}
