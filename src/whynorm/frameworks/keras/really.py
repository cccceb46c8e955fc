"""What a layer of the program's own really gives, where a symbolic call of it forgets sizes."""

from collections.abc import Iterator, Sequence

import keras

from whynorm.facts import Call, Open
from whynorm.frameworks.keras.kept import kept
from whynorm.frameworks.keras.layers import is_keras_own
from whynorm.frameworks.keras.tensors import shape_of


def sizes(calls: Sequence[Call], layers: Sequence[keras.Layer]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """By the path of each of these layers whose call forgot sizes, the shape that it gives for one sample.

    The layer is called on two inputs of all the same numbers; what depends on them is left out, and so is a layer with
    variables.
    """
    known = {layer.name: layer for layer in layers if not is_keras_own(layer) and not layer.variables}
    for call in calls:
        layer, shape = known.get(call.path or ""), call.shape or ()
        forgot = call.outputs and _open(call.outputs[0].shape) > _open(shape) == 0
        if layer is not None and forgot and len(shape) > 1:
            shapes = {_given(layer, (1, *shape[1:]), number) for number in (0.0, 1.0)}
            found = shapes.pop()
            if not shapes and found is not None:
                yield layer.name, found


def _open(shape: Sequence[int]) -> int:
    return sum(isinstance(size, Open) for size in shape[1:])


def _given(layer: keras.Layer, shape: tuple[int, ...], number: float) -> tuple[int, ...] | None:
    try:
        with kept(layer):
            return shape_of(layer.call(keras.ops.full(shape, number)))
    except Exception:  # noqa: BLE001 - a user's layer may refuse such an input, and nothing is known then
        return None
