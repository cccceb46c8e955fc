from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("dropout-before-norm")
def dropout_before_norm(case: Case) -> Because | None:
    """What stands in a doubtful order."""
    return None
