from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.shapes import channel_axis, sizes, wanted_channels
from whynorm.catalogue.wording import in_its_words
from whynorm.facts import Call


@symptom(
    "channel-mismatch",
    causes=(
        "wrong-constructor-number",
        "channels-last",
        "sequence-order",
        "data-channels",
        "missing-spatial-axis",
        "missing-channel-axis",
        "missing-batch-axis",
        "squeezed-axis",
        "missing-flatten",
        "wrong-checkpoint",
        "signature-confusion",
        "instance-norm-running-statistics",
        "channels-first",
        "extra-axis",
    ),
)
def channel_mismatch(call: Call) -> Shown | None:
    """The channel axis has another size than the layer was built for.

    ## What shows

    A norm with parameters or running statistics holds one of each for every channel, and their number does not fit
    the axis on which the layer looks for channels. Some messages name other things: `running_mean should contain 10
    elements not 6` says that 10 arrived and 6 were built; for an instance norm both are multiplied by the batch.

    ```python fails torch
    import torch
    from torch import nn

    model = nn.Sequential(nn.Conv2d(3, 64, 3), nn.BatchNorm2d(32))
    model(torch.randn(2, 3, 16, 16))
    ```

    ```python works torch
    import torch
    from torch import nn

    model = nn.Sequential(nn.Conv2d(3, 64, 3), nn.BatchNorm2d(64))
    model(torch.randn(2, 3, 16, 16))
    ```

    ## How to tell the causes apart

    Print the shape. If the number that the layer was built for stands on another axis, the axes are in another
    order (`channels-last`, `sequence-order`), and the number is right: putting the message's number into the
    constructor makes the error go away, and the norm average over the wrong things. If it stands nowhere, a number
    is wrong (`wrong-constructor-number`): the norm's, or that of the layer before it; what comes after tells which.
    """
    wanted, axis, shape = wanted_channels(call), channel_axis(call), call.shape
    if wanted is None or axis is None or shape is None or axis >= len(shape):
        return in_its_words(call, "it was built for another number of channels")
    return Shown(
        "error", f"{call.name} is built for {wanted} channels, and axis {axis} of {sizes(shape)} has {shape[axis]}"
    )
