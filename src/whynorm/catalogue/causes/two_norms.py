from whynorm.catalogue import Because, cause
from whynorm.catalogue.shapes import at
from whynorm.facts import Case


@cause("two-norms")
def two_norms(case: Case) -> Because | None:
    """Two norms stand one directly behind the other."""
    call = case.call
    made = case.trace.producer(call.inputs[0]) if call.inputs else None
    if made is None or made.role != "norm" or made.reading is None or call.reading is None or made.path == call.path:
        return None
    if made.reading.averages != call.reading.averages or made.reading.groups != call.reading.groups:
        return None
    return Because(
        "likely",
        f"{at(made)} has normalised over the same axes directly before {at(call)}: one of them does nothing but scale",
        at=made,
        steps=(made, call),
    )
