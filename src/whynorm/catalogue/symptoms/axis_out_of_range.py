from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.wording import in_its_words
from whynorm.facts import Call


@symptom(
    "axis-out-of-range",
    causes=(
        "signature-confusion",
        "wrong-constructor-number",
        "missing-channel-axis",
        "missing-batch-axis",
        "wrong-norm-for-rank",
        "squeezed-axis",
        "library-version",
    ),
)
def axis_out_of_range(call: Call) -> Shown | None:
    """The axis named does not exist.

    ## What shows

    A norm, a `softmax` or a `mean` is told to work on axis 3 of a tensor of three axes. Either the tensor has lost
    an axis, or the number means something else here than where it was copied from: axes are counted from 0, and
    with the batch.

    ```python fails torch
    import torch

    torch.randn(2, 3, 8).softmax(3)
    ```

    ```python works torch
    import torch

    torch.randn(2, 3, 8).softmax(-1)
    ```

    ## How to tell the causes apart

    Count the axes at that line. As many as ever: the number is wrong, taken from a text that counts from 1 or leaves
    the batch out (`signature-confusion`). One fewer than elsewhere: a sample without a batch (`missing-batch-axis`), or
    an axis of size one was squeezed away, which strikes with a batch of one only (`squeezed-axis`). A norm of one's own
    that names the axes of a map, `x.mean((2, 3))`, and is now used on a series or a volume: `wrong-norm-for-rank`.

    Counting from the end (`-1`) is right for an axis that is always the last, and picks another one, silently, where an
    axis is missing at the end.
    """
    return in_its_words(call, "the axis that is named does not exist there")
