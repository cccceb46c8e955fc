from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.shapes import channel_axis, sizes
from whynorm.catalogue.wording import first_line, in_its_words
from whynorm.facts import Call


@symptom(
    "uneven-groups",
    causes=("signature-confusion", "channels-last", "channels-first", "wrong-constructor-number", "not-divisible"),
)
def uneven_groups(call: Call) -> Shown | None:
    """The channels do not split into the groups.

    ## What shows

    A group norm splits the channels into `num_groups` groups of equal size. `GroupNorm(32, 48)` cannot, and is
    refused where it is built; `GroupNorm(8, 64)` on 60 channels is refused when it is called. Networks with 32
    groups, made wide enough once, fail when someone narrows them.

    ```python fails torch
    import torch
    from torch import nn

    nn.GroupNorm(32, 48)
    ```

    ```python works torch
    import torch
    from torch import nn

    nn.GroupNorm(16, 48)(torch.randn(2, 48, 8, 8))
    ```

    ## How to tell the causes apart

    The groups come first, the channels second: `GroupNorm(64, 8)` is `GroupNorm(8, 64)` swapped
    (`signature-confusion`). If the width was changed, the number of groups has to follow (`not-divisible`);
    `gcd(32, width)` groups always fit.
    """
    groups, shape, axis = call.arguments.get("num_groups"), call.shape, channel_axis(call)
    channels = shape[axis] if shape and axis is not None and axis < len(shape) else call.arguments.get("num_channels")
    if isinstance(groups, int) and isinstance(channels, int) and channels % groups:
        met = f" of {sizes(shape)}" if shape else ""
        return Shown(
            "error",
            f"{call.name} splits the {channels} channels{met} into {groups} groups: {channels % groups} are left over",
        )
    return in_its_words(call, first_line(call.raised.message)) if call.raised else None
