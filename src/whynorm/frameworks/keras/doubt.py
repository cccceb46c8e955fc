"""Which layers a symbolic call is wrong about: they are asked really though the trace went through.

Found by comparing random layers with what they do, on every backend (`python -m tests.fuzz.keras`).
"""

from collections.abc import Sequence

import keras

from whynorm.facts import Value
from whynorm.frameworks.keras.layers import role


def doubtful(layer: keras.Layer, inputs: Sequence[Value]) -> bool:
    """Whether the trace's answer is not to be trusted for a call of this layer."""
    if any(0 in value.shape or not value.dtype.startswith(("float", "bfloat")) for value in inputs):
        return True
    axis = getattr(layer, "axis", None)
    if axis is None or not inputs:
        return False
    axes, rank = list(axis) if isinstance(axis, list | tuple) else [axis], len(inputs[0].shape)
    if not all(isinstance(number, int) and -rank <= number < rank for number in axes):
        return True
    return len({number % rank for number in axes}) < len(axes)


def deadly(layer: keras.Layer, inputs: Sequence[Value]) -> bool:
    """Whether asking this layer would end the process.

    TensorFlow (2.21 on CPU) divides by zero in a max pooling without padding whose window is larger than what is
    there by less than two strides: SIGFPE.
    """
    if keras.backend.backend() != "tensorflow" or role(layer) != "pool" or not inputs:
        return False
    kernel, strides = getattr(layer, "pool_size", None), getattr(layer, "strides", None)
    shape = inputs[0].shape
    if getattr(layer, "padding", None) != "valid" or not isinstance(kernel, tuple) or len(shape) != len(kernel) + 2:
        return False
    sizes = shape[2:] if layer.data_format == "channels_first" else shape[1:-1]
    each = zip(sizes, kernel, strides or kernel, strict=True)
    return any(-stride < size - window + stride <= 0 for size, window, stride in each)
