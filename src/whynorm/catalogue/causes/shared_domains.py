from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("shared-domains")
def shared_domains(case: Case) -> Because | None:
    """One norm's statistics are fed from two kinds of data."""
    return None
