from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.shapes import sizes
from whynorm.catalogue.wording import in_its_words
from whynorm.facts import Call


@symptom(
    "wrong-rank",
    causes=(
        "wrong-norm-for-rank",
        "missing-batch-axis",
        "squeezed-axis",
        "missing-channel-axis",
        "missing-spatial-axis",
        "extra-axis",
        "vector-input",
        "missing-flatten",
    ),
)
def wrong_rank(call: Call) -> Shown | None:
    """A layer refuses this many axes."""
    if call.shape is None or not call.ranks:
        return in_its_words(call, "it takes another number of axes")
    wanted = " or ".join(map(str, sorted(call.ranks)))
    return Shown("error", f"{call.name} takes {wanted} axes, and here are {len(call.shape)}: {sizes(call.shape)}")
