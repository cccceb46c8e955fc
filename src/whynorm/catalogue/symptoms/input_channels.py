from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.shapes import channel_axis, sizes, wanted_channels
from whynorm.catalogue.wording import in_its_words
from whynorm.facts import Call


@symptom(
    "input-channels",
    causes=(
        "channels-last",
        "sequence-order",
        "missing-channel-axis",
        "missing-batch-axis",
        "data-channels",
        "wrong-constructor-number",
        "missing-spatial-axis",
        "extra-axis",
        "wrong-checkpoint",
    ),
)
def input_channels(call: Call) -> Shown | None:
    """A convolution before the norm refuses the channel count."""
    wanted, axis, shape = wanted_channels(call), channel_axis(call), call.shape
    if wanted is None or axis is None or shape is None or axis >= len(shape):
        return in_its_words(call, "it was built for another number of channels")
    return Shown(
        "error", f"{call.name} is built for {wanted} channels, and axis {axis} of {sizes(shape)} has {shape[axis]}"
    )
