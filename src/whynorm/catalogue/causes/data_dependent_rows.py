from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("data-dependent-rows")
def data_dependent_rows(case: Case) -> Because | None:
    """The number of rows or positions depends on the data."""
    return None
