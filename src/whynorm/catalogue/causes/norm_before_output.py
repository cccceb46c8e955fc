from whynorm.catalogue import Because, cause
from whynorm.catalogue.remedies.layer import leave_out
from whynorm.catalogue.shapes import at
from whynorm.facts import Case


@cause("norm-before-output")
def norm_before_output(case: Case) -> Because | None:
    """The network's last call is a norm over each sample: mean and spread of the output are fixed.

    Whatever the input, each channel of the output has mean 0 and deviation 1, or the norm's learnt shift and scale. An
    output that is to have levels of its own, a brightness, a temperature, a distance, cannot have them: a bright and a
    dark image come out alike. The loss falls for a while and stays.

    ```python silent torch
    import torch
    from torch import nn

    model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Conv2d(8, 1, 3), nn.InstanceNorm2d(1))
    dark, bright = model(0.1 * torch.rand(1, 3, 16, 16)), model(5 + torch.rand(1, 3, 16, 16))
    assert dark.mean().abs() < 1e-4 and bright.mean().abs() < 1e-4
    inputs = [(1, 3, 16, 16)]
    ```

    ```python works torch
    import torch
    from torch import nn

    model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.InstanceNorm2d(8), nn.ReLU(), nn.Conv2d(8, 1, 3))
    inputs = [(1, 3, 16, 16)]
    ```

    ## Remedies and their price

    End with a convolution or a linear layer, with its bias, and no norm behind it. Where the output is compared by its
    direction only, as embeddings are, a norm at the end is right and the note can be passed over. A batch norm at the
    end fixes mean and spread over the batch, not of a sample; samples still differ.
    """
    call, reading = case.call, case.call.reading
    if reading is None or len(case.trace.calls) < 3 or case.trace.calls[-1] is not call:
        return None
    plain = reading.family == "layer" and not reading.parameter_axes
    if reading.family != "instance" and not plain:
        return None
    what = "the values of each output together have" if plain else "each channel of the output has"
    return Because(
        "possible",
        f"{at(call)} is the last call: whatever the input, {what} the same mean and spread",
        at=call,
        remedies=(leave_out(case, call, f"leave {at(call)} out", when="the output is to have levels of its own"),),
        look_at="whether the output is to have levels of its own, as an image or a quantity has",
    )
