from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.shapes import listed, names_at, sizes
from whynorm.facts import Call


@symptom(
    "read-as-unbatched",
    causes=("missing-spatial-axis", "missing-channel-axis", "vector-input", "squeezed-axis", "sequence-order"),
    silent=("norm",),
)
def read_as_unbatched(call: Call) -> Shown | None:
    """A batch is silently read as one sample, its batch axis as channels."""
    reading, shape = call.reading, call.shape
    if reading is None or shape is None or not reading.unbatched or reading.channel_axis is None:
        return None
    built, got = reading.channels, shape[reading.channel_axis]
    if built is None or built == got or (shape[1] != built and built != 1):
        return None
    over = listed(names_at(call)[axis] for axis in reading.averages)
    return Shown(
        "warning" if call.raised is None else "error",
        f"{call.name} reads {sizes(shape)} as one sample of {got} channels, not as {got} samples: "
        f"each statistic is taken over {over} of {sizes(shape[axis] for axis in reading.averages)}",
    )
