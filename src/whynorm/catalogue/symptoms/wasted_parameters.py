from whynorm.catalogue import Shown, symptom
from whynorm.facts import Call


@symptom(
    "wasted-parameters",
    causes=("bias-before-norm",),
    silent=("norm",),
    needs_cause=True,
    doubtful=lambda call: call.biased,
)
def wasted_parameters(call: Call) -> Shown | None:
    """A bias or scale that the norm cancels; a note.

    ## What shows

    Nothing at all: the network computes the same with and without it. A layer adds a constant to each channel, the norm
    behind it subtracts each channel's mean, and the constant is gone. The bias gets a gradient of 0 but for rounding,
    keeps its start value, and is stored, copied and sent between processes for nothing.

    ```python silent torch
    import torch
    from torch import nn

    conv, norm = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)
    model = nn.Sequential(conv, norm)
    result = model(torch.randn(2, 3, 8, 8))
    (result * torch.randn_like(result)).sum().backward()
    assert conv.bias.grad.abs().max() < 0.0001 * conv.weight.grad.abs().max()
    inputs = [(2, 3, 8, 8)]
    ```

    ```python works torch
    from torch import nn

    model = nn.Sequential(nn.Conv2d(3, 4, 3, bias=False), nn.BatchNorm2d(4))
    inputs = [(2, 3, 8, 8)]
    ```

    ## Which norms cancel what

    | norm | cancels a bias for each channel |
    |---|---|
    | batch norm, in training | yes |
    | batch norm, in inference mode | no: its mean is a stored number; but training has taken the bias into it |
    | instance norm without running statistics | yes |
    | group norm | no, unless each group is one channel |
    | layer norm | no: only what is added to all features alike |
    | RMS norm | no: it subtracts no mean |

    The cause is always `bias-before-norm`; its page has the remedies and their price.
    """
    reading = call.reading
    if call.raised is not None or reading is None or reading.channel_axis not in reading.keeps:
        return None
    return Shown("note", f"{call.name} takes away what a bias before it adds to each channel")
