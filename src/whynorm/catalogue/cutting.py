"""A batch that the program cuts into pieces, and pieces of one sample: a number of pieces taken for their size."""

from whynorm.catalogue.registry import Because, Remedy
from whynorm.catalogue.remedies.batch import batch_of
from whynorm.facts import Case
from whynorm.facts.change import Edit, Rename, Wrap
from whynorm.facts.cut import Cut


def miscounted(case: Case) -> Because | None:
    """The norm gets one sample at a time, for the batch was cut into as many pieces as it has samples."""
    cut, call, inputs = case.hints.get("cut"), case.call, case.trace.inputs
    if not isinstance(cut, Cut) or not cut.counts or not call.shape or not inputs or not inputs[0].shape:
        return None
    batch = inputs[0].shape[0]
    if call.shape[0] != 1 or batch < 2 or call.reading is None or 0 not in call.reading.averages:
        return None
    return Because(
        "likely",
        f"{cut.function} takes the number of pieces, not the size of each: the batch of {batch} is cut into {batch}, "
        "and each is one sample",
        origin=cut.location,
        remedies=(
            Remedy(
                f"cut it into pieces of {cut.number}",
                "call",
                trial=batch_of(case, batch * batch),
                edits=_by_size(cut),
            ),
        ),
        weight=1.5,
    )


def _by_size(cut: Cut) -> tuple[Edit, ...]:
    """As many pieces as hold so many samples each; of a tensor of PyTorch's by the method that takes their size."""
    if cut.function.rpartition(".")[2] == "chunk":
        return (Rename(cut.location, cut.function, "split"),)
    simple = cut.number.replace(".", "").replace("_", "").isalnum()
    size = "{}" if simple else "({})"
    return (Wrap(cut.location, cut.function, cut.argument, f"max(1, {cut.tensor}.shape[0] // {size})"),)
