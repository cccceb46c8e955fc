from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("two-norms")
def two_norms(case: Case) -> Because | None:
    """What stands in a doubtful order."""
    return None
