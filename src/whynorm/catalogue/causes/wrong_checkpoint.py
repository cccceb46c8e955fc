from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("wrong-checkpoint")
def wrong_checkpoint(case: Case) -> Because | None:
    """Weights of another configuration."""
    return None
