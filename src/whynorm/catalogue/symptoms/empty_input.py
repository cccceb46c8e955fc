from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.shapes import sizes
from whynorm.facts import Call


@symptom("empty-input", causes=("empty-slice", "downsampled-away", "data-dependent-rows"), silent=("norm",))
def empty_input(call: Call) -> Shown | None:
    """An axis of size zero reaches the layer.

    ## What shows

    A batch, a length or a map of size 0. PyTorch's batch norm and instance norm let an empty map pass without a
    word, and what follows has nothing to compute, or makes NaN of it; convolutions and poolings refuse it. Older
    versions wrote NaN into the running statistics. A batch without samples is often meant so, a sample without
    positions is not.

    ```python fails torch
    import torch
    from torch import nn

    model = nn.MaxPool2d(2)
    model(torch.randn(2, 3, 0, 8))
    ```

    ```python works torch
    import torch
    from torch import nn

    model = nn.MaxPool2d(2)
    model(torch.randn(2, 3, 2, 8))
    ```

    ## How to tell the causes apart

    Look for the first call whose output is empty: a slice or mask that selects nothing (`empty-slice`), an unpadded
    convolution that used up the last position (`downsampled-away`), a step whose rows depend on the data
    (`data-dependent-rows`).
    """
    shape = call.shape
    if shape is None or 0 not in shape:
        if call.raised is None:
            return None
        return Shown("error", f"{call.name} gets an axis of size zero")
    empty = shape.index(0)
    fact = f"{call.name} gets {sizes(shape)}: axis {empty} has size zero"
    if call.raised is not None:
        return Shown("error", fact)
    if empty and call.reading is not None and not call.reading.unbatched and empty in call.reading.averages:
        return Shown(
            "warning", f"{fact}; there are samples, and each statistic is over no value: a mean of them is NaN"
        )
    return Shown("note", f"{fact}, and nothing is computed")
