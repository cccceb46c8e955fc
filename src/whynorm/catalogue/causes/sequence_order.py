from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("sequence-order")
def sequence_order(case: Case) -> Because | None:
    """(batch, time, features) where (batch, features, time) is meant, or the reverse."""
    return None
