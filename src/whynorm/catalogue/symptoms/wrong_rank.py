from whynorm.catalogue import Shown, symptom
from whynorm.facts import Call


@symptom("wrong-rank", causes=())
def wrong_rank(call: Call) -> Shown | None:
    """A layer refuses this many axes."""
    return None
