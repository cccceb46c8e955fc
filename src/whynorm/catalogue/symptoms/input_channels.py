from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.shapes import channel_axis, sizes, wanted_channels
from whynorm.catalogue.wording import in_its_words
from whynorm.facts import Call


@symptom(
    "input-channels",
    causes=(
        "channels-last",
        "sequence-order",
        "missing-channel-axis",
        "missing-batch-axis",
        "data-channels",
        "wrong-constructor-number",
        "missing-spatial-axis",
        "extra-axis",
        "wrong-checkpoint",
        "channels-first",
    ),
)
def input_channels(call: Call) -> Shown | None:
    """A convolution before the norm refuses the channel count.

    ## What shows

    A convolution holds weights for a fixed number of input channels, and axis 1 has another size. The message
    quotes the weight: `weight of size [64, 3, 7, 7]` is a convolution from 3 channels to 64.

    ```python fails torch
    import torch
    from torch import nn

    model = nn.Conv2d(3, 8, 3)
    model(torch.randn(2, 32, 32, 3))
    ```

    ```python works torch
    import torch
    from torch import nn

    model = nn.Conv2d(3, 8, 3)
    model(torch.randn(2, 32, 32, 3).permute(0, 3, 1, 2))
    ```

    ## How to tell the causes apart

    Look at the last axis of the input: if it holds the number that the weight wants, the channels stand last
    (`channels-last`). At the network's first layer, 1, 3 or 4 against another of these is the data
    (`data-channels`): grey, RGB, RGBA. Where a batch of grey images lacks its channel axis, the message shows a
    batch of one with the samples as channels (`missing-channel-axis`). Deep inside, a number in a constructor is
    wrong (`wrong-constructor-number`).
    """
    wanted, axis, shape = wanted_channels(call), channel_axis(call), call.shape
    if wanted is None or axis is None or shape is None or axis >= len(shape):
        return in_its_words(call, "it was built for another number of channels")
    return Shown(
        "error", f"{call.name} is built for {wanted} channels, and axis {axis} of {sizes(shape)} has {shape[axis]}"
    )
