from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.wording import in_its_words
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
    return in_its_words(call, "this version of the framework is broken here")
