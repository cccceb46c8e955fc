from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("norm-before-output")
def norm_before_output(case: Case) -> Because | None:
    """What stands in a doubtful order."""
    return None
