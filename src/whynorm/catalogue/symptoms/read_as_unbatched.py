from whynorm.catalogue import Shown, symptom
from whynorm.facts import Call


@symptom("read-as-unbatched", causes=())
def read_as_unbatched(call: Call) -> Shown | None:
    """A batch is silently read as one sample, its batch axis as channels."""
    return None
