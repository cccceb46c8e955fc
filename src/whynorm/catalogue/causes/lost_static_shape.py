from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("lost-static-shape")
def lost_static_shape(case: Case) -> Because | None:
    """An operation on the way forgot sizes that were known."""
    return None
