"""A function of the program as it is being run: who called it with what, and what its names are then."""

import ast
import os
import sys
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from whynorm.source import flow
from whynorm.source.files import Function, Source, is_library, read

_STEPS = {"training_step", "validation_step", "test_step", "predict_step", "compute_loss"}
DEEPEST = 60


class Where(NamedTuple):
    """A function as it is being run: what called it, and with what."""

    source: Source
    function: Function | ast.Lambda | None = None
    call: ast.Call | None = None
    caller: "Where | None" = None
    given: tuple[tuple[str, "Value"], ...] = ()
    """Parameters that something else than the call gives: the batch of a collate function."""
    itself: "Instance | None" = None
    """What `self` is."""


class Instance(NamedTuple):
    """An object of one of the program's classes, as it is built."""

    source: Source
    owner: ast.ClassDef
    call: ast.Call | None
    where: Where | None


class Pick:
    """One element is taken of a value: each in turn (key None), or by a number or a key."""

    def __init__(self, key: object) -> None:
        self.key = key


class Value(NamedTuple):
    node: ast.expr
    where: Where
    picks: tuple[Pick, ...] = ()


def function_at(source: Source, name: str, line: int) -> Function | None:
    """The innermost function of this name around a line."""
    found = [
        node
        for node in ast.walk(source.tree)
        if isinstance(node, Function) and node.name == name and node.lineno <= line <= (node.end_lineno or 0)
    ]
    return max(found, key=lambda node: node.lineno, default=None)


def inside(defined: flow.Defined, where: Where) -> Where:
    """The function in which a definition stands, as it is being run."""
    around = defined.source.function(defined.node)
    at: Where | None = where
    while at is not None:
        if at.source is defined.source and at.function is around:
            return at
        at = at.caller
    return Where(defined.source, around)


def parameter(name: str, where: Where) -> Value | None:
    """What a parameter of the function is in this run of it: by the call, else by the first call that there is."""
    function = where.function
    if function is None:
        return None
    if where.call is not None and where.caller is not None:
        given = flow.bound(function, where.call, bound_self=is_method(where.source, function))
        if name in given:
            return Value(given[name], where.caller)
        value = flow.default(function, name)
        return Value(value, Where(where.source)) if value is not None else None
    called = getattr(function, "name", "")
    if called in _STEPS:  # a training framework calls it, with a batch of a loader
        loaders = [call for call in where.source.calls if last_name(call) == "DataLoader"]
        return Value(loaders[0], _around(where.source, loaders[0]), (Pick(None),)) if loaders else None
    for source, call in sites(where.source, function):
        given = flow.bound(function, call, bound_self=is_method(where.source, function))
        if name in given:
            return Value(given[name], _around(source, call))
    value = flow.default(function, name)
    return Value(value, Where(where.source)) if value is not None else None


def _around(source: Source, node: ast.AST) -> Where:
    return Where(source, source.function(node))


def sites(source: Source, function: Function | ast.Lambda) -> list[tuple[Source, ast.Call]]:
    """The calls of a function in its own file and in those of the program that are loaded; of its class, for
    `__init__`."""
    if isinstance(function, ast.Lambda):
        return []
    owner = source.parents.get(function)
    name = owner.name if function.name == "__init__" and isinstance(owner, ast.ClassDef) else function.name
    return [
        (other, call)
        for other in (source, *(one for one in program() if one.file != source.file))
        for call in other.calls
        if last_name(call) == name and other.function(call) is not function
    ]


def program() -> Iterator[Source]:
    """The files of the user's program that this process has loaded."""
    for file in _files(len(sys.modules)):
        source = read(file)
        if source is not None:
            yield source


_OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


@lru_cache(maxsize=1)
def _files(loaded: int) -> tuple[str, ...]:
    """The user's files among this many loaded modules."""
    # Each once: the main module has a second name for processes that are spawned.
    files = dict.fromkeys(getattr(module, "__file__", None) for module in list(sys.modules.values()))
    named = (file for file in files if isinstance(file, str) and file.endswith(".py"))
    return tuple(file for file in named if not is_library(file) and not file.startswith(_OURS))


def is_method(source: Source, function: Function | ast.Lambda) -> bool:
    """Whether a function has a first parameter that no call writes."""
    if not isinstance(source.parents.get(function), ast.ClassDef) or isinstance(function, ast.Lambda):
        return False
    return not any(isinstance(one, ast.Name) and one.id == "staticmethod" for one in function.decorator_list)


def building(instance: Instance, defined: flow.Defined) -> Where:
    """The constructor in which an attribute is given, as it built this object."""
    function = defined.source.function(defined.node)
    itself = Where(defined.source, function, instance.call, instance.where, itself=instance)
    if defined.source.owner(defined.node) in (instance.owner, None):
        return itself
    own = flow.method(instance.source, instance.owner, "__init__")
    if own is None or own.node is function or not isinstance(own.node, Function):
        return itself
    derived = Where(own.source, own.node, instance.call, instance.where, itself=instance)
    for call in own.source.calls:
        if last_name(call) == "__init__" and own.source.function(call) is own.node:
            return Where(defined.source, function, call, derived, itself=instance)
    return itself


def instance_of(node: ast.expr, where: Where, depth: int) -> Instance | None:
    """The object of one of the program's classes that an expression gives."""
    if depth > DEEPEST:
        return None
    if isinstance(node, ast.Name):
        if node.id == "self":
            owner = where.source.owner(where.function) if where.function is not None else None
            return where.itself or (Instance(where.source, owner, None, None) if owner is not None else None)
        defined = flow.definition(where.source, node, node.id)
        if isinstance(defined, ast.arg):
            given = parameter(defined.arg, where)
            return instance_of(given.node, given.where, depth + 1) if given is not None and not given.picks else None
        if defined is None or not isinstance(defined.node, ast.expr):
            return None
        part = element(defined.node, defined.unpack)
        return instance_of(part, inside(defined, where), depth + 1) if part is not None else None
    if isinstance(node, ast.Attribute):
        holder = instance_of(node.value, where, depth + 1)
        for defined in flow.attribute_values(holder.source, holder.owner, node.attr) if holder is not None else ():
            part = element(defined.node, defined.unpack) if isinstance(defined.node, ast.expr) else None
            if holder is not None and part is not None:
                return instance_of(part, building(holder, defined), depth + 1)
        return None
    if isinstance(node, ast.Call):
        found = flow.callee(where.source, node.func)
        if found is None:
            return None
        if isinstance(found.node, ast.ClassDef):
            return Instance(found.source, found.node, node, where)
        if isinstance(found.node, Function):
            for value in flow.returns(found.node):
                made = instance_of(value, Where(found.source, found.node, node, where), depth + 1)
                if made is not None:
                    return made
    return None


def element(node: ast.expr, unpack: tuple[int | None, ...]) -> ast.expr | None:
    """The part of an assigned value that one of several names gets: of `a, b = A(), B()`."""
    for key in unpack:
        if not isinstance(node, ast.Tuple | ast.List) or key is None or key >= len(node.elts):
            return None
        node = node.elts[key]
    return node


def last_name(call: ast.Call) -> str:
    """The last name of what is called."""
    func = call.func
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
