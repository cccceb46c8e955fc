from whynorm.catalogue import Shown, symptom
from whynorm.facts import Call


@symptom("axis-out-of-range", causes=())
def axis_out_of_range(call: Call) -> Shown | None:
    """The axis named does not exist."""
    return None
