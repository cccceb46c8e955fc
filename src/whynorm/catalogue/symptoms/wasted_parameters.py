from whynorm.catalogue import Shown, symptom
from whynorm.facts import Call


@symptom("wasted-parameters", causes=("bias-before-norm",), silent=("norm",), needs_cause=True)
def wasted_parameters(call: Call) -> Shown | None:
    """A bias or scale that the norm cancels; a note."""
    reading = call.reading
    if call.raised is not None or reading is None or reading.channel_axis not in reading.keeps:
        return None
    return Shown("note", f"{call.name} takes away what a bias before it adds to each channel")
