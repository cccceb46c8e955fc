from whynorm.catalogue import Shown, symptom
from whynorm.facts import Call


@symptom("modified-in-place", causes=("several-forwards",))
def modified_in_place(call: Call) -> Shown | None:
    """A norm's buffer is overwritten while the backward pass still needs it."""
    return None
