from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.shapes import sizes
from whynorm.catalogue.wording import in_its_words
from whynorm.facts import Call


@symptom(
    "trailing-shape",
    causes=(
        "channels-first",
        "sequence-order",
        "wrong-constructor-number",
        "changed-resolution",
        "missing-flatten",
        "wrong-norm-kind",
        "missing-channel-axis",
        "squeezed-axis",
        "extra-axis",
        "wrong-checkpoint",
        "signature-confusion",
    ),
)
def trailing_shape(call: Call) -> Shown | None:
    """The trailing axes are not `normalized_shape`."""
    wanted, shape = call.arguments.get("normalized_shape"), call.shape
    if not isinstance(wanted, tuple) or shape is None:
        return in_its_words(call, "the trailing axes are not the shape that it normalises over")
    ends = sizes(shape[-len(wanted) :])
    return Shown(
        "error", f"{call.name} normalises over trailing axes of {sizes(wanted)}, and {sizes(shape)} ends in {ends}"
    )
