from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.named_axis import norm_of_the_other
from whynorm.catalogue.phrases import print_shape, to_channels_last
from whynorm.catalogue.phrases import sizes as spelt
from whynorm.catalogue.program import line_of
from whynorm.catalogue.remedies.before_layer import at_layers, before_layer
from whynorm.catalogue.remedies.inputs import transform_input
from whynorm.catalogue.remedies.layer import become
from whynorm.catalogue.remedies.number import set_number
from whynorm.catalogue.shapes import at, sizes, source, wanted_channels
from whynorm.catalogue.symptoms.wrong_axes import averages_another
from whynorm.catalogue.tearing import rank_before, torn_apart
from whynorm.facts import Case, channels_of
from whynorm.facts.spelling import has_tensor_methods


@cause("channels-first")
def channels_first(case: Case) -> Because | None:
    """Channels stand second where the layer wants them last.

    A layer norm (and a linear layer) works on the last axis; convolutions leave the channels on axis 1.

    ```python fails torch
    import torch
    from torch import nn

    model = nn.Sequential(nn.Conv2d(3, 24, 3, padding=1), nn.LayerNorm(24))
    model(torch.randn(2, 3, 16, 16))
    ```

    ```python works torch
    import torch
    from torch import nn

    norm = nn.LayerNorm(24)
    maps = nn.Conv2d(3, 24, 3, padding=1)(torch.randn(2, 3, 16, 16))
    norm(maps.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
    ```

    ## Remedies and their price

    * Move the channels last and back: each position is normalised over its channels, as in ConvNeXt.
    * `GroupNorm(1, C)`: one statistic for each sample, over channels and positions. Another function.
    * An instance norm: one for each sample and channel. Another function still.
    """
    call, shape = case.call, case.call.shape
    if call.torn is not None:
        return torn_apart(case) if call.torn.axis == 1 and rank_before(case) > 3 else None
    if not shape or call.path is None:
        return None
    kept = call.reading.channel_axis if call.reading else None
    elsewhere = kept is not None and call.channel_axis not in (None, kept)
    if elsewhere and "axis" in call.arguments:
        return norm_of_the_other(case) if call.channel_axis == 1 else None
    if len(shape) < 4 or (elsewhere and call.raised is None and call.channel_axis != 1):
        return None
    if channels_of(shape) != 1:
        return _at_the_input(case) if call.raised is not None else None
    if averages_another(call) and not has_tensor_methods(case.framework):
        return _axis_of_the_channels(case)
    wanted = call.arguments.get("normalized_shape", (call.arguments.get("in_features"),))
    if not isinstance(wanted, tuple) or len(wanted) != 1 or shape[1] != wanted[0]:
        return None
    last = len(shape) - 1
    order, back = (0, *range(2, last + 1), 1), (0, last, *range(1, last))
    trial = at_layers(case, call, "permute", order, back=True)
    moved, returned = ", ".join(map(str, order)), ", ".join(map(str, back))
    remedies = [
        Remedy(
            f"move the channels last before {at(call)}, and back behind it",
            "model",
            when="each position is to be normalised over its channels" if call.role == "norm" else None,
            trial=trial,
            edits=before_layer(call, f"{{}}.permute({moved})", None, after=f"{{}}.permute({returned})"),
        )
    ]
    if call.role == "norm":
        channels = wanted[0]
        remedies.append(
            become(
                case,
                call,
                f"use GroupNorm(1, {channels}): it averages over channels and positions of each sample",
                "GroupNorm",
                {"num_groups": 1, "num_channels": channels},
                when="each sample is to be normalised as a whole; that is another function",
            )
        )
    return Because(
        "certain" if case.try_out(trial).passed else "likely",
        f"{at(call)} wants its {wanted[0]} channels last, and in {sizes(shape)} they stand on axis 1",
        at=call,
        remedies=tuple(remedies),
        weight=1.3,
    )


def _axis_of_the_channels(case: Case) -> Because:
    """A layer norm that takes the last axis, as it does where nobody names another."""
    call = case.call
    title = f"average over the channels of each position: axis={call.channel_axis}"
    return Because(
        "certain",
        f"{at(call)} averages over the last axis, and the layers around it have their channels on axis "
        f"{call.channel_axis}",
        at=call,
        remedies=(set_number(case, call, title, "axis", 0, call.channel_axis),),
        weight=1.3,
    )


def _at_the_input(case: Case) -> Because | None:
    """In a network whose layers have their channels last."""
    found, wanted = source(case), wanted_channels(case.call)
    if found is None or (not found.calls and wanted is not None and found.value.shape[1] != wanted):
        return None
    shape = found.value.shape
    if len(shape) < 4 or shape[1] > 16 or shape[1] == shape[-1]:
        return None
    order = (0, *range(2, len(shape)), 1)
    moved = sizes(shape[axis] for axis in order)
    remedy = transform_input(case, found, f"move the channels to the last axis: {moved}", ("permute", order), safe=True)
    passed = case.try_out(remedy.trial).passed
    if passed is False:
        return None
    return Because(
        "certain" if passed else "likely",
        f"the input {sizes(shape)} holds its {shape[1]} channels on axis 1, and the network wants them last",
        origin=line_of(case, found),
        remedies=(remedy,),
        weight=1.4,
    )


@channels_first.in_text
def _(case: Case) -> Because | None:
    told, shape = case.told, case.told.shape
    wanted = told.lists.get("weight")
    if told.symptom == "trailing-shape":
        if shape is None or len(shape) < 3 or wanted is None or len(wanted) != 1 or shape[1] != wanted[0]:
            return None
        return Because(
            "likely",
            f"the channels ({wanted[0]}) stand second in {spelt(shape)}, and LayerNorm normalises over the last axis",
            remedies=(
                to_channels_last(case, len(shape)),
                Remedy(
                    f"use GroupNorm(1, {wanted[0]}), which takes channels second; it averages over positions too",
                    "layer",
                    "one statistic for each sample will do",
                ),
            ),
            look_at=print_shape(case, "which axis holds the channels?"),
            weight=1.2 if len(shape) > 3 else 0.6,
        )
    if not told.last_axis:
        return None
    if told.symptom == "unsupported-type" and "nhwc" in told.message:
        return Because(
            "likely",
            "the layer is told data_format='channels_first' (NCHW), which this device does not compute",
            remedies=(to_channels_last(case, 4), Remedy("run it on a GPU", "environment", "the data must stay so")),
            look_at="keras.config.image_data_format() and the layer's data_format",
            weight=0.9,
        )
    if told.symptom == "undefined-axis":
        first = told.in_code("input_shape=(3, none", "input_shape=(1, none", "shape=(3, none", "shape=(1, none")
        return Because(
            "likely" if first else "possible",
            "the sizes are given channels first, and the layer takes the last one, which is open, for the channels",
            remedies=(to_channels_last(case, 4),),
            look_at="keras.config.image_data_format() against the order of input_shape",
            weight=0.9 if first else 0.2,
        )
    if told.symptom == "too-small" and shape is not None and len(shape) == 4:
        high, wide, last = shape[1], shape[2], shape[3]
        odd = (
            high is not None
            and wide is not None
            and ((high <= 4 and wide > 2 * high) or ((last or 0) > 2 * high > 0 and wide != high))
        )
        if not odd:
            return None
        return Because(
            "likely",
            f"{spelt(shape)} is read as height {high}, width {wide} and {last} channels: the channels stand first",
            remedies=(
                to_channels_last(case, 4),
                Remedy(
                    "say data_format='channels_first'; on a CPU TensorFlow cannot run it",
                    "layer",
                    "the data must stay so",
                ),
            ),
            look_at="keras.config.image_data_format() against the order of input_shape",
            weight=0.9,
        )
    if told.symptom in ("uneven-groups", "input-channels", "channel-mismatch", "size-mismatch", "flatten-size"):
        if (
            told.symptom == "input-channels"
            and shape is not None
            and not (len(shape) == 4 and shape[1] == told.numbers.get("wanted"))
        ):
            return None
        sure = told.symptom == "input-channels"
        return Because(
            "likely" if sure else "possible",
            "channels stand second where the layer takes the last axis for them",
            remedies=(to_channels_last(case, 4),),
            look_at=print_shape(case, "which axis holds the channels?"),
            weight=1.0 if sure else 0.25,
        )
    return None
