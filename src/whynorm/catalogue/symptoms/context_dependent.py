from whynorm.catalogue import Shown, symptom
from whynorm.facts import Call


@symptom("context-dependent", causes=())
def context_dependent(call: Call) -> Shown | None:
    """A sample's result depends on what it is computed with: the padding, the tile, the rest of the batch."""
    return None
