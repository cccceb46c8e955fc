from whynorm.catalogue import Shown, symptom
from whynorm.facts import Call


@symptom(
    "framework-bug",
    causes=(
        "library-version",
        "unknown-input-size",
        "signature-confusion",
        "vector-input",
    ),
)
def framework_bug(call: Call) -> Shown | None:
    """The model is legal, this framework version is broken."""
    return None
