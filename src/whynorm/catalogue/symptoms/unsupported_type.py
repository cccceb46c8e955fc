from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.shapes import listed
from whynorm.catalogue.wording import in_its_words
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
    kinds = list(dict.fromkeys(value.dtype for value in call.inputs))
    if not kinds:
        return in_its_words(call, "it does not take this type of numbers")
    return in_its_words(call, f"it does not take {listed(kinds)} here")
