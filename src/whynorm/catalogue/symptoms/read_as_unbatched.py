from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.shapes import names_at, sizes
from whynorm.catalogue.symptoms.wrong_axes import in_either_order
from whynorm.facts import Call
from whynorm.facts.words import listed


@symptom(
    "read-as-unbatched",
    causes=(
        "wrong-norm-for-rank",
        "missing-spatial-axis",
        "missing-channel-axis",
        "vector-input",
        "squeezed-axis",
        "sequence-order",
    ),
    silent=("norm",),
    doubtful=in_either_order,
)
def read_as_unbatched(call: Call) -> Shown | None:
    """A batch is silently read as one sample, its batch axis as channels.

    ## What shows

    Everyone says that `InstanceNorm2d(3)` on `(2, 3, 64)` raises. It does not. An instance norm with one axis fewer
    takes the input for a single sample without a batch axis: `(C, H, W)`, here 2 channels of 3 x 64. The statistics
    are taken over axes 1 and 2, so the three channels are averaged together. Without `affine` the number in the
    constructor is never used; PyTorch warns at most, and with `num_features` equal to the size of that axis it is
    silent.

    ```python fails torch
    import torch
    from torch import nn

    model = nn.InstanceNorm2d(3)
    inputs = (torch.randn(2, 3, 64),)
    model(*inputs)
    ```

    ```python works torch
    import torch
    from torch import nn

    model = nn.InstanceNorm1d(3)
    inputs = (torch.randn(2, 3, 64),)
    model(*inputs)
    ```

    ## How to tell the causes apart

    Series of 64 steps want the 1d norm (`wrong-norm-for-rank`). Maps of which an axis was lost want it back
    (`missing-spatial-axis`). A vector for each sample has nothing that an instance norm could average over
    (`vector-input`): a layer norm is meant, or none.

    A sample given without its batch axis on purpose is read rightly, and is not reported.
    """
    reading, shape = call.reading, call.shape
    if reading is None or shape is None or not reading.unbatched or reading.channel_axis is None:
        return None
    built, got = reading.channels, shape[reading.channel_axis]
    batched = call.channel_axis is not None and call.channel_axis != reading.channel_axis
    if not batched and (built is None or built == got or (shape[1] != built and built != 1)):
        return None
    over = listed(names_at(call)[axis] for axis in reading.averages)
    return Shown(
        "warning" if call.raised is None else "error",
        f"{call.name} reads {sizes(shape)} as one sample of {got} channels, not as {got} samples: "
        f"each statistic is taken over {over} of {sizes(shape[axis] for axis in reading.averages)}",
    )
