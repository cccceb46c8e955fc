from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.shapes import sizes
from whynorm.facts import Call


@symptom("empty-input", causes=("empty-slice", "downsampled-away", "data-dependent-rows"), silent=("norm",))
def empty_input(call: Call) -> Shown | None:
    """An axis of size zero reaches the layer."""
    shape = call.shape
    if shape is None or 0 not in shape:
        if call.raised is None:
            return None
        return Shown("error", f"{call.name} gets an axis of size zero")
    empty = shape.index(0)
    fact = f"{call.name} gets {sizes(shape)}: axis {empty} has size zero"
    return Shown("error", fact) if call.raised is not None else Shown("note", f"{fact}, and nothing is computed")
