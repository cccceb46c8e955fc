from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.wording import in_its_words
from whynorm.facts import Call


@symptom(
    "missing-layer",
    causes=(
        "library-version",
        "unregistered-layer",
    ),
)
def missing_layer(call: Call) -> Shown | None:
    """The layer does not exist (any more) in this framework.

    ## What shows

    An `AttributeError` or `ImportError` that names a norm, or a saved model whose layer class is unknown. It never
    existed under that name, it is younger than the version installed, or it lived in a package that has ended.

    ```python fails torch
    from torch import nn

    nn.RMSNorm2d(64)
    ```

    ```python works torch
    from torch import nn

    nn.RMSNorm(64)
    ```

    ## What stands where

    | wanted | PyTorch | Keras 3 | Flax |
    |---|---|---|---|
    | instance norm | `InstanceNorm1d`, `2d`, `3d` | `GroupNormalization(groups=-1)` | `InstanceNorm` |
    | group norm | `GroupNorm(groups, channels)` | `GroupNormalization(groups)` | `GroupNorm(num_groups)` |
    | RMS norm | `RMSNorm`, from 2.4 | `RMSNormalization` | `RMSNorm` |
    | layer norm over the channels | none: permute, then `LayerNorm(C)` | `LayerNormalization()` | `LayerNorm()` |

    `GroupNorm(1, channels)` is not that: it has one statistic for the whole sample, layer norm one for each position.

    ## How to tell the causes apart

    The name is in the documentation of a newer version, or a file names a package in front of it (`Addons>`):
    `library-version`. The name is your own class, or another package's: `unregistered-layer`.

    ## What not to do

    Loading with another norm under the missing name: it may load, the weights being of the same sizes, and compute
    something else. Compare the result for one input with what the old program gave.
    """
    return in_its_words(call, "this framework does not have the layer")
