from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.shapes import at, chain, out_shape
from whynorm.facts import Case


@cause("data-dependent-rows")
def data_dependent_rows(case: Case) -> Because | None:
    """The number of rows or positions depends on the data."""
    call = case.call
    if not call.shape:
        return None
    picks = [step for step in chain(case) if step.role == "slice" and step.arguments.get("data_dependent")]
    if not picks:
        return None
    pick = picks[-1]
    rows = (out_shape(pick) or (0,))[0]
    return Because(
        "certain",
        f"{pick.name} at {at(pick)} picks rows by their values: {rows} {'is' if rows == 1 else 'are'} left this time",
        at=pick,
        steps=(pick,),
        remedies=(
            Remedy(
                "pass a single row by, or wait until there are two: skip the step when fewer than 2 are left", "call"
            ),
        ),
        weight=1.0,
    )
