from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.wording import in_its_words
from whynorm.facts import Call


@symptom(
    "undefined-axis",
    causes=(
        "unknown-input-size",
        "lost-static-shape",
        "channels-first",
    ),
)
def undefined_axis(call: Call) -> Shown | None:
    """The layer needs a size that is not known when it is built.

    ## What shows

    A norm holds one parameter for each channel, so the size of that axis has to be known when its parameters are
    made. With an open axis (`None` in Keras, a lazy layer that was never called in PyTorch) it cannot make them.

    ```python fails keras
    import keras

    keras.layers.BatchNormalization()(keras.Input((8, 8, None)))
    ```

    ```python works keras
    import keras

    keras.layers.BatchNormalization()(keras.Input((None, None, 3)))
    ```

    An open batch, height or width is no obstacle: only the axes on which parameters live must be known, in a group norm
    without parameters those of the groups too.

    ```python works torch
    import torch
    from torch import nn

    model = nn.LazyBatchNorm2d()
    model(torch.randn(2, 8, 4, 4))
    assert model.num_features == 8
    ```

    ## How to tell the causes apart

    Print the shape where the layer is called. Was the axis open in the input already (`unknown-input-size`), or was it
    known there and is `None` behind some step (`lost-static-shape`)? Is it a height or width that stands where the
    layer looks for channels: the two orders are mixed up (`channels-first`).
    """
    return in_its_words(call, "it needs a size that is not known where it is built")
