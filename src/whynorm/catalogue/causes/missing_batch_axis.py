from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("missing-batch-axis")
def missing_batch_axis(case: Case) -> Because | None:
    """The input lacks or has an axis."""
    return None
