from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.shapes import sizes, wanted_channels
from whynorm.catalogue.wording import first_line, in_its_words
from whynorm.facts import Call


@symptom(
    "flatten-size",
    causes=(
        "missing-flatten",
        "changed-resolution",
        "wrong-constructor-number",
        "data-channels",
        "sequence-order",
        "squeezed-axis",
        "extra-axis",
        "missing-batch-axis",
        "not-divisible",
        "channels-first",
        "wrong-checkpoint",
    ),
)
def flatten_size(call: Call) -> Shown | None:
    """A linear layer or a reshape gets another size than it was built for.

    ## What shows

    `mat1 and mat2 shapes cannot be multiplied (8x400 and 256x10)`: 400 features arrived at a linear layer of 256.
    Behind a flatten, the number of features is channels x height x width, so it changes with the size of the image.

    ```python fails torch
    import torch
    from torch import nn

    model = nn.Sequential(nn.MaxPool2d(2), nn.Flatten(), nn.Linear(3 * 14 * 14, 10))
    model(torch.randn(8, 3, 32, 32))
    ```

    ```python works torch
    import torch
    from torch import nn

    model = nn.Sequential(nn.MaxPool2d(2), nn.Flatten(), nn.Linear(3 * 14 * 14, 10))
    model(torch.randn(8, 3, 28, 28))
    ```

    ## How to tell the causes apart

    The product of the axes is the number wanted: they are not flattened yet (`missing-flatten`). Divide the number
    wanted by the channels: a square, of another resolution, is `changed-resolution`. Nothing fits:
    `wrong-constructor-number`. An adaptive pooling before the flatten makes the network take any size, and is
    another function than the one trained.
    """
    shape, wanted = call.shape, wanted_channels(call)
    if shape and wanted is not None:
        return Shown(
            "error", f"{call.name} is built for {wanted} features, and the last axis of {sizes(shape)} has {shape[-1]}"
        )
    return in_its_words(call, first_line(call.raised.message)) if call.raised else None
