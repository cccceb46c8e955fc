from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("changed-resolution")
def changed_resolution(case: Case) -> Because | None:
    """A layer sized for another input resolution."""
    return None
