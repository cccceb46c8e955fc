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
    dropout: str | None
    """The path of the network's first dropout."""

    @property
    def built(self) -> Location | None:
        """Where it is built, by the source alone."""
        return places.built_by(self.parts, self.required)


def described(root: nn.Module, path: str, norm: nn.Module, shape: tuple[int, ...]) -> Described:
    """The norm at this path of a network, called with an input of this shape."""
    call = Call(
        type(norm).__name__,
        "norm",
        path,
        layers.built_as(norm),
        inputs=(Value(0, shape, "float32"),),
        arguments=layers.settings(norm),
        reading=readings.of_layer(norm, shape),
    )
    return Described(
        call, places.parts_of(root, path), layers.required(norm), frozen_part(root, path), first_dropout(root)
    )


def first_dropout(root: nn.Module) -> str | None:
    """The path of the first layer of a network that drops values in training."""
    dropouts = (path for path, one in root.named_modules() if isinstance(one, nn.modules.dropout._DropoutNd) and one.p)
    return next(dropouts, None)


def frozen_part(root: nn.Module, path: str) -> str | None:
    """The path of the largest part around a layer of which no parameter requires gradients; None where there is none.

    The empty path is the network itself.
    """
    frozen = None
    while not any(one.requires_grad for one in root.get_submodule(path).parameters()):
        frozen = path
        if not path:
            break
        path = path.rpartition(".")[0]
    return frozen
