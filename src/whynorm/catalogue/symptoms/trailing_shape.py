from whynorm.catalogue import Shown, symptom
from whynorm.facts import Call


@symptom("trailing-shape", causes=())
def trailing_shape(call: Call) -> Shown | None:
    """The trailing axes are not `normalized_shape`."""
    return None
