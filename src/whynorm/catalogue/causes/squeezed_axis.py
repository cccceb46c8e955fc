from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("squeezed-axis")
def squeezed_axis(case: Case) -> Because | None:
    """A `squeeze` dropped an axis of size one."""
    return None
