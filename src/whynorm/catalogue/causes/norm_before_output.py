from whynorm.catalogue import Because, cause
from whynorm.catalogue.shapes import at
from whynorm.facts import Case


@cause("norm-before-output")
def norm_before_output(case: Case) -> Because | None:
    """The network's last call is a norm over each sample: mean and spread of the output are fixed."""
    call, reading = case.call, case.call.reading
    if reading is None or reading.family != "instance" or len(case.trace.calls) < 3 or case.trace.calls[-1] is not call:
        return None
    return Because(
        "possible",
        f"{at(call)} is the last call: whatever the input, each channel of the output has the same mean and spread",
        at=call,
        look_at="whether the output is to have levels of its own, as an image or a quantity has",
    )
