"""What stands around a call: the loop it is in, the calls that switch the model's mode, and the names it is given."""

import ast
from typing import Literal

from whynorm.facts import Location
from whynorm.source.files import Function, Source, read
from whynorm.source.places import dotted, statement_at


def names_of(place: Location) -> tuple[str, ...]:
    """What the program calls a thing where it makes it: the variable, and the function and class around the line."""
    source = read(place.file)
    statement = statement_at(source, place.line) if source is not None else None
    if source is None or statement is None:
        return ()
    targets = statement.targets if isinstance(statement, ast.Assign) else ()
    names = [one.id if isinstance(one, ast.Name) else getattr(one, "attr", "") for one in targets]
    names += [one.name for one in (source.function(statement), source.owner(statement)) if one is not None]
    return tuple(name for name in names if name)


def loops(source: Source, node: ast.AST) -> list[ast.For | ast.AsyncFor | ast.While]:
    """The loops around a node within its function, innermost first."""
    found: list[ast.For | ast.AsyncFor | ast.While] = []
    for around in source.up(node):
        if isinstance(around, Function | ast.Lambda):
            break
        if isinstance(around, ast.For | ast.AsyncFor | ast.While):
            found.append(around)
    return found


def over(loop: ast.For | ast.AsyncFor | ast.While) -> Literal["data", "range"]:
    """Whether a loop goes over data, or over numbers."""
    iterated = loop.iter if isinstance(loop, ast.For | ast.AsyncFor) else None
    if isinstance(iterated, ast.Call) and isinstance(iterated.func, ast.Name | ast.Attribute):
        name = iterated.func.id if isinstance(iterated.func, ast.Name) else iterated.func.attr
        return "range" if name in ("range", "trange", "count") else "data"
    return "range" if iterated is None else "data"


def is_handed_on_in(inside: ast.AST, name: str) -> bool:
    """Whether a function gets what has this name inside a node."""
    return any(
        isinstance(node, ast.Call) and any(isinstance(one, ast.Name) and one.id == name for one in node.args)
        for node in ast.walk(inside)
    )


def switches(inside: ast.AST, model: str, mode: str) -> list[ast.Call]:
    """The calls of `model.train()` (or of `eval`, by `mode`) inside a node."""
    return [
        node
        for node in ast.walk(inside)
        if isinstance(node, ast.Call) and dotted(node.func) == f"{model}.{mode}" and not node.args
    ]


def is_written_in(inside: ast.AST, name: str) -> bool:
    """Whether a name is given a value inside a node."""
    return any(
        isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store) for node in ast.walk(inside)
    )
