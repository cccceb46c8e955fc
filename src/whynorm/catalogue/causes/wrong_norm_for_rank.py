from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("wrong-norm-for-rank")
def wrong_norm_for_rank(case: Case) -> Because | None:
    """The 1d, 2d or 3d variant of another rank."""
    return None
