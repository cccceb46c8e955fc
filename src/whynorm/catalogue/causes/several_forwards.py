from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("several-forwards")
def several_forwards(case: Case) -> Because | None:
    """Several forward passes before one backward overwrite shared buffers."""
    return None
