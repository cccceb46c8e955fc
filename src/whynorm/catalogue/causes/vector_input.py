from whynorm.catalogue import Because, cause
from whynorm.catalogue.remedies import become, leave_out
from whynorm.catalogue.shapes import shrinking, sizes, source
from whynorm.facts import Case


@cause("vector-input")
def vector_input(case: Case) -> Because | None:
    """The norm is applied to a vector or a 1 x 1 embedding by design."""
    call, shape, reading = case.call, case.call.shape, case.call.reading
    found = source(case)
    if shape is None or (found is not None and shrinking(found.calls)):
        return None
    vector = len(shape) == 2 or (len(shape) > 2 and all(size == 1 for size in shape[2:]))
    if not vector or (reading is not None and 0 in reading.averages and not reading.unbatched):
        return None
    features = shape[1]
    remedies = [leave_out(case, call, f"leave {call.name} out", when="the vector needs no normalising")]
    if len(shape) == 2 and features > 1:
        remedies.insert(
            0,
            become(
                case,
                call,
                f"use LayerNorm({features}): it averages over the {features} features of each sample",
                "LayerNorm",
                {"normalized_shape": features},
                when="each sample is to be normalised; that is another function",
            ),
        )
    return Because(
        "likely",
        f"{sizes(shape)} is one vector for each sample: there are no positions to average over",
        remedies=tuple(remedies),
    )
