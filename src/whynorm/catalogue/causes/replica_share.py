from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("replica-share")
def replica_share(case: Case) -> Because | None:
    """Splitting the batch over devices leaves one each."""
    return None
