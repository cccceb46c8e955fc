from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.shapes import at
from whynorm.facts import Case


@cause("bias-before-norm")
def bias_before_norm(case: Case) -> Because | None:
    """A bias (or scale) stands directly before a norm that cancels it."""
    call, reading = case.call, case.call.reading
    made = case.trace.producer(call.inputs[0]) if call.inputs else None
    if made is None or reading is None or made.role not in ("conv", "transposed-conv", "linear") or made.path is None:
        return None
    if made.arguments.get("bias") is not True or reading.channel_axis not in reading.keeps:
        return None
    return Because(
        "likely",
        f"{at(made)} adds a bias to each channel, and {at(call)} subtracts the mean of each channel again",
        at=made,
        remedies=(Remedy(f"build {at(made)} with bias=False", "layer", when="the weights are yet to be trained"),),
    )
