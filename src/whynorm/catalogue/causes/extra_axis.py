from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("extra-axis")
def extra_axis(case: Case) -> Because | None:
    """The input lacks or has an axis."""
    return None
