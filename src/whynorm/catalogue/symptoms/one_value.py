from whynorm.catalogue import Shown, symptom
from whynorm.facts import Call
from whynorm.report import Severity


@symptom(
    "one-value",
    causes=("downsampled-away",),
)
def one_value(call: Call) -> Shown | None:
    """A statistic is taken over a single value."""
    reading, shape = call.reading, call.shape
    if reading is None or shape is None or reading.source != "batch" or reading.values(shape) != 1:
        return None
    sizes = " x ".join(str(shape[axis]) for axis in reading.averages)
    severity: Severity = "error" if call.raised is not None else "warning"
    return Shown(severity, f"{call.name} averages over axes {reading.averages}, and here they are {sizes}")
