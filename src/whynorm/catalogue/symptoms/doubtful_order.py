from whynorm.catalogue import Shown, symptom
from whynorm.facts import Call


@symptom(
    "doubtful-order",
    causes=("two-norms", "dropout-before-norm", "norm-before-output"),
    silent=("norm",),
    needs_cause=True,
)
def doubtful_order(call: Call) -> Shown | None:
    """Norms, dropout and outputs stand in an order that costs accuracy; a note."""
    if call.raised is not None or call.reading is None:
        return None
    return Shown("note", f"what stands around {call.name} is worth a look")
