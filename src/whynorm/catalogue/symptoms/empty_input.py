from whynorm.catalogue import Shown, symptom
from whynorm.facts import Call


@symptom("empty-input", causes=())
def empty_input(call: Call) -> Shown | None:
    """An axis of size zero reaches the layer."""
    return None
