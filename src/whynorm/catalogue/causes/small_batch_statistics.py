from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("small-batch-statistics")
def small_batch_statistics(case: Case) -> Because | None:
    """Running statistics not, or badly, learnt."""
    return None
