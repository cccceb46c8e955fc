from whynorm.catalogue import Shown, symptom
from whynorm.facts import Call


@symptom("channels-ignored", causes=())
def channels_ignored(call: Call) -> Shown | None:
    """The same, but the layer ignores it (a warning at most)."""
    return None
