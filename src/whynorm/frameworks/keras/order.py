"""Where the channels stand along a pass: no layer of Keras says so of a tensor, but those around it do."""

from collections.abc import Sequence

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

    def around(call: Call) -> int | None:
        if call.role != "norm" or not orders or len(call.shape or ()) < 4:
            return call.channel_axis
        return 1 if first else len(call.shape or ()) - 1

    calls = [
        call._replace(inputs=placed(call.inputs), outputs=placed(call.outputs), channel_axis=around(call))
        for call in recorded
    ]
    return Trace(placed(inputs), calls)
