from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("left-in-training")
def left_in_training(case: Case) -> Because | None:
    """Inference runs in training mode."""
    return None
