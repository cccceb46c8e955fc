from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.shapes import sizes, wanted_channels
from whynorm.catalogue.wording import first_line, in_its_words
from whynorm.facts import Call


@symptom(
    "flatten-size",
    causes=(
        "missing-flatten",
        "changed-resolution",
        "wrong-constructor-number",
        "data-channels",
        "sequence-order",
        "squeezed-axis",
        "extra-axis",
        "missing-batch-axis",
    ),
)
def flatten_size(call: Call) -> Shown | None:
    """A linear layer or a reshape gets another size than it was built for."""
    shape, wanted = call.shape, wanted_channels(call)
    if shape and wanted is not None:
        return Shown(
            "error", f"{call.name} is built for {wanted} features, and the last axis of {sizes(shape)} has {shape[-1]}"
        )
    return in_its_words(call, first_line(call.raised.message)) if call.raised else None
