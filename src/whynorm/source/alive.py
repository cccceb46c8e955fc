"""What an expression of a program stands for while its frames, and its modules, are still there."""

import ast
import builtins
import copy
import json
import operator
import sys
import types
from collections.abc import Callable, Mapping
from typing import Any

from whynorm.source.files import Function, Source
from whynorm.source.places import dotted
from whynorm.source.running import DEEPEST, Value, last_name
from whynorm.source.values import behind

UNKNOWN = object()
"""What cannot be said without running the program's own code."""

Scopes = Callable[[Source, Function | ast.Lambda | None], Mapping[str, Any]]
"""The variables of a function that is still running; without a function those of the file's module."""

_CONTAINERS: Mapping[str, Callable[..., Any]] = {"dict": dict, "list": list, "tuple": tuple}
_OPERATORS: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.BitOr: operator.or_,
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
}
_PLAIN = (int, float, str, dict, list, tuple)


def value_of(value: Value, scopes: Scopes, depth: int = 0) -> Any:
    """The object itself, or one that is equal to it; `UNKNOWN` where a call of the program's would have to be made."""
    node, where, _ = value
    if depth > DEEPEST:
        return UNKNOWN

    def of(part: ast.expr) -> Any:
        return value_of(Value(part, where), scopes, depth + 1)

    try:
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            return _named(node, value, scopes, depth)
        if isinstance(node, ast.Attribute):
            return _attribute(of(node.value), node.attr)
        if isinstance(node, ast.Subscript):
            holder, key = of(node.value), of(node.slice)
            found: Any = holder if isinstance(holder, dict | list | tuple) else {}
            return found[key] if isinstance(key, str | int) else UNKNOWN
        if isinstance(node, ast.Tuple | ast.List):
            elements = [of(part) for part in node.elts]
            return UNKNOWN if UNKNOWN in elements else tuple(elements) if isinstance(node, ast.Tuple) else elements
        if isinstance(node, ast.Dict):
            return _dictionary(node, of)
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
            sides = of(node.left), of(node.right)
            return _OPERATORS[type(node.op)](*sides) if all(isinstance(one, _PLAIN) for one in sides) else UNKNOWN
        if isinstance(node, ast.Call):
            return _called(node, of)
    except (TypeError, KeyError, IndexError, ZeroDivisionError, ValueError):
        return UNKNOWN
    return UNKNOWN


def leaves_a_trace(source: Source) -> bool:
    """Whether a constructor in a file does more than fill its object: it counts, registers, or opens something."""
    for function in ast.walk(source.tree):
        if not isinstance(function, ast.FunctionDef) or function.name != "__init__":
            continue
        own = {one.arg for one in ast.walk(function) if isinstance(one, ast.arg)}
        own |= {one.id for one in ast.walk(function) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
        for node in ast.walk(function):
            if isinstance(node, ast.Global | ast.Nonlocal):
                return True
            written = isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store)
            if written and isinstance(node, ast.expr) and dotted(_holder(node)) not in own:
                return True
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("open", "next"):
                return True
    return False


def _holder(node: ast.expr) -> ast.expr:
    """What an attribute or an element is one of, in the end."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node


def _named(node: ast.Name, value: Value, scopes: Scopes, depth: int) -> Any:
    where = value.where
    own = scopes(where.source, where.function) if where.function is not None else {}
    if node.id in own:
        return own[node.id]
    found = behind(value)
    if found is not None and (found.where.function is not None or where.function is None):
        known = value_of(found, scopes, depth + 1)
        if known is not UNKNOWN:
            return known
    return scopes(where.source, None).get(node.id, getattr(builtins, node.id, UNKNOWN))


def _attribute(holder: Any, name: str) -> Any:
    """An attribute, without running a property."""
    if isinstance(holder, types.ModuleType):
        return getattr(holder, name, UNKNOWN)
    return getattr(holder, "__dict__", {}).get(name, UNKNOWN)


def _dictionary(node: ast.Dict, of: Callable[[ast.expr], Any]) -> Any:
    found: dict[Any, Any] = {}
    for key, part in zip(node.keys, node.values, strict=True):
        value = of(part)
        if value is UNKNOWN:
            return UNKNOWN
        found |= value if key is None else {of(key): value}
    return found


def _called(node: ast.Call, of: Callable[[ast.expr], Any]) -> Any:
    """What copies, and readers of texts, give; nothing else is called."""
    given = [of(one) for one in node.args]
    named = {one.arg: of(one.value) for one in node.keywords}
    if UNKNOWN in given or UNKNOWN in named.values():
        return UNKNOWN
    name, func = last_name(node), node.func
    if isinstance(func, ast.Name) and name in _CONTAINERS:
        spread = named.pop(None, {})
        return _CONTAINERS[name](*given, **spread, **{key: one for key, one in named.items() if key is not None})
    if name in ("copy", "deepcopy") and len(given) == 1:
        return copy.deepcopy(given[0]) if isinstance(given[0], _PLAIN) else UNKNOWN
    if name in ("loads", "safe_load") and len(given) == 1 and isinstance(given[0], str):
        yaml = sys.modules.get("yaml")
        return json.loads(given[0]) if name == "loads" else yaml.safe_load(given[0]) if yaml is not None else UNKNOWN
    if isinstance(func, ast.Attribute) and name in ("get", "copy"):
        holder = of(func.value)
        return getattr(holder, name)(*given) if isinstance(holder, dict) else UNKNOWN
    return UNKNOWN
