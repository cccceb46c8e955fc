from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("mixed-types")
def mixed_types(case: Case) -> Because | None:
    """Parameters, buffers and input are of different types."""
    return None
