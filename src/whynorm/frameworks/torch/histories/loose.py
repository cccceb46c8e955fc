"""Layers in a plain list or dictionary of a module: `eval()`, `parameters()` and `state_dict()` pass them by."""

import inspect
from collections.abc import Iterable
from typing import NamedTuple

from torch import nn

from whynorm.facts.history import Unregistered
from whynorm.source.attribute import attribute

_OWN = frozenset(vars(nn.Module()))


class Loose(NamedTuple):
    """Where a layer is held."""

    owner: type[nn.Module]
    name: str
    """Of the attribute."""
    container: str
    """What would register it."""


def loose(root: nn.Module, layer: nn.Module) -> Loose | None:
    """Where a layer is held that is no part of the network which calls it; None where it is not found."""
    for module in root.modules():
        for name, value in vars(module).items():
            if name in _OWN or not isinstance(value, list | tuple | dict):
                continue
            held: Iterable[object] = value.values() if isinstance(value, dict) else value
            if any(isinstance(one, nn.Module) and any(part is layer for part in one.modules()) for one in held):
                return Loose(type(module), name, "ModuleDict" if isinstance(value, dict) else "ModuleList")
    return None


def unregistered(found: Loose) -> Unregistered | None:
    """The line that makes the list; None where it is not the program's, or not found."""
    try:
        file = inspect.getfile(found.owner)
    except (OSError, TypeError):
        return None
    made = attribute(file, found.owner.__name__, found.name)
    if made is None:
        return None
    place, written, module = made
    return Unregistered(place, found.owner.__name__, found.name, written, f"{module}{found.container}")
