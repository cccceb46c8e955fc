from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("no-variation")
def no_variation(case: Case) -> Because | None:
    """The data do not vary there: a constant series, a dead channel, a blank image."""
    return None
