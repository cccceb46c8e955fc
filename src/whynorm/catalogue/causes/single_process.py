from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("single-process")
def single_process(case: Case) -> Because | None:
    """Synchronisation without a process group, or without the devices it needs."""
    return None
