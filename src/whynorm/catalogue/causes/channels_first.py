from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("channels-first")
def channels_first(case: Case) -> Because | None:
    """Channels stand second where the layer wants them last."""
    return None
