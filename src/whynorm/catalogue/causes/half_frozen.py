from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("half-frozen")
def half_frozen(case: Case) -> Because | None:
    """Frozen weights whose norm still learns statistics."""
    return None
