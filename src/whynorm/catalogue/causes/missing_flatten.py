from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("missing-flatten")
def missing_flatten(case: Case) -> Because | None:
    """Axes that should have been flattened, or merged, are not."""
    return None
