from whynorm.catalogue import Shown, symptom
from whynorm.facts import Call


@symptom("unsupported-type", causes=())
def unsupported_type(call: Call) -> Shown | None:
    """A dtype or device that the layer does not take."""
    return None
