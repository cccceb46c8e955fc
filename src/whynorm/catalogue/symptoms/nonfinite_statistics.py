from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.wording import in_its_words
from whynorm.facts import Call


@symptom(
    "nonfinite-statistics",
    causes=(
        "nonfinite-input",
        "half-precision",
    ),
)
def nonfinite_statistics(call: Call) -> Shown | None:
    """Running statistics hold NaN or infinity."""
    return in_its_words(call, "its statistics are not finite")
