from whynorm.catalogue import Shown, symptom
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
    return None
