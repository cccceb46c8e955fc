from whynorm.catalogue import Because, cause
from whynorm.catalogue.remedies import line_of, transform_input
from whynorm.catalogue.shapes import sizes, source, wanted_channels
from whynorm.facts import Case


@cause("missing-batch-axis")
def missing_batch_axis(case: Case) -> Because | None:
    """The input lacks its batch axis."""
    call, found = case.call, source(case)
    if found is None or not call.shape or not found.value.shape:
        return None
    shape = found.value.shape
    if call.ranks and len(call.shape) >= max(call.ranks):
        return None
    wanted = wanted_channels(call)
    if call.role in ("norm", "conv") and wanted is not None and call.shape[0] != wanted:
        return None
    remedy = transform_input(case, found, f"add the batch axis: {sizes((1, *shape))}", ("unsqueeze", (0,)), safe=True)
    passed = case.try_out(remedy.trial).passed
    if passed is False or (passed is None and wanted is None):
        return None
    return Because(
        "certain" if passed else "likely",
        f"the input is one sample of {sizes(shape)}, without a batch axis before it",
        origin=line_of(case, found, "unsqueeze"),
        remedies=(remedy,),
        weight=1.0,
    )
