"""Statements of the program that write into a tensor which an object holds."""

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from whynorm.facts import Location
from whynorm.source.files import Source
from whynorm.source.running import program


class Written(NamedTuple):
    """The first statement of a block that writes into a tensor in place."""

    location: Location
    tensor: str
    """The tensor, as it is written there: `self.running_mean`."""


def writes(names: Sequence[str], owner: str) -> tuple[Written, ...]:
    """Where tensors that are held by these names are written into.

    In the class of this name where it does so itself, else in the program's functions, of whatever object.
    """
    found = [(source, statement, tensor) for source in program() for statement, tensor in _in(source, names)]
    own = [one for one in found if _is_own(one[2]) and _class(*one[:2]) == owner]
    others = [one for one in found if not _is_own(one[2])]
    first: dict[tuple[str, int, str], Written] = {}
    for source, statement, tensor in own or others:
        block = source.parents[statement]
        text = source.segment(tensor)
        first.setdefault((source.file, id(block), text), Written(source.location(statement), text))
    return tuple(first.values())


def _in(source: Source, names: Sequence[str]) -> Iterator[tuple[ast.stmt, ast.Attribute]]:
    for node in ast.walk(source.tree):
        target = _target(node)
        if not isinstance(node, ast.stmt) or not isinstance(target, ast.Attribute) or target.attr not in names:
            continue
        if not any(isinstance(one, ast.Call) for one in ast.walk(target)):
            yield node, target


def _target(node: ast.AST) -> ast.expr | None:
    """What a statement writes into, if it writes in place."""
    if isinstance(node, ast.AugAssign):
        return node.target.value if isinstance(node.target, ast.Subscript) else node.target
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
        return node.targets[0].value
    called = node.value if isinstance(node, ast.Expr) else None
    in_place = False
    while isinstance(called, ast.Call) and isinstance(called.func, ast.Attribute):
        in_place = called.func.attr.endswith("_") and not called.func.attr.endswith("__")
        called = called.func.value
    return called if in_place else None


def _is_own(tensor: ast.Attribute) -> bool:
    return isinstance(tensor.value, ast.Name) and tensor.value.id == "self"


def _class(source: Source, statement: ast.stmt) -> str | None:
    owner = source.owner(statement)
    return owner.name if owner is not None else None
