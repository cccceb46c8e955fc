from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("vector-input")
def vector_input(case: Case) -> Because | None:
    """The norm is applied to a vector or a 1 x 1 embedding by design."""
    return None
