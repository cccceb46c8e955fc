from whynorm.catalogue import Because, cause
from whynorm.catalogue.remedies import line_of, transform_input
from whynorm.catalogue.shapes import sizes, source, wanted_channels
from whynorm.facts import Case


@cause("missing-channel-axis")
def missing_channel_axis(case: Case) -> Because | None:
    """The input lacks its channel axis: a batch of grey images, of single series."""
    call, found = case.call, source(case)
    if found is None or not call.shape:
        return None
    shape, wanted = found.value.shape, wanted_channels(call)
    if wanted is not None and not found.calls and wanted != 1:
        return None
    if not call.ranks or len(shape) >= max(call.ranks) or len(shape) < max(call.ranks) - 2:
        return None
    missing = max(call.ranks) - len(shape)
    steps = (("unsqueeze", (1,)),) if missing == 1 else (("unsqueeze", (0,)), ("unsqueeze", (0,)))
    full = (shape[0], 1, *shape[1:]) if missing == 1 else (1, 1, *shape)
    what = "the channel axis" if missing == 1 else "the batch and the channel axis"
    remedy = transform_input(case, found, f"add {what}: {sizes(full)}", *steps, safe=missing == 1)
    passed = case.try_out(remedy.trial).passed
    if passed is False or (passed is None and wanted != 1):
        return None
    samples = f"{shape[0]} samples of {sizes(shape[1:])}" if missing == 1 else f"one sample of {sizes(shape)}"
    return Because(
        "certain" if passed else "likely",
        f"the input is {samples}, with no axis for its single channel",
        origin=line_of(case, found, "unsqueeze"),
        remedies=(remedy,),
        weight=1.2,
    )
