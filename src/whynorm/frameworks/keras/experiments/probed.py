"""The axes over which a norm of the program's own averages: one value is changed, and it is seen where that is felt."""

import ast
import inspect
from collections.abc import Iterator
from typing import Any
from weakref import WeakKeyDictionary

import keras
import numpy

from whynorm.facts import Location, Open
from whynorm.frameworks.keras.ask import eager
from whynorm.frameworks.keras.backends import current
from whynorm.frameworks.keras.experiments.samples import Numbers, values_of
from whynorm.frameworks.keras.kept import kept
from whynorm.source.files import Source, read

FEW = 4
"""So many positions are enough along an axis that no weight has."""
_known: "WeakKeyDictionary[keras.Layer, tuple[int, ...] | None]" = WeakKeyDictionary()


def averages(layer: keras.Layer) -> tuple[int, ...] | None:
    """The axes over which a layer that was probed takes its statistics; None where that is not known."""
    return _known.get(layer)


def probe(layer: keras.Layer, shape: tuple[int, ...]) -> None:
    """Find out over which axes a layer averages, on a small input of this kind; once for each layer."""
    if layer in _known:
        return
    _known[layer] = None
    if not 3 <= len(shape) <= 5 or not layer.built or any(isinstance(size, Open) for size in shape[1:]):
        return
    try:
        _known[layer] = _felt(layer, shape)
    except Exception:  # noqa: BLE001 - a layer that does not take such an input is not known
        return


def _felt(layer: keras.Layer, shape: tuple[int, ...]) -> tuple[int, ...] | None:
    weighed = {int(size) for weight in layer.weights for size in weight.shape}
    small = (2, *(size if size in weighed else min(size, FEW) for size in shape[1:]))
    values = numpy.random.default_rng(0).normal(size=small).astype("float32")
    plain = _made(layer, values)
    if plain.shape != values.shape or numpy.ptp(plain) == 0 or not numpy.isfinite(plain).all():
        return None
    first = (0,) * len(small)
    found = []
    for axis in (axis for axis, size in enumerate(small) if size > 1):
        changed = values.copy()
        changed[tuple(int(number == axis) for number in range(len(small)))] += 5
        if abs(_made(layer, changed)[first] - plain[first]) > 1e-4:
            found.append(axis)
    return tuple(found)


def _made(layer: keras.Layer, values: Any) -> Numbers:
    with kept(layer), current().real(), eager(stateful=False):
        return values_of(layer.call(keras.ops.convert_to_tensor(values, dtype=layer.compute_dtype)))


def axes_written(layer: keras.Layer, axes: tuple[int, ...], rank: int) -> tuple[Location, str] | None:
    """Where the layer's class writes just these axes, in its `call`, and how."""
    try:
        file = inspect.getsourcefile(type(layer))
    except TypeError:
        return None
    source = read(file) if file is not None else None
    found = list(_literals(source, type(layer).__name__, axes, rank)) if source is not None else []
    return (source.location(found[0]), source.segment(found[0])) if source is not None and len(found) == 1 else None


def _literals(source: Source, kind: str, axes: tuple[int, ...], rank: int) -> Iterator[ast.expr]:
    for owner in ast.walk(source.tree):
        if isinstance(owner, ast.ClassDef) and owner.name == kind:
            for node in ast.walk(owner):
                if isinstance(node, ast.List | ast.Tuple) and isinstance(node.ctx, ast.Load):
                    numbers = _numbers(node)
                    if numbers is not None and sorted(number % rank for number in numbers) == list(axes):
                        yield node


def _numbers(node: ast.expr) -> list[int] | None:
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return None
    whole = all(type(one) is int for one in value)
    return list(value) if whole and value else None
