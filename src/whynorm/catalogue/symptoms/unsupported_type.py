from whynorm.catalogue import Shown, symptom
from whynorm.facts import Call


@symptom(
    "unsupported-type",
    causes=(
        "mixed-types",
        "half-precision",
        "library-version",
        "channels-first",
    ),
)
def unsupported_type(call: Call) -> Shown | None:
    """A dtype or device that the layer does not take."""
    return None
