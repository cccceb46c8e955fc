from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.wording import in_its_words
from whynorm.facts import Call


@symptom(
    "framework-bug",
    causes=(
        "library-version",
        "unknown-input-size",
        "signature-confusion",
        "vector-input",
    ),
)
def framework_bug(call: Call) -> Shown | None:
    """The model is legal, this framework version is broken.

    ## What shows

    What the documentation allows raises, or gives wrong numbers, on one version, backend or device only. Some that were
    measured: a Keras 3 `LayerNormalization` over two axes on the torch backend (3.11.3 to 3.15.1), and PyTorch's batch
    norm with `momentum=None`, a cumulative average, on the meta device in training:

    ```python fails torch
    import torch
    from torch import nn

    norm = nn.BatchNorm2d(4, momentum=None).to("meta")
    norm(torch.randn(2, 4, 8, 8, device="meta"))
    ```

    ```python works torch
    import torch
    from torch import nn

    nn.BatchNorm2d(4, momentum=None)(torch.randn(2, 4, 8, 8))
    nn.BatchNorm2d(4, momentum=0.1).to("meta")(torch.randn(2, 4, 8, 8, device="meta"))
    ```

    ## How to tell it from a mistake

    Take the one layer, one tensor of the shape in the message, and run it

    * on the CPU in float32: if it passes, device or type is the reason;
    * contiguous (`x.contiguous()`): `CUDNN_STATUS_NOT_SUPPORTED` is often about the memory layout;
    * with a smaller batch: some kernels count in 32 bits;
    * on the newest version: if it passes there, `library-version`.

    If it fails everywhere, the model is most likely not legal, and the message is to be believed.

    ## Remedies and their price

    Another version is the clean answer. A way round it (a copy to contiguous memory, the norm in float32, cuDNN
    switched off around the one call) costs time and should carry a comment with the version for which it is needed.
    """
    return in_its_words(call, "this version of the framework is broken here")
