from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.wording import in_its_words
from whynorm.facts import Call
from whynorm.facts.measured import Precision
from whynorm.facts.words import listed


@symptom(
    "unsupported-type",
    causes=(
        "mixed-types",
        "half-precision",
        "library-version",
        "channels-first",
    ),
    silent=("norm",),
)
def unsupported_type(call: Call) -> Shown | None:
    """A dtype or device that the layer does not take.

    ## What shows

    The sizes fit, the numbers are of another type than the layer's parameters, or of one for which it has no code.
    The messages name types (`expected scalar type`, `mixed dtype`, `not implemented for 'Long'`) and no shape.

    ```python fails torch
    import torch
    from torch import nn

    norm = nn.BatchNorm2d(3)
    norm(torch.randint(0, 256, (2, 3, 8, 8), dtype=torch.uint8))
    ```

    ```python works torch
    import torch
    from torch import nn

    norm = nn.BatchNorm2d(3)
    norm(torch.randint(0, 256, (2, 3, 8, 8), dtype=torch.uint8).float() / 255)
    ```

    ## What PyTorch's norms take, on the CPU (torch 2.13)

    | input | parameters | batch, group and layer norm |
    |---|---|---|
    | float32 | float32 | yes |
    | float16, bfloat16 | float32 | yes, the result is 16-bit |
    | float32 | float16 | no |
    | float64 | float32 | no |
    | integers | any | no |

    ## How to tell the causes apart

    `print(x.dtype, norm.weight.dtype, norm.running_mean.dtype)`. They differ: `mixed-types`. They are the same 16-bit
    type, and the message says `not implemented`: `half-precision`, this device has no such code. The message names
    integers: images as they were read, 0 to 255, or data from NumPy that were never converted. float64: NumPy's own
    default.
    """
    lost = call.measured.precision if call.measured is not None else None
    if call.raised is None and lost is not None:
        return _in_half(call, lost)
    kinds = list(dict.fromkeys(value.dtype for value in call.inputs))
    if not kinds:
        return in_its_words(call, "it does not take this type of numbers")
    return in_its_words(call, f"it does not take {listed(kinds)} here")


def _in_half(call: Call, lost: Precision) -> Shown | None:
    """It runs, and gives something else than in float32."""
    if lost.nonfinite:
        what = f"{lost.nonfinite} of the {lost.of} values that it gives are NaN or infinite in {lost.dtype}"
    elif lost.constant:
        what = f"{lost.constant} of the {lost.of} values that it gives are 0 in {lost.dtype}"
    elif lost.difference >= 0.1:
        what = f"what it gives in {lost.dtype} is {lost.difference:.2g} deviations off"
    else:
        return None
    bad = lost.nonfinite or 10 * lost.constant > lost.of or lost.difference >= 0.25
    return Shown("warning" if bad else "note", f"{call.name}: {what}, and not so in float32")
