"""What a norm is, noted while it is there: at the end of a program the network may be gone."""

from collections.abc import Sequence
from typing import NamedTuple

from torch import nn

from whynorm.facts import Call, Location, Value
from whynorm.frameworks.torch import layers, places, readings
from whynorm.source.built import Part


class Described(NamedTuple):
    """One norm of a network."""

    call: Call
    """A call of it, without where it is made and built."""
    parts: Sequence[Part]
    """The way to it from the network."""
    required: tuple[object, ...]
    """The settings without default, to tell several constructor calls of one type apart."""
    frozen: str | None
    """The path of the largest part around it of which no parameter requires gradients."""

    @property
    def built(self) -> Location | None:
        """Where it is built, by the source alone."""
        return places.built_by(self.parts, self.required)


def described(
    root: nn.Module, path: str, norm: nn.Module, shape: tuple[int, ...], trained: frozenset[str]
) -> Described:
    """The norm at this path of a network, called with an input of this shape; `trained` are the network's parts."""
    call = call_of(norm, shape)._replace(path=path)
    return Described(call, places.parts_of(root, path), layers.required(norm), frozen_part(trained, path))


def call_of(norm: nn.Module, shape: tuple[int, ...], dtype: str = "float32") -> Call:
    """A call of a norm on an input of this shape, as far as the norm itself says what it is."""
    return Call(
        type(norm).__name__,
        "norm",
        built_as=layers.built_as(norm),
        inputs=(Value(0, shape, dtype),),
        arguments=layers.settings(norm),
        reading=readings.of_layer(norm, shape),
    )


def trained_parts(root: nn.Module) -> frozenset[str]:
    """The paths of a network's parts in which a parameter requires gradients; the empty one is the network itself."""
    found: set[str] = set()
    for path, module in root.named_modules(remove_duplicate=False):
        if any(one is not None and one.requires_grad for one in module._parameters.values()):
            found.update(_around(path))
    return frozenset(found)


def frozen_part(trained: frozenset[str], path: str) -> str | None:
    """The path of the largest part around a layer that is none of the trained ones; None where there is none."""
    return next((part for part in _around(path) if part not in trained), None)


def _around(path: str) -> list[str]:
    """The paths of the parts around a layer, largest first, and its own."""
    names = path.split(".") if path else []
    return [".".join(names[:number]) for number in range(len(names) + 1)]
