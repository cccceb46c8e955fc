from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.remedies.batch import batch_of
from whynorm.facts import Case
from whynorm.facts.change import Mode

_CONSTRUCTORS = (
    "__init__",
    "build",
    "_get_conv_output",
    "get_conv_output",
    "_infer_shape",
    "infer_shape",
    "_forward_features",
    "_get_flat_size",
)


@cause("dummy-forward")
def dummy_forward(case: Case) -> Because | None:
    """A shape-probing forward pass at construction.

    Constructors run `self.features(torch.zeros(1, 3, 32, 32))` to learn how many features a linear layer gets. A
    new module is in training mode, so batch norms refuse the single sample, or take the zeros into their running
    statistics.

    ```python fails torch
    import torch
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.features = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.BatchNorm2d(3), nn.Flatten())
            self.head = nn.Linear(self.features(torch.zeros(1, 3, 32, 32)).shape[1], 10)

    model = Net()
    ```

    ```python works torch
    import torch
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.features = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.BatchNorm2d(3), nn.Flatten())
            self.features.eval()
            with torch.no_grad():
                features = self.features(torch.zeros(1, 3, 32, 32)).shape[1]
            self.features.train()
            self.head = nn.Linear(features, 10)

    model = Net()
    ```

    ## Remedies and their price

    * Probe in inference mode, and switch back. Running statistics stay as they were.
    * `nn.LazyLinear(10)` needs no probe, but a first forward pass before its weights exist.
    """
    maker = case.hints.get("constructing")
    if not maker and not any(frame.function == "__init__" and not frame.library for frame in case.frames):
        return None
    named = f"the constructor of {maker}" if isinstance(maker, str) else "a constructor"
    place = next((frame.location for frame in case.frames if frame.function == "__init__" and not frame.library), None)
    return Because(
        "certain",
        f"{named} runs a forward pass to learn a shape, on a batch of {case.trace.inputs[0].shape[0]}"
        if case.trace.inputs and case.trace.inputs[0].shape
        else f"{named} runs a forward pass to learn a shape",
        origin=place,
        remedies=(
            Remedy("probe with a batch of 2", "call", trial=batch_of(case, 2)),
            Remedy("probe in inference mode, and switch back afterwards", "mode", trial=(Mode(False),)),
        ),
        weight=4.0,
    )


@dummy_forward.in_text
def _(case: Case) -> Because | None:
    told = case.told
    inside = [function.rpartition(".")[2] for function in told.functions]
    built = next((number for number, function in enumerate(inside) if function in _CONSTRUCTORS), None)
    if built is None or not any(function in ("forward", "call", "__call__") for function in inside[built + 1 :]):
        return None
    where = "its constructor" if inside[built] == "__init__" else f"{inside[built]}"
    return Because(
        "likely",
        f"{where} runs a forward pass to find out a shape, with one sample and in training mode",
        remedies=(
            Remedy("probe in inference mode: self.eval() before the probe, self.train() after it", "mode"),
            Remedy(
                "probe with two samples and the size that is really fed", "call", "the probe must stay in training mode"
            ),
        ),
        weight=1.5,
    )
