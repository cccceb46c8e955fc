from whynorm.catalogue import Shown, symptom
from whynorm.facts import Call


@symptom("input-channels", causes=())
def input_channels(call: Call) -> Shown | None:
    """A convolution before the norm refuses the channel count."""
    return None
