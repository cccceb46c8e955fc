from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.shapes import sizes
from whynorm.facts import Call


@symptom(
    "channels-ignored",
    causes=(
        "channels-last",
        "sequence-order",
        "wrong-constructor-number",
        "data-channels",
        "vector-input",
    ),
    silent=("norm",),
)
def channels_ignored(call: Call) -> Shown | None:
    """The channel axis has another size than the layer was built for, and the layer does not look.

    ## What shows

    An instance norm without `affine` and without running statistics uses no number of channels: it takes whatever
    axis 1 holds. If only the number is wrong, nothing is lost. If the axes are in another order, the statistics are
    taken over the wrong ones: on `(2, 64, 64, 3)` an `InstanceNorm2d(3)` averages over W and the channels, for each
    row.

    ```python fails torch
    import torch
    from torch import nn

    model = nn.InstanceNorm2d(3)
    inputs = (torch.randn(2, 64, 48, 3),)
    model(*inputs)
    ```

    ```python works torch
    import torch
    from torch import nn

    model = nn.InstanceNorm2d(3)
    inputs = (torch.randn(2, 64, 48, 3).permute(0, 3, 1, 2),)
    model(*inputs)
    ```

    ## How to tell the causes apart

    The number built stands on the last axis: `channels-last`, or `sequence-order` for series. It stands nowhere:
    only the number is wrong (`wrong-constructor-number`): the result is right as long as the layer has no scale and
    shift, and a number of 1 is taken for a placeholder.
    """
    reading, shape = call.reading, call.shape
    if call.raised is not None or reading is None or shape is None:
        return None
    built, axis = reading.channels, reading.channel_axis
    if built is None or axis is None or reading.parameter_axes or shape[axis] == built:
        return None
    if reading.unbatched and (shape[1] == built or built == 1):
        return None
    message = f"{call.name} never looks at its {built}: axis {axis} of {sizes(shape)} has {shape[axis]} channels"
    if shape[-1] == built and built not in shape[axis + 1 : -1]:
        return Shown("warning", f"{message}, and the {built} stand on the last axis, which is averaged over")
    return Shown("warning" if built > 1 else "note", message)
