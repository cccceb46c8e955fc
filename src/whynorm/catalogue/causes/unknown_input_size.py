from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("unknown-input-size")
def unknown_input_size(case: Case) -> Because | None:
    """The model is built with sizes left open."""
    return None
