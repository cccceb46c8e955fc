from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("batch-of-one")
def batch_of_one(case: Case) -> Because | None:
    """The batch itself has one sample."""
    return None
