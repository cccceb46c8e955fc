from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.shapes import channel_axis, sizes, wanted_channels
from whynorm.catalogue.wording import in_its_words
from whynorm.facts import Call


@symptom(
    "channel-mismatch",
    causes=(
        "wrong-constructor-number",
        "channels-last",
        "sequence-order",
        "data-channels",
        "missing-spatial-axis",
        "missing-channel-axis",
        "missing-batch-axis",
        "missing-flatten",
        "wrong-checkpoint",
        "signature-confusion",
    ),
)
def channel_mismatch(call: Call) -> Shown | None:
    """The channel axis has another size than the layer was built for."""
    wanted, axis, shape = wanted_channels(call), channel_axis(call), call.shape
    if wanted is None or axis is None or shape is None or axis >= len(shape):
        return in_its_words(call, "it was built for another number of channels")
    return Shown(
        "error", f"{call.name} is built for {wanted} channels, and axis {axis} of {sizes(shape)} has {shape[axis]}"
    )
