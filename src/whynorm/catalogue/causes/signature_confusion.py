from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("signature-confusion")
def signature_confusion(case: Case) -> Because | None:
    """An argument means something else in this framework."""
    return None
