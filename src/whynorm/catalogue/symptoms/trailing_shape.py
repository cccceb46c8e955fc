from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.shapes import sizes
from whynorm.catalogue.wording import in_its_words
from whynorm.facts import Call


@symptom(
    "trailing-shape",
    causes=(
        "channels-first",
        "sequence-order",
        "wrong-constructor-number",
        "changed-resolution",
        "missing-flatten",
        "wrong-norm-kind",
        "missing-channel-axis",
        "squeezed-axis",
        "extra-axis",
        "wrong-checkpoint",
        "signature-confusion",
        "library-version",
    ),
)
def trailing_shape(call: Call) -> Shown | None:
    """The trailing axes are not `normalized_shape`.

    ## What shows

    A layer norm averages over the last axes, and its `normalized_shape` names their sizes. `LayerNorm(64)` wants 64
    on the very last axis. Convolutions leave the channels on axis 1, so there it meets the width of the map
    instead.

    ```python fails torch
    import torch
    from torch import nn

    model = nn.Sequential(nn.Conv2d(3, 64, 3), nn.LayerNorm(64))
    model(torch.randn(2, 3, 16, 16))
    ```

    ```python works torch
    import torch
    from torch import nn

    model = nn.Sequential(nn.Conv2d(3, 64, 3), nn.GroupNorm(1, 64))
    model(torch.randn(2, 3, 16, 16))
    ```

    ## How to tell the causes apart

    The number stands on axis 1: the channels are first (`channels-first`, or `sequence-order` for series); moving
    them last, a group norm of one group and an instance norm are three different functions. The norm was built for
    a whole map and the map's size changed: `changed-resolution`. The number stands nowhere:
    `wrong-constructor-number`.
    """
    wanted, shape = call.arguments.get("normalized_shape"), call.shape
    if not isinstance(wanted, tuple) or shape is None:
        return in_its_words(call, "the trailing axes are not the shape that it normalises over")
    ends = sizes(shape[-len(wanted) :])
    return Shown(
        "error", f"{call.name} normalises over trailing axes of {sizes(wanted)}, and {sizes(shape)} ends in {ends}"
    )
