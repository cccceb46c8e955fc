from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("missing-channel-axis")
def missing_channel_axis(case: Case) -> Because | None:
    """The input lacks or has an axis."""
    return None
