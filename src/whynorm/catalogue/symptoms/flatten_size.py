from whynorm.catalogue import Shown, symptom
from whynorm.facts import Call


@symptom("flatten-size", causes=())
def flatten_size(call: Call) -> Shown | None:
    """A linear layer or a reshape gets another size than it was built for."""
    return None
