from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("empty-slice")
def empty_slice(case: Case) -> Because | None:
    """A slice, mask or shard produced an empty axis."""
    return None
