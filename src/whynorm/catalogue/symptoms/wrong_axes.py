from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.shapes import names_at, sizes
from whynorm.facts import Call, axis_names
from whynorm.facts.words import listed


@symptom(
    "wrong-axes",
    causes=("wrong-norm-kind", "signature-confusion", "channels-first", "channels-last", "sequence-order"),
    silent=("norm",),
    doubtful=lambda call: call.regrouped or in_either_order(call) or names_another(call),
)
def wrong_axes(call: Call) -> Shown | None:
    """It runs, but averages over, or keeps, other axes than meant.

    ## What shows

    Nothing raises, since the sizes happen to fit: a `LayerNorm(64)` on maps 64 wide, a `BatchNorm1d(20)` on series
    of 20 steps with 20 features. The statistics are then taken over the wrong axes. Compare the picture of the
    reading with what is meant:

    * one statistic for each sample and channel: instance norm;
    * one for each channel, over the batch: batch norm;
    * one for each sample, or position: layer norm.

    Or a `view` stands where a `permute` is meant: `maps.view(N, H * W, C)` of maps `(N, C, H, W)` has the right
    sizes, and cuts each channel into pieces.

    ```python silent torch
    import torch
    from torch import nn

    maps = nn.Conv2d(3, 16, 4, stride=4)(torch.randn(2, 3, 32, 32))
    wrong = nn.LayerNorm(16)(maps.view(2, 64, 16))
    right = nn.LayerNorm(16)(maps.flatten(2).transpose(1, 2))
    assert not torch.allclose(wrong, right)
    ```

    `whynorm check` draws it for your own shape.

    ```python silent keras
    import keras

    # Not instance norm: the channels are averaged over as well, and keep their levels.
    levels = keras.ops.ones((1, 8, 8, 3)) * keras.ops.convert_to_tensor([0.0, 1.0, 5.0])
    images = levels + keras.random.normal((1, 8, 8, 3))
    result = keras.layers.LayerNormalization(axis=[1, 2, 3])(images)
    assert keras.ops.max(keras.ops.abs(keras.ops.mean(result, axis=(1, 2)))) > 0.5
    ```

    ```python works keras
    import keras

    levels = keras.ops.ones((1, 8, 8, 3)) * keras.ops.convert_to_tensor([0.0, 1.0, 5.0])
    images = levels + keras.random.normal((1, 8, 8, 3))
    result = keras.layers.GroupNormalization(groups=-1, axis=-1)(images)
    assert keras.ops.max(keras.ops.abs(keras.ops.mean(result, axis=(1, 2)))) < 0.01
    ```
    """
    reading, shape = call.reading, call.shape
    if call.raised is not None or reading is None or shape is None or len(shape) < 2:
        return None
    if call.torn is not None:
        by_channel = reading.channel_axis is not None
        axis, held = (reading.channel_axis, "channels") if by_channel else (reading.averages[0], "features")
        return Shown(
            "warning",
            f"{call.name} takes axis {axis} of {sizes(shape)} for its {held}, and a reshape before it has filled "
            f"that axis with values of several positions: channels and positions are mixed",
        )
    if averages_all(call):
        also = ", and it has a scale for every single position" if reading.parameter_axes else ""
        return Shown(
            "warning" if _is_meant_as_instance_norm(call) else "note",
            f"{call.name} averages over {_over(call)} of {sizes(shape)} at once, the channels with the positions: "
            f"that is not instance norm{also}",
        )
    if belies_its_name(call):
        return Shown(
            "warning",
            f"{call.name} is called an instance norm, and averages over {_over(call)} of {sizes(shape)}: one statistic "
            "for each sample and channel is taken over its positions alone",
        )
    if reading.family == "batch" and 0 in reading.keeps:
        return Shown("warning", f"{call.name} keeps axis 0 of {sizes(shape)}, the batch, and averages over all others")
    table = call.measured.columns if call.measured is not None else None
    if table is not None and table.lost:
        return Shown(
            "warning",
            f"{call.name} has one mean and one variance for all {table.of} columns of {sizes(shape)}, whose "
            f"deviations lie from {table.deviations[0]:.2g} to {table.deviations[1]:.2g}: the small ones are lost",
        )
    if averages_batch(call):
        return Shown(
            "warning",
            f"{call.name} averages over axis 0 of {sizes(shape)}, the batch: what it gives for a sample changes with "
            "those beside it",
        )
    if averages_together(call):
        return Shown(
            "warning",
            f"{call.name} averages over {_over(call)} of {sizes(shape)}: an instance norm has statistics of each "
            "sample and each channel by itself",
        )
    if averages_positions(call):
        return Shown(
            "warning",
            f"{call.name} averages over axis 1 of {sizes(shape)}, which holds the positions, for each feature by "
            "itself: the layer that these come from has its features on axis 2",
        )
    if averages_another(call):
        axis, last = call.channel_axis or 0, len(shape) - 1
        count = f"{shape[axis]} as well" if shape[axis] == shape[last] else str(shape[axis])
        return Shown(
            "warning",
            f"{call.name} averages over axis {last} of {sizes(shape)}, {axis_names(shape)[last]}, for each channel by "
            f"itself: the channels, {count}, stand on axis {axis}",
        )
    if keeps_another(call):
        return Shown(
            "warning",
            f"{call.name} takes axis {reading.channel_axis} of {sizes(shape)} for the channels, and the layers "
            f"around it have them on axis {call.channel_axis}",
        )
    return None


def names_another(call: Call) -> bool:
    """Whether a norm of series was told of another axis than the last: those around it tell which is meant."""
    reading, shape = call.reading, call.shape
    if reading is None or shape is None or len(shape) != 3 or "axis" not in call.arguments:
        return False
    if reading.family in ("layer", "rms"):
        return reading.averages == (1,)
    return reading.family in ("batch", "instance", "group") and reading.channel_axis == 1


def averages_all(call: Call) -> bool:
    """Whether a layer norm was told to average over every axis of a sample, channels and positions alike.

    Without parameters that is a norm of its own right, unless the program calls it an instance norm; with a scale for
    each position it is the layer norm of some papers.
    """
    reading, shape, named = call.reading, call.shape, call.arguments.get("axis")
    if reading is None or shape is None or reading.family != "layer" or not isinstance(named, tuple):
        return False
    if len(shape) < 4 or reading.averages != tuple(range(1, len(shape))):
        return False
    return bool(reading.parameter_axes) or _is_meant_as_instance_norm(call)


def _over(call: Call) -> str:
    """The axes that a norm averages over, in words."""
    return listed(names_at(call)[axis] for axis in call.reading.averages) if call.reading is not None else ""


def belies_its_name(call: Call) -> bool:
    """Whether the program calls a norm of another kind an instance norm, and it does not average as one."""
    reading, shape = call.reading, call.shape
    if reading is None or shape is None or len(shape) < 3 or reading.unbatched or not any(map(_names_it, call.named)):
        return False
    known = call.channel_axis if call.channel_axis is not None else reading.channel_axis
    kept = [(0, axis) for axis in ((1, len(shape) - 1) if known is None else (known,))]
    if reading.family == "batch":
        return reading.source == "batch" and shape[0] > 1
    if reading.family not in ("layer", "rms", "group") or all(shape[axis] == 1 for _, axis in kept):
        return False
    return reading.keeps not in kept


def _names_it(name: str) -> bool:
    """Whether a name says instance norm, and no other norm beside it."""
    plain = name.lower().replace("_", "")
    return "instancenorm" in plain and not any(other in plain for other in ("layer", "batch", "group"))


def _is_meant_as_instance_norm(call: Call) -> bool:
    """Whether the program calls it one where it is built, or calls the layer alone, to see what it does."""
    written = call.built.code if call.built is not None else ""
    said = any("instancenorm" in text.lower().replace("_", "").replace(" ", "") for text in (*call.named, written))
    return said or not call.path


def averages_batch(call: Call) -> bool:
    """Whether a norm of single samples was told to average over the batch."""
    reading = call.reading
    return reading is not None and reading.family in ("layer", "rms", "unit") and 0 in reading.averages


def averages_positions(call: Call) -> bool:
    """Whether a layer norm was told to average over the positions of a series of features."""
    reading, shape = call.reading, call.shape
    if reading is None or shape is None or len(shape) != 3 or reading.family not in ("layer", "rms"):
        return False
    return reading.averages == (1,) and call.channel_axis == 2 and "axis" in call.arguments


def averages_together(call: Call) -> bool:
    """Whether an instance norm takes several samples, or all channels, together."""
    reading = call.reading
    if reading is None or reading.family != "instance" or reading.unbatched:
        return False
    return 0 in reading.averages or reading.channel_axis is None


def in_either_order(call: Call) -> bool:
    """Whether the sizes alone do not tell in which order the axes are meant."""
    return call.reading is not None and call.shape is not None and call.reading.leaves_open(call.shape)


def averages_another(call: Call) -> bool:
    """Whether a layer norm averages over an axis that is only as large as the one that holds the channels."""
    reading, shape, axis = call.reading, call.shape, call.channel_axis
    if reading is None or shape is None or axis is None or reading.family not in ("layer", "rms"):
        return False
    return len(shape) > 2 and len(reading.averages) == 1 and axis not in reading.averages and in_either_order(call)


def keeps_another(call: Call) -> bool:
    """Whether a norm over channels looks for them on another axis than the layers around it."""
    reading, shape, axis = call.reading, call.shape, call.channel_axis
    if reading is None or shape is None or len(shape) < 3 or reading.channel_axis is None or axis is None:
        return False
    if "axis" in call.arguments and (shape[axis] == 1 or reading.channel_axis not in (1, len(shape) - 1)):
        return False  # the bins of a spectrogram are meant: no order of axes has the channels there, or there is one
    return reading.family in ("batch", "instance", "group") and not reading.unbatched and reading.channel_axis != axis
