"""Tensors and exceptions as facts, and which tensor is which along one pass."""

from typing import Any

import keras
from keras import tree

from whynorm.facts import Open, Raised, Value


def is_tensor(thing: object) -> bool:
    """Whether this is a tensor of the backend, or a symbolic one."""
    return isinstance(thing, keras.KerasTensor) or bool(keras.ops.is_tensor(thing))


def shape_of(tensor: Any) -> tuple[int, ...]:
    """A tensor's shape as plain numbers; an open size is `Open`."""
    shape = tensor.shape
    if getattr(shape, "rank", 0) is None:
        return ()
    return tuple(Open() if size is None else _number(size) for size in shape)


def shapes_of(outputs: Any) -> list[tuple[int | None, ...]]:
    """The shapes in what a call gave."""
    return [tuple(one.shape) for one in tree.flatten(outputs) if hasattr(one, "shape")]


def _number(size: Any) -> int:
    """A size as a plain number; one that is symbolic in the trace is open."""
    try:
        return int(size)
    except Exception:  # noqa: BLE001 - JAX has errors of its own for a symbolic size
        return Open()


def raised_of(error: BaseException) -> Raised:
    """An exception as a fact, in the framework's words."""
    return Raised(type(error).__name__, str(error))


class Spec:
    """The shape and type of one tensor to hand over."""

    def __init__(self, shape: tuple[int | None, ...], dtype: str) -> None:
        self.shape = shape
        self.dtype = dtype


class Known:
    """The tensors of one pass: each keeps its number, for as long as the pass goes on."""

    def __init__(self) -> None:
        self._alive: list[object] = []
        self._ids: dict[int, int] = {}

    def value(self, tensor: Any) -> Value:
        """A tensor as a fact."""
        self._alive.append(tensor)
        number = self._ids.setdefault(id(tensor), len(self._ids) + 1)
        return Value(number, shape_of(tensor), keras.backend.standardize_dtype(tensor.dtype))

    def values(self, given: Any) -> tuple[Value, ...]:
        """The tensors in what a call was given, or gave."""
        return tuple(self.value(thing) for thing in tree.flatten(given) if is_tensor(thing))

    def same(self, tensor: Any, number: int) -> None:
        """Another tensor is the one of this number, converted."""
        self._alive.append(tensor)
        self._ids[id(tensor)] = number
