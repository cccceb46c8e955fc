"""A class that the program looks up: in a table by a key, or in a module by its name."""

import ast
from collections.abc import Mapping

from whynorm.facts.change import Rename
from whynorm.fixes.desk import Desk
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
    keys = _keys(Value(looked_up.value, where))
    old, new = keys.get(edit.callee.split(".")[-1]), keys.get(edit.name)
    key = Value(looked_up.slice, where)
    if old is None or new is None:
        return False
    found = written_at(key)
    if found.alone and isinstance(found.value.node, ast.Constant):
        desk.editor(found.value.where.source).replace(found.value.node, repr(new))
    else:
        desk.editor(source).replace(looked_up.slice, repr(new))
    return True


def _keys(table: Value) -> Mapping[str, object]:
    """By the name of each class in a table: its key."""
    holder: Value | None = table
    while holder is not None and not isinstance(holder.node, ast.Dict):
        holder = behind(holder)
    if holder is None or not isinstance(holder.node, ast.Dict):
        return {}
    entries = zip(holder.node.keys, holder.node.values, strict=True)
    named = [(key, (dotted(value) or "").split(".")[-1]) for key, value in entries]
    return {name: key.value for key, name in named if name and isinstance(key, ast.Constant)}
