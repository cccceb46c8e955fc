from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.wording import in_its_words
from whynorm.facts import Call


@symptom(
    "statistics-mode",
    causes=(
        "state-not-threaded",
        "left-in-training",
        "signature-confusion",
        "frozen-statistics",
        "instance-norm-running-statistics",
    ),
)
def statistics_mode(call: Call) -> Shown | None:
    """Batch and running statistics are mixed up between training and inference."""
    return in_its_words(call, "batch and running statistics are mixed up")
