from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.wording import in_its_words
from whynorm.facts import Call


@symptom(
    "missing-layer",
    causes=(
        "library-version",
        "unregistered-layer",
    ),
)
def missing_layer(call: Call) -> Shown | None:
    """The layer does not exist (any more) in this framework."""
    return in_its_words(call, "this framework does not have the layer")
