from whynorm.catalogue import Shown, symptom
from whynorm.facts import Call


@symptom("wrong-axes", causes=())
def wrong_axes(call: Call) -> Shown | None:
    """It runs, but averages over, or keeps, other axes than meant."""
    return None
