from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.remedies import batch_of, inference
from whynorm.facts import Case


@cause("batch-of-one")
def batch_of_one(case: Case) -> Because | None:
    """The batch itself has one sample."""
    call, inputs = case.call, case.trace.inputs
    if call.reading is None or 0 not in call.reading.averages or call.reading.unbatched:
        return None
    if not inputs or not inputs[0].shape or inputs[0].shape[0] != 1 or not call.shape or call.shape[0] != 1:
        return None
    return Because(
        "certain",
        "the batch has one sample, and the norm has one value of each channel in a sample",
        remedies=(
            Remedy("feed batches of at least 2", "data", when="this is training", trial=batch_of(case, 2)),
            inference(case),
        ),
        weight=0.5,
    )
