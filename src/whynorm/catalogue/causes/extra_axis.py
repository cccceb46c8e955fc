from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.remedies import line_of, transform_input
from whynorm.catalogue.shapes import Source, sizes, source
from whynorm.facts import Case


@cause("extra-axis")
def extra_axis(case: Case) -> Because | None:
    """The input has one axis too many."""
    call, found = case.call, source(case)
    if found is None or not call.shape or (call.ranks and len(call.shape) <= max(call.ranks)):
        return None
    shape = found.value.shape
    if len(shape) < 3:
        return None
    remedies = [remedy for remedy in _remedies(case, found) if case.try_out(remedy.trial).passed is not False]
    if not remedies:
        return None
    single = next((axis for axis, size in enumerate(shape) if size == 1), None)
    what = f"axis {single} of size 1 is too many" if single is not None else "the first two axes are both batches"
    return Because(
        "certain" if case.try_out(remedies[0].trial).passed else "possible",
        f"the input has {len(shape)} axes, {sizes(shape)}: {what}",
        origin=line_of(case, found, "squeeze"),
        remedies=tuple(remedies[:1]),
        weight=0.8,
    )


def _remedies(case: Case, found: Source) -> list[Remedy]:
    shape = found.value.shape
    remedies = [
        transform_input(
            case,
            found,
            f"drop axis {axis}: {sizes((*shape[:axis], *shape[axis + 1 :]))}",
            ("squeeze", (axis,)),
        )
        for axis, size in enumerate(shape)
        if size == 1
    ]
    if not remedies:
        merged = (shape[0] * shape[1], *shape[2:])
        remedies.append(transform_input(case, found, f"merge the first two axes: {sizes(merged)}", ("flatten", (0, 1))))
    return remedies
