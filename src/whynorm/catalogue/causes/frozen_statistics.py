from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("frozen-statistics")
def frozen_statistics(case: Case) -> Because | None:
    """Running statistics not, or badly, learnt."""
    return None
