from whynorm.catalogue import Shown, symptom
from whynorm.facts import Call


@symptom("too-small", causes=())
def too_small(call: Call) -> Shown | None:
    """A convolution, pooling or padding has no room."""
    return None
