from whynorm.catalogue import Shown, symptom
from whynorm.facts import Call


@symptom("doubtful-order", causes=())
def doubtful_order(call: Call) -> Shown | None:
    """Norms, dropout and outputs stand in an order that costs accuracy; a note."""
    return None
