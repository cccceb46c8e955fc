from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("last-batch")
def last_batch(case: Case) -> Because | None:
    """The data set's remainder gives a last batch of one."""
    return None
