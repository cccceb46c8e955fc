from whynorm.catalogue import Because, cause
from whynorm.catalogue.remedies.number import set_number
from whynorm.catalogue.shapes import at
from whynorm.facts import Case


@cause("bias-before-norm")
def bias_before_norm(case: Case) -> Because | None:
    """A bias (or scale) stands directly before a norm that cancels it.

    The norm's own shift does what the bias was for. It is a matter of some memory and time, never of accuracy: a
    convolution with 256 output channels has 256 numbers too many, beside several hundred thousand that count.

    ```python silent torch
    import torch
    from torch import nn

    conv, norm = nn.Conv2d(3, 4, 3), nn.InstanceNorm2d(4)
    image = torch.randn(2, 3, 8, 8)
    before = norm(conv(image))
    nn.init.constant_(conv.bias, 5.0)
    assert torch.allclose(norm(conv(image)), before, atol=1e-4)
    model, inputs = nn.Sequential(conv, norm), [(2, 3, 8, 8)]
    ```

    A group norm does not cancel it, for it averages over several channels, each with a bias of its own:

    ```python works torch
    import torch
    from torch import nn

    conv, norm = nn.Conv2d(3, 4, 3), nn.GroupNorm(2, 4)
    image = torch.randn(2, 3, 8, 8)
    before = norm(conv(image))
    nn.init.uniform_(conv.bias, -5.0, 5.0)
    assert not torch.allclose(norm(conv(image)), before, atol=0.1)
    model, inputs = nn.Sequential(conv, norm), [(2, 3, 8, 8)]
    ```

    ## Remedies and their price

    * `bias=False`, before training starts. Saved weights then have one key less for each such layer.
    * Leave it. In a trained network do not simply take the bias away: in inference mode a batch norm subtracts a stored
      mean that contains it. Fold both into the weights instead, `torch.nn.utils.fusion.fuse_conv_bn_eval` does so.

    An activation or a pooling by maximum between the two changes matters: behind a ReLU the bias counts.
    """
    call, reading = case.call, case.call.reading
    made = case.trace.producer(call.inputs[0]) if call.inputs else None
    if made is None or reading is None or made.role not in ("conv", "transposed-conv", "linear") or made.path is None:
        return None
    if made.arguments.get("bias") is not True or reading.channel_axis not in reading.keeps:
        return None
    if made.role == "linear" and reading.channel_axis != len(call.shape or ()) - 1:
        return None  # the norm keeps another axis than the one that the bias lies on
    return Because(
        "likely",
        f"{at(made)} adds a bias to each channel, and {at(call)} subtracts the mean of each channel again",
        at=made,
        remedies=(
            set_number(
                case,
                made,
                f"build {at(made)} with bias=False",
                "bias",
                None,
                False,
                when="the weights are yet to be trained",
            ),
        ),
    )
