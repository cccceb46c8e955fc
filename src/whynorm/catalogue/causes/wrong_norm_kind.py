from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("wrong-norm-kind")
def wrong_norm_kind(case: Case) -> Because | None:
    """Another norm is meant (layer norm as instance norm, batch norm as instance norm)."""
    return None
