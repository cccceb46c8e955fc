from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.shapes import pair, sizes, spatial
from whynorm.catalogue.wording import first_line, in_its_words
from whynorm.facts import Call, Shape


@symptom(
    "too-small",
    causes=(
        "downsampled-away",
        "channels-last",
        "channels-first",
        "sequence-order",
        "missing-batch-axis",
        "missing-channel-axis",
        "data-dependent-rows",
        "empty-slice",
        "changed-resolution",
        "wrong-constructor-number",
    ),
)
def too_small(call: Call) -> Shown | None:
    """A convolution, pooling or padding has no room.

    ## What shows

    A kernel is larger than the padded map it is to slide over, a pooling would leave nothing, a reflection is
    longer than the map. Each layer on the way took its part: a pooling of 2 halves, an unpadded kernel of 3 takes
    2.

    ```python fails torch
    import torch
    from torch import nn

    model = nn.Sequential(nn.MaxPool2d(2), nn.MaxPool2d(2), nn.Conv2d(3, 8, 5))
    model(torch.randn(1, 3, 16, 16))
    ```

    ```python works torch
    import torch
    from torch import nn

    model = nn.Sequential(nn.MaxPool2d(2), nn.MaxPool2d(2), nn.Conv2d(3, 8, 5))
    model(torch.randn(1, 3, 20, 20))
    ```

    ## How to tell the causes apart

    If the size shrank layer by layer it is `downsampled-away`; `whynorm sizes` gives every size that works. If an
    axis is as small as a number of channels (3 or 1) already at the input, the axes are in another order
    (`channels-last`, `sequence-order`).
    """
    shape = call.shape
    if not shape or len(shape) < 3:
        return in_its_words(call, first_line(call.raised.message)) if call.raised else None
    batched = len(shape) != min(call.ranks, default=0) or len(call.ranks) == 1
    placed = shape if call.channel_axis is None else Shape(shape, call.channel_axis)
    axes = spatial(placed, batched=batched)
    left = sizes(shape[axis] for axis in axes)
    if call.role == "pad":
        return Shown("error", f"{call.name} has no room: {left} positions are left")
    kernel = pair(call.arguments.get("kernel_size"))
    needs = "" if kernel is None else f" with a kernel of {sizes(kernel) if isinstance(kernel, tuple) else kernel}"
    return Shown("error", f"{call.name}{needs} has no room: {left} positions are left")
