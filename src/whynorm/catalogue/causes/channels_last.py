from collections.abc import Iterator

from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.remedies import line_of, transform_input
from whynorm.catalogue.shapes import Source, sizes, source, wanted_channels
from whynorm.facts import Case


@cause("channels-last")
def channels_last(case: Case) -> Because | None:
    """Channels stand last where the layer wants them second."""
    found = source(case)
    if found is None or len(found.value.shape) < 3:
        return None
    shape, wanted = found.value.shape, wanted_channels(case.call)
    if not found.calls and wanted is not None and shape[-1] != wanted:
        return None
    if (found.calls or wanted is None) and shape[-1] > 16:
        return None
    for remedy in _remedies(case, found):
        passed = case.try_out(remedy.trial).passed
        if passed is not False:
            return Because(
                "certain" if passed else "likely",
                f"the input {sizes(shape)} holds its {shape[-1]} channels last, and the network wants them "
                f"{'second' if len(shape) > 3 else 'first'}",
                origin=line_of(case, found),
                remedies=(remedy,),
                weight=1.4,
            )
    return None


def _remedies(case: Case, found: Source) -> Iterator[Remedy]:
    shape = found.value.shape
    rank = len(shape)
    if rank >= 4:
        order = (0, rank - 1, *range(1, rank - 1))
        moved = sizes(shape[axis] for axis in order)
        yield transform_input(case, found, f"move the channels to axis 1: {moved}", ("permute", order), safe=True)
    if rank == 3:
        moved = sizes((shape[2], shape[0], shape[1]))
        yield transform_input(case, found, f"move the channels first: {moved}", ("permute", (2, 0, 1)), safe=True)
    if rank in (3, 4):
        order = (rank - 1, *range(rank - 1))
        moved = sizes((1, *(shape[axis] for axis in order)))
        yield transform_input(
            case,
            found,
            f"move the channels first and add the batch axis: {moved}",
            ("permute", order),
            ("unsqueeze", (0,)),
            safe=True,
        )
