from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.wording import in_its_words
from whynorm.facts import Call


@symptom(
    "unsupported-export",
    causes=(
        "library-version",
        "unknown-input-size",
        "instance-norm-running-statistics",
        "signature-confusion",
    ),
)
def unsupported_export(call: Call) -> Shown | None:
    """The layer cannot be exported or converted as it is."""
    return in_its_words(call, "it cannot be exported or converted as it is")
