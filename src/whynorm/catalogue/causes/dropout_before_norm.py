from whynorm.catalogue import Because, cause
from whynorm.catalogue.shapes import at
from whynorm.facts import Case


@cause("dropout-before-norm")
def dropout_before_norm(case: Case) -> Because | None:
    """Dropout stands before a norm that learns statistics."""
    call, reading = case.call, case.call.reading
    if reading is None or reading.family != "batch" or call.path is None:
        return None
    for made in case.trace.upstream(call):
        if made.role == "dropout" and made.arguments.get("p"):
            return Because(
                "likely",
                f"{at(made)} raises the variance in training, not in inference, and {at(call)} learns the raised one",
                at=made,
                steps=(made, call),
            )
        if made.role not in ("conv", "linear", "activation", "reshape"):
            return None
    return None
