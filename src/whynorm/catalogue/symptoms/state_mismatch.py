from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.wording import in_its_words
from whynorm.facts import Call


@symptom(
    "state-mismatch",
    causes=(
        "wrong-checkpoint",
        "instance-norm-running-statistics",
        "library-version",
        "wrong-constructor-number",
    ),
)
def state_mismatch(call: Call) -> Shown | None:
    """Saved weights or buffers do not fit the norm."""
    return in_its_words(call, "saved weights or buffers do not fit it")
