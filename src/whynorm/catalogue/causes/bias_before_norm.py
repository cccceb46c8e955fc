from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("bias-before-norm")
def bias_before_norm(case: Case) -> Because | None:
    """A bias (or scale) stands directly before a norm that cancels it."""
    return None
