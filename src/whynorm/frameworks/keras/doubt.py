"""Which layers a symbolic call is wrong about: they are asked really though the trace went through."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras

from whynorm.facts import Value


def doubtful(layer: keras.Layer, inputs: Sequence[Value], keywords: Mapping[str, Any]) -> bool:
    """Whether the trace's answer is not to be trusted for a call of this layer."""
    return any(0 in value.shape for value in inputs)
