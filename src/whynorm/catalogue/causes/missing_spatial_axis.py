from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("missing-spatial-axis")
def missing_spatial_axis(case: Case) -> Because | None:
    """The input lacks or has an axis."""
    return None
