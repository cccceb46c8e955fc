"""A library's network built again from what the program wrote: where it does not remember its own settings."""

import ast
import inspect
from collections.abc import Iterator
from typing import NamedTuple

from torch import nn

from whynorm.facts import Location
from whynorm.frameworks.torch import places
from whynorm.source.built import reached
from whynorm.source.places import call_at, source_at
from whynorm.source.running import Value, Where
from whynorm.source.values import evaluate


class Network(NamedTuple):
    """A library's module as the program builds it."""

    path: str
    type: str
    built: Location
    arguments: dict[str, object]
    """What it is given, by the names of its constructor's parameters."""
    order: tuple[str, ...]
    """The names of all of them, as they stand."""


def library_network(root: nn.Module, path: str) -> Network | None:
    """The outermost module of a library on the way to this layer, where its arguments are written out."""
    parts = places.parts_of(root, path)
    for number, part in enumerate(parts[:-1]):
        if places.owner(part.file) != "library":
            continue
        own = ".".join(one.name for one in parts[1 : number + 1])
        module = root.get_submodule(own)
        built = places.built(root, own, module, ())
        given = arguments(module, built)
        return (
            None
            if built is None or given is None
            else Network(own, part.type, built, given, tuple(inspect.signature(type(module)).parameters))
        )
    return None


def arguments(module: nn.Module, built: Location | None) -> dict[str, object] | None:
    """The arguments with which a module is built at this place; None where one of them is no plain value there."""
    source = source_at(built) if built is not None else None
    call = call_at(source, built, type(module).__name__) if source is not None and built is not None else None
    if source is None or call is None or built is None:
        return None
    where = reached(built, source, call)
    positional = [evaluate(Value(one, where)) for one in call.args]
    named = dict(_keywords(call, where))
    if any(isinstance(one, ast.Starred) for one in call.args) or not all(
        map(_is_plain, (*positional, *named.values()))
    ):
        return None
    try:
        bound = inspect.signature(type(module)).bind(*positional, **named)
    except (TypeError, ValueError):
        return None
    return dict(bound.arguments)


def _keywords(call: ast.Call, where: Where) -> Iterator[tuple[str, object]]:
    for one in call.keywords:
        value = evaluate(Value(one.value, where))
        if one.arg is not None:
            yield one.arg, value
        elif isinstance(value, dict):
            yield from value.items()
        else:
            yield "**", object()


def _is_plain(value: object) -> bool:
    if isinstance(value, dict):
        return all(map(_is_plain, value.values()))
    if isinstance(value, tuple | list):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, bool | int | float | str)
