from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.shapes import sizes
from whynorm.catalogue.wording import in_its_words
from whynorm.facts import Call


@symptom(
    "wrong-rank",
    causes=(
        "wrong-norm-for-rank",
        "missing-batch-axis",
        "squeezed-axis",
        "missing-channel-axis",
        "missing-spatial-axis",
        "extra-axis",
        "vector-input",
        "missing-flatten",
        "library-version",
        "batch-of-one",
        "signature-confusion",
        "global-pool",
    ),
)
def wrong_rank(call: Call) -> Shown | None:
    """A layer refuses this many axes.

    ## What shows

    A layer of one, two or three spatial axes gets a tensor of another number of axes. The numbers in its name and
    in the message count different things: `BatchNorm2d` has 2 axes of positions and takes 4: batch, channels, H and
    W.

    PyTorch's convolutions and instance norms also take an input without its batch axis, its batch norms do not. So
    a missing batch axis shows late: at the first batch norm, behind a convolution which read the image as one
    sample.

    ```python fails torch
    import torch
    from torch import nn

    model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8))
    model(torch.randn(3, 32, 32))
    ```

    ```python works torch
    import torch
    from torch import nn

    model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8))
    model(torch.randn(3, 32, 32).unsqueeze(0))
    ```

    ## How to tell the causes apart

    Find the channels. They stand first: the batch axis is missing (`missing-batch-axis`). They stand second, and
    fewer or more positions follow than the layer's name says: it is the wrong variant (`wrong-norm-for-rank`). They
    stand nowhere: the channel axis is missing (`missing-channel-axis`). A `squeeze()` on the way drops the batch
    axis only when the batch has one sample (`squeezed-axis`): then it works for days and fails on the last batch.
    It is a pooling that refuses rows of features: they were pooled before (`global-pool`).
    """
    if call.shape is None or not call.ranks:
        return in_its_words(call, "it takes another number of axes")
    wanted = " or ".join(map(str, sorted(call.ranks)))
    return Shown("error", f"{call.name} takes {wanted} axes, and here are {len(call.shape)}: {sizes(call.shape)}")
