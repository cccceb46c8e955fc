from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("tiled-inference")
def tiled_inference(case: Case) -> Because | None:
    """Patches or tiles are normalised each by its own statistics."""
    return None
