from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("nonfinite-input")
def nonfinite_input(case: Case) -> Because | None:
    """The data themselves hold NaN or infinity, or a step before makes them."""
    return None
