from whynorm.catalogue import Shown, symptom
from whynorm.facts import Call


@symptom("channel-mismatch", causes=())
def channel_mismatch(call: Call) -> Shown | None:
    """The channel axis has another size than the layer was built for."""
    return None
