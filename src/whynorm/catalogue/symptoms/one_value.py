from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.shapes import listed, names_at, sizes
from whynorm.catalogue.wording import in_its_words
from whynorm.facts import Call


@symptom(
    "one-value",
    causes=(
        "last-batch",
        "left-in-training",
        "dummy-forward",
        "replica-share",
        "downsampled-away",
        "global-pool",
        "data-dependent-rows",
        "batch-of-one",
        "vector-input",
        "wrong-constructor-number",
        "changed-resolution",
    ),
    silent=("norm",),
)
def one_value(call: Call) -> Shown | None:
    """A statistic is taken over a single value."""
    reading, shape = call.reading, call.shape
    if reading is None or shape is None:
        return in_its_words(call, "each statistic is taken over a single value")
    if reading.source != "batch" or not reading.averages or reading.values(shape) != 1:
        return in_its_words(call, "each statistic is taken over a single value")
    over = [axis for axis in reading.averages if axis != reading.channel_axis]
    names = names_at(call)
    if reading.groups and reading.channel_axis in reading.averages:
        facts = [f"{reading.groups} groups of one channel"] if reading.groups > 1 else ["one channel"]
        facts += [f"{listed(names[axis] for axis in over)} of {sizes(shape[axis] for axis in over)}"] if over else []
        fact = f"averages over {' and '.join(facts)}: one value for each statistic"
    elif len(over) == 1 and reading.channel_axis is None:
        fact = "averages over the last axis, and its size is 1"
    elif over == [0]:
        fact = "averages over the batch, and it holds one sample"
    else:
        fact = (
            f"averages over {listed(names[axis] for axis in over)}, and here they are {sizes(shape[a] for a in over)}"
        )
    if call.raised is not None:
        return Shown("error", f"{call.name} {fact}")
    constant = "the sign of what comes in" if reading.family == "rms" else "0 for every input"
    return Shown("warning", f"{call.name} {fact}; what it gives is {constant}, before scale and shift")
