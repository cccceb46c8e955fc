from whynorm.catalogue import Shown, symptom
from whynorm.facts import Call


@symptom("uneven-groups", causes=())
def uneven_groups(call: Call) -> Shown | None:
    """The channels do not split into the groups."""
    return None
