from whynorm.catalogue import Shown, symptom
from whynorm.facts import Call


@symptom(
    "doubtful-order",
    causes=("two-norms", "dropout-before-norm", "norm-before-output"),
    silent=("norm",),
    needs_cause=True,
    doubtful=lambda call: call.measured is not None and call.measured.order is not None,
)
def doubtful_order(call: Call) -> Shown | None:
    """Norms, dropout and outputs stand in an order that costs accuracy; a note.

    ## What shows

    The network runs and learns. Around a norm stands something that works against it: another norm over the same axes,
    dropout whose changed variance the norm learns, or nothing at all behind the last norm, which fixes mean and spread
    of the output. None of this is an error, and all of it is found in networks that do well, so it is told as a note.

    ```python silent torch
    import torch
    from torch import nn

    model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 3, 1))
    inputs = [(4, 3, 16, 16)]
    ```

    ```python works torch
    import torch
    from torch import nn

    norm = nn.BatchNorm2d(8)
    model = nn.Sequential(nn.Conv2d(3, 8, 3, bias=False), norm, nn.ReLU(), nn.Dropout(0.2), nn.Conv2d(8, 3, 1))
    inputs = [(4, 3, 16, 16)]
    ```

    ## How to tell the causes apart

    * `two-norms`: two norms, nothing but shape between them.
    * `dropout-before-norm`: a dropout, then convolutions or linear layers, then a batch norm.
    * `norm-before-output`: the last call of the network is a norm over each sample.

    ## Before you change it

    Changing the order makes another network: saved weights no longer mean the same. Train both for a while and compare
    on validation data; do not change a trained one.
    """
    if call.raised is not None or call.reading is None:
        return None
    return Shown("note", f"what stands around {call.name} is worth a look")
