from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("unregistered-layer")
def unregistered_layer(case: Case) -> Because | None:
    """A custom layer is not registered where the file is loaded."""
    return None
