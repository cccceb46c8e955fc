from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("not-divisible")
def not_divisible(case: Case) -> Because | None:
    """A size is not a multiple of what the network divides it by."""
    return None
