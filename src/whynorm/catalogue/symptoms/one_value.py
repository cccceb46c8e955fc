from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.shapes import names_at, sizes
from whynorm.catalogue.wording import in_its_words
from whynorm.facts import Call
from whynorm.facts.words import listed


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
        "signature-confusion",
        "batch-of-one",
        "vector-input",
        "wrong-norm-kind",
        "wrong-constructor-number",
        "changed-resolution",
    ),
    silent=("norm",),
)
def one_value(call: Call) -> Shown | None:
    """A statistic is taken over a single value.

    ## What shows

    A norm subtracts a mean and divides by a deviation. Of a single value the mean is the value itself and the
    deviation is 0: every output is 0, whatever comes in (±1 for RMS norms, which subtract no mean). PyTorch's batch
    norm and instance norm refuse it in training mode; its group norm and layer norm, and most layers of Keras and
    Flax, return the constant without a word.

    ## Which axes count

    | norm | averages over | one value when |
    |---|---|---|
    | instance norm | positions (H, W) | the map is 1 x 1, whatever the batch |
    | batch norm | batch and positions | one sample, and 1 x 1 or a vector |
    | group norm | channels of a group, and positions | one channel in each group, and 1 x 1 |
    | layer norm | the trailing axes named | their sizes are all 1 |

    So a larger batch cures a batch norm and never an instance norm, and dropping the last batch is no answer to an
    instance norm's refusal.

    ```python fails torch
    import torch
    from torch import nn

    model = nn.Sequential(nn.Conv2d(3, 8, 4, stride=4), nn.InstanceNorm2d(8))
    model(torch.randn(16, 3, 4, 4))
    ```

    ```python works torch
    import torch
    from torch import nn

    model = nn.Sequential(nn.Conv2d(3, 8, 4, stride=4), nn.InstanceNorm2d(8))
    model(torch.randn(1, 3, 8, 4))
    ```

    ## How to tell the causes apart

    Look at the shape that the message prints. Several samples and 1 x 1: the positions are used up, by strides
    (`downsampled-away`) or a pooling (`global-pool`). One sample: is it the last of an epoch (`last-batch`),
    inference (`left-in-training`), a device's share (`replica-share`), or every batch (`batch-of-one`)?

    ## What not to do

    Pinning a version without the check brings the constant output back, silently. So does patching the check away
    or catching the exception. An `eps` changes nothing: 0 divided by more is still 0.
    """
    reading, shape = call.reading, call.shape
    if reading is None or shape is None:
        return in_its_words(call, "each statistic is taken over a single value")
    single = reading.family in ("group", "instance") and not reading.averages  # a channel a group, and no position
    if reading.source != "batch" or not (reading.averages or single) or reading.values(shape) != 1:
        return in_its_words(call, "each statistic is taken over a single value")
    over = [axis for axis in reading.averages if axis != reading.channel_axis]
    names = names_at(call)
    if single:
        channels = f"{reading.groups or shape[1]} groups of one channel" if reading.family == "group" else "no position"
        fact = f"averages over {channels}: one value for each statistic"
    elif reading.groups and reading.channel_axis in reading.averages:
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
