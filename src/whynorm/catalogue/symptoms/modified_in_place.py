from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.judges.judgement import and_others
from whynorm.catalogue.wording import in_its_words
from whynorm.facts import Call

SMALL = 0.01
"""A gradient that is wrong by less than this share is a note."""


@symptom("modified-in-place", causes=("several-forwards",), silent=("norm",))
def modified_in_place(call: Call) -> Shown | None:
    """A norm's buffer is overwritten while the backward pass still needs it.

    ## What shows

    The forward passes go well; `backward()` then says that a variable needed for the gradient was changed in place, and
    names two version numbers. A batch norm keeps its running mean and variance for the backward pass, in either mode.
    Whatever writes into them in between breaks it: `load_state_dict`, `reset_running_stats`, an average of weights that
    copies buffers too, and on many versions the copies that `DistributedDataParallel` sends before a forward pass.

    ```python fails torch
    import torch
    from torch import nn

    norm = nn.BatchNorm1d(4)
    loss = norm(torch.randn(8, 4)).sum()
    with torch.no_grad():
        norm.running_mean.copy_(torch.zeros(4))
    loss.backward()
    ```

    ```python works torch
    import torch
    from torch import nn

    norm = nn.BatchNorm1d(4)
    norm(torch.randn(8, 4)).sum().backward()
    with torch.no_grad():
        norm.running_mean.copy_(torch.zeros(4))
    ```

    ## The silent sister

    A norm's own update of its statistics is not counted as such a change. A pass in inference mode, then one in
    training mode, then one backward pass for both raises nothing, and the first pass gets a wrong gradient, taken with
    the new variance (torch 2.13):

    ```python silent torch
    import torch
    from torch import nn

    norm = nn.BatchNorm1d(4).eval()
    data = torch.zeros(8, 4, requires_grad=True)
    loss = norm(data).sum()
    norm.train()(10 * torch.randn(256, 4))
    loss.backward()
    right = 1 / (1 + norm.eps) ** 0.5
    assert data.grad.max() < 0.8 * right
    ```

    ## How to tell the causes apart

    Two forward passes in training mode alone do no harm in one process. So look for what else writes: is the network
    wrapped in `DistributedDataParallel` and called twice before one backward pass (`several-forwards`)? Does its mode
    change in between? `torch.autograd.set_detect_anomaly(True)` names the forward call. An activation with
    `inplace=True` on a tensor that is used again gives the same message, and is no norm's doing: look whether the size
    printed is that of the channels alone.

    ## What not to do

    `retain_graph=True` keeps the graph, not the overwritten values. Cloning the input of the norm does not help either,
    for it is not the input that changed.
    """
    stale = call.history.stale if call.history is not None and call.raised is None else None
    if stale is not None and call.history is not None:
        wrong = max(abs(stale.scale - 1), stale.shift)
        return Shown(
            "warning" if wrong > SMALL else "note",
            f"{call.name}{and_others(call.history)}: one backward pass goes through a pass in inference mode and a "
            "later one in training mode; the gradient of the first was taken with statistics that the second had "
            f"moved, by {stale.shift:.2g} deviations and a factor of {1 / stale.scale:.3g}",
        )
    return in_its_words(call, "a buffer is overwritten while the backward pass still needs it")
