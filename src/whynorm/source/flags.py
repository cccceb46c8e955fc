"""The argument by which a function of the program is told whether to build a layer."""

import ast
from typing import NamedTuple

from whynorm.facts import Location
from whynorm.source.files import Function, Source
from whynorm.source.places import call_at, source_at


class Flag(NamedTuple):
    """An argument of a function or class of the program."""

    callee: str
    name: str
    position: int
    """Among the arguments of a call."""
    off: bool
    """With this value the layer is not built."""


def flag_at(location: Location, callee: str) -> Flag | None:
    """The argument that decides whether the layer that `callee` builds on this line is built; None without one."""
    source = source_at(location)
    call = call_at(source, location, callee) if source is not None else None
    around = source.function(call) if source is not None and call is not None else None
    if source is None or call is None or around is None:
        return None
    owner = source.owner(around)
    names = [one.arg for one in (*around.args.posonlyargs, *around.args.args)]
    method = owner is not None and around.name == "__init__"
    if owner is not None and not method:
        return None
    for test, built in _tests(source, call, around):
        wanted = not built if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) else built
        named = test.operand if isinstance(test, ast.UnaryOp) else test
        if isinstance(named, ast.Name) and named.id in names:
            name = owner.name if owner is not None else around.name
            return Flag(name, named.id, names.index(named.id) - method, not wanted)
    return None


def _tests(source: Source, call: ast.Call, around: Function) -> list[tuple[ast.expr, bool]]:
    """The conditions around a call within its function, innermost first, each with the side on which it stands."""
    found: list[tuple[ast.expr, bool]] = []
    below: ast.AST = call
    for node in source.up(call):
        if node is around:
            break
        if isinstance(node, ast.If) and below is not node.test:
            found.append((node.test, below in node.body))
        elif isinstance(node, ast.IfExp) and below is not node.test:
            found.append((node.test, below is node.body))
        below = node
    return found
