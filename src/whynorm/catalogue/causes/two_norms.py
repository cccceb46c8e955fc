from whynorm.catalogue import Because, cause
from whynorm.catalogue.remedies.layer import leave_out
from whynorm.catalogue.shapes import at
from whynorm.facts import Call, Case


@cause("two-norms")
def two_norms(case: Case) -> Because | None:
    """Two norms stand one directly behind the other.

    What comes out of the first has mean 0 and deviation 1 on the axes over which it averaged. The second, over the same
    axes, finds nothing left to do; and the first one's scale and shift are cancelled. It comes from blocks that end in
    a norm and are followed by one that begins with a norm.

    ```python silent torch
    import torch
    from torch import nn

    first, second = nn.BatchNorm2d(4), nn.BatchNorm2d(4)
    maps = 3 + 2 * torch.randn(8, 4, 16, 16)
    once = nn.BatchNorm2d(4)(maps)
    nn.init.constant_(first.weight, 7.0)
    assert torch.allclose(second(first(maps)), once, atol=1e-3)
    model, inputs = nn.Sequential(first, second), [(8, 4, 16, 16)]
    ```

    ```python works torch
    import torch
    from torch import nn

    model = nn.Sequential(nn.Conv2d(3, 4, 3, bias=False), nn.BatchNorm2d(4), nn.ReLU(), nn.Conv2d(4, 4, 3))
    inputs = [(8, 3, 16, 16)]
    ```

    ## Remedies and their price

    Leave out one of them, before training: the second where the block before is used elsewhere too, else the first. In
    a trained network leave both, the weights behind them have been learnt with them. Two norms over *different* axes, a
    layer norm behind a batch norm, are a choice and not a slip.
    """
    call = case.call
    made = case.trace.producer(call.inputs[0]) if call.inputs else None
    if made is not None and made.role == "slice" and made.inputs:  # `tokens[:, 0]` leaves the features as they are
        made = case.trace.producer(made.inputs[0])
    if made is None or made.role != "norm" or made.reading is None or call.reading is None or made.path == call.path:
        return None
    before, here = _from_the_end(made), _from_the_end(call)
    if not before <= here or made.reading.source != "batch" or made.reading.groups != call.reading.groups:
        return None
    if made.outputs[0].id != call.inputs[0].id and not before == here == {-1}:
        return None
    same = "the same" if before == here else "some of the"
    return Because(
        "likely",
        f"{at(made)} has normalised over {same} axes directly before {at(call)}: one of them does nothing but scale",
        at=made,
        steps=(made, call),
        remedies=(leave_out(case, call, f"leave {at(call)} out", when="the weights are yet to be trained"),),
    )


def _from_the_end(norm: Call) -> set[int]:
    """The axes that a norm averages over, counted from the last."""
    return {axis - len(norm.shape or ()) for axis in norm.reading.averages} if norm.reading is not None else set()
