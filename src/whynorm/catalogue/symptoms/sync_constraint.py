from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.wording import in_its_words
from whynorm.facts import Call


@symptom(
    "sync-constraint",
    causes=(
        "single-process",
        "left-in-training",
    ),
)
def sync_constraint(call: Call) -> Shown | None:
    """A synchronised batch norm is used where it cannot work."""
    return in_its_words(call, "a synchronised norm is used where it cannot work")
