from whynorm.catalogue import Shown, symptom
from whynorm.facts import Call


@symptom("size-mismatch", causes=())
def size_mismatch(call: Call) -> Shown | None:
    """Two branches that meet (concatenate, add) differ in size."""
    return None
