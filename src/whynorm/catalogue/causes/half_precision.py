from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("half-precision")
def half_precision(case: Case) -> Because | None:
    """A 16-bit type overflows, or is not supported there."""
    return None
