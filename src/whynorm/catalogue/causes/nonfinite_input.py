from whynorm.catalogue import Because, Remedy, cause
from whynorm.facts import Case


@cause("nonfinite-input")
def nonfinite_input(case: Case) -> Because | None:
    """The data themselves hold NaN or infinity, or a step before makes them."""
    return None


@nonfinite_input.in_text
def _(case: Case) -> Because | None:
    if case.told.symptom != "nonfinite-statistics":
        return None
    return Because(
        "possible",
        "the data hold NaN or infinity, or a step before made them",
        remedies=(Remedy("find the batch: torch.isfinite(x).all() before the network", "data"),),
        look_at="print(torch.isfinite(x).all()) for each batch",
        weight=0.5,
    )
