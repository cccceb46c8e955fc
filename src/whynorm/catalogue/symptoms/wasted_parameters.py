from whynorm.catalogue import Shown, symptom
from whynorm.facts import Call


@symptom("wasted-parameters", causes=())
def wasted_parameters(call: Call) -> Shown | None:
    """A bias or scale that the norm cancels; a note."""
    return None
