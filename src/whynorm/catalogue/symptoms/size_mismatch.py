from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.shapes import sizes
from whynorm.catalogue.wording import first_line, in_its_words
from whynorm.facts import Call


@symptom(
    "size-mismatch",
    causes=(
        "not-divisible",
        "missing-spatial-axis",
        "missing-flatten",
        "squeezed-axis",
        "wrong-constructor-number",
        "changed-resolution",
        "channels-first",
        "channels-last",
        "missing-batch-axis",
        "signature-confusion",
        "downsampled-away",
        "data-channels",
    ),
)
def size_mismatch(call: Call) -> Shown | None:
    """Two branches that meet (concatenate, add) differ in size.

    ## What shows

    A skip connection holds a map of 25 x 25, and what came up from below is 24 x 24: on the way down 25 // 2 = 12,
    on the way up 12 x 2 = 24. "Any even size" is not enough: with four halvings the size has to be a multiple of
    16, unless the network pads or crops at the meeting.

    ```python fails torch
    import torch
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.down = nn.MaxPool2d(2)
            self.up = nn.Upsample(scale_factor=2)

        def forward(self, x):
            return torch.cat([x, self.up(self.down(x))], dim=1)

    Net()(torch.randn(1, 3, 25, 25))
    ```

    ```python works torch
    import torch
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.down = nn.MaxPool2d(2)
            self.up = nn.Upsample(scale_factor=2)

        def forward(self, x):
            return torch.cat([x, self.up(self.down(x))], dim=1)

    Net()(torch.randn(1, 3, 24, 24))
    ```

    ## How to tell the causes apart

    If the sizes differ by one or a few positions and another input size works, it is `not-divisible`. If no input
    size works, a padding, stride or width is wrong (`wrong-constructor-number`). If one of the two has fewer axes,
    an axis is missing (`missing-spatial-axis`, `squeezed-axis`). A learnt table of positions belongs to one
    resolution (`changed-resolution`).
    """
    if len(call.inputs) < 2:
        return in_its_words(call, first_line(call.raised.message)) if call.raised else None
    shapes = [value.shape for value in call.inputs]
    other = next((shape for shape in shapes[1:] if shape != shapes[0]), shapes[1])
    return Shown(
        "error", f"{call.name} joins {sizes(shapes[0])} and {sizes(other)}{_difference(shapes[0], other, call)}"
    )


def _difference(first: tuple[int, ...], other: tuple[int, ...], call: Call) -> str:
    if call.role == "add" and len(first) != len(other):  # the last axes meet
        rank = max(len(first), len(other))
        first, other = ((*(1 for _ in range(rank - len(shape))), *shape) for shape in (first, other))
    if len(first) != len(other):
        return f": {len(first)} axes and {len(other)}"
    joined = call.arguments.get("dim", call.arguments.get("axis"))
    free = joined % len(first) if isinstance(joined, int) and call.role == "join" else None
    differ = [axis for axis, (a, b) in enumerate(zip(first, other, strict=True)) if a != b and axis != free]
    if call.role == "add":
        differ = [axis for axis in differ if 1 not in (first[axis], other[axis])]
    parts = [f"{first[axis]} and {other[axis]} on axis {axis}" for axis in differ]
    return f": {', '.join(parts)}" if parts else ""
