from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("channels-last")
def channels_last(case: Case) -> Because | None:
    """Channels stand last where the layer wants them second."""
    return None
