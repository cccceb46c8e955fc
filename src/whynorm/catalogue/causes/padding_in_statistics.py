from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("padding-in-statistics")
def padding_in_statistics(case: Case) -> Because | None:
    """Padded positions or empty samples are averaged over with the rest."""
    return None
