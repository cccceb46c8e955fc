from whynorm.catalogue import Shown, symptom
from whynorm.facts import Call


@symptom("undefined-axis", causes=())
def undefined_axis(call: Call) -> Shown | None:
    """The layer needs a size that is not known when it is built."""
    return None
