"""Where the channels stand along a pass: no layer of Keras says so of a tensor, but those around it do."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras

from whynorm.facts import Call, Shape, Trace, Value


def in_order(inputs: tuple[Value, ...], recorded: Sequence[Call]) -> Trace:
    """The trace of these calls; every shape says where its channels stand, as the first layer that knows has it."""
    orders = [
        call.channel_axis
        for call in recorded
        if call.channel_axis is not None and call.role != "norm" and len(call.shape or ()) > 2
    ]
    kept = [call.reading.channel_axis for call in recorded if call.reading and call.reading.channel_axis]
    if orders or kept:
        first = (orders or kept)[0] == 1
    else:
        first = keras.config.image_data_format() == "channels_first"

    def placed(values: tuple[Value, ...]) -> tuple[Value, ...]:
        if first:
            return values
        return tuple(
            value._replace(shape=Shape(value.shape, len(value.shape) - 1)) if len(value.shape) > 2 else value
            for value in values
        )

    made = {value.id: call for call in recorded for value in call.outputs}

    def around(call: Call) -> int | None:
        if call.role == "norm" and len(call.shape or ()) == 3 and call.channel_axis is None:
            return _of_series(call, made)
        if call.role != "norm" or len(call.shape or ()) < 4 or call.channel_axis is not None:
            return call.channel_axis
        if not orders:  # what raised is held to what is set for all layers
            return 1 if call.raised is not None and keras.config.image_data_format() == "channels_first" else None
        return 1 if first else len(call.shape or ()) - 1

    calls = [
        call._replace(inputs=placed(call.inputs), outputs=placed(call.outputs), channel_axis=around(call))
        for call in recorded
    ]
    return Trace(placed(inputs), calls)


_THROUGH = ("activation", "dropout", "add", "norm", "pad", "pool")
"""What leaves the axes of a series as they are."""
_FEATURES_LAST = ("linear", "attention", "recurrent", "embedding")


def _of_series(norm: Call, made: Mapping[int, Call]) -> int | None:
    """Where a layer that a norm's series comes from has its channels; None where none has them."""
    waiting, seen = [norm], 0
    while waiting and seen < 64:
        call, seen = waiting.pop(0), seen + 1
        for before in (made[value.id] for value in call.inputs if value.id in made):
            if before.role in _FEATURES_LAST:  # of positions alone as well, which are added to each sample
                return 2
            if len(before.outputs[0].shape) != 3:
                continue
            if before.role in ("conv", "transposed-conv"):
                return before.channel_axis
            if before.role in _THROUGH or _is_elementwise(before):
                waiting.append(before)
    return None


def _is_elementwise(call: Call) -> bool:
    """Whether an operation that was not seen (a sum written `x + y`) left the axes as they were."""
    given, got = call.inputs[0].shape, call.outputs[0].shape
    return call.type == "operation" and bool(given) and got[-len(given) :] == given


def turned(norm: keras.Layer) -> int | None:
    """Where a norm of a network's own input has what a convolution takes for channels, once `Permute` has turned it.

    None where they are not joined in just that way, or where the convolution looks at each position by itself.
    """
    before, moved = _neighbour(norm, "_inbound_nodes"), _neighbour(norm, "_outbound_nodes")
    if not isinstance(before, keras.layers.InputLayer) or not isinstance(moved, keras.layers.Permute):
        return None
    conv = _neighbour(moved, "_outbound_nodes")
    if type(conv) not in (keras.layers.Conv1D, keras.layers.Conv2D, keras.layers.Conv3D) or max(conv.kernel_size) == 1:
        return None
    return int(moved.dims[0 if conv.data_format == "channels_first" else -1])


def _neighbour(layer: keras.Layer, nodes: str) -> Any:
    """The one layer that a layer gets its input from, or gives its result to, in the graph of a model."""
    found: dict[int, Any] = {}
    for node in getattr(layer, nodes, ()):
        joined = [one.operation for one in node.parent_nodes] if nodes == "_inbound_nodes" else [node.operation]
        found.update((id(one), one) for one in joined)
    return next(iter(found.values())) if len(found) == 1 else None
