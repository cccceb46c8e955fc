from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.shapes import pair, sizes, spatial
from whynorm.catalogue.wording import first_line, in_its_words
from whynorm.facts import Call


@symptom(
    "too-small",
    causes=(
        "downsampled-away",
        "channels-last",
        "channels-first",
        "sequence-order",
        "missing-batch-axis",
        "missing-channel-axis",
        "data-dependent-rows",
        "empty-slice",
        "changed-resolution",
    ),
)
def too_small(call: Call) -> Shown | None:
    """A convolution, pooling or padding has no room."""
    shape = call.shape
    if not shape or len(shape) < 3:
        return in_its_words(call, first_line(call.raised.message)) if call.raised else None
    left = sizes(shape[axis] for axis in spatial(shape, batched=len(shape) != min(call.ranks, default=0)))
    if call.role == "pad":
        return Shown("error", f"{call.name} has no room: {left} positions are left")
    kernel = pair(call.arguments.get("kernel_size"))
    needs = "" if kernel is None else f" with a kernel of {sizes(kernel) if isinstance(kernel, tuple) else kernel}"
    return Shown("error", f"{call.name}{needs} has no room: {left} positions are left")
