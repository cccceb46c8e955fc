from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("state-not-threaded")
def state_not_threaded(case: Case) -> Because | None:
    """The statistics collection is not passed in, or not taken out (Flax)."""
    return None
