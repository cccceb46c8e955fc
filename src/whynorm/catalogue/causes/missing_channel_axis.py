from whynorm.catalogue import Because, cause
from whynorm.catalogue.phrases import add_axis, print_shape
from whynorm.catalogue.program import line_of
from whynorm.catalogue.remedies.inputs import transform_input
from whynorm.catalogue.shapes import channels_last, count, sizes, source, wanted_channels
from whynorm.facts import Case


@cause("missing-channel-axis")
def missing_channel_axis(case: Case) -> Because | None:
    """The input lacks its channel axis: a batch of grey images, of single series.

    `(8, 28, 28)` are eight grey images, and a convolution over two axes reads them as one image of eight channels.
    Data sets of grey images, depth maps and waveforms often come without the axis of size 1.

    ```python fails torch
    import torch
    from torch import nn

    model = nn.Conv2d(1, 8, 3)
    model(torch.randn(8, 28, 28))
    ```

    ```python works torch
    import torch
    from torch import nn

    model = nn.Conv2d(1, 8, 3)
    model(torch.randn(8, 28, 28).unsqueeze(1))
    ```

    ## Remedies and their price

    * `images.unsqueeze(1)` for a batch, `image.unsqueeze(0)` for one sample. It costs nothing.
    """
    call, found = case.call, source(case)
    if found is None or not call.shape:
        return None
    shape, wanted = found.value.shape, wanted_channels(call)
    if wanted is not None and not found.calls and wanted != 1:
        return None
    if wanted != 1 and any(step.role in ("linear", "recurrent", "embedding") for step in found.calls):
        return None  # what comes in are features, and no positions
    named = call.arguments.get("axis")
    last = channels_last(call) or named == len(shape)
    ranks = call.ranks or ((len(shape) + 1,) if last else ())
    if not ranks or len(shape) >= max(ranks) or len(shape) < max(ranks) - 2:
        return None
    missing = max(ranks) - len(shape)
    one = (*shape, 1) if last else (shape[0], 1, *shape[1:]) if missing == 1 else (1, *shape)
    place = len(shape) if last else 1 if missing == 1 else 0
    steps = (("unsqueeze", (place,)),) if missing == 1 else (("unsqueeze", (place,)), ("unsqueeze", (0,)))
    full = one if missing == 1 else (1, *one)
    what = "the channel axis" if missing == 1 else "the batch and the channel axis"
    remedy = transform_input(case, found, f"add {what}: {sizes(full)}", *steps, safe=missing == 1)
    passed = case.try_out(remedy.trial).passed
    if passed is False or (passed is None and wanted != 1):
        return None
    samples = f"{count(shape[0], 'sample')} of {sizes(shape[1:])}" if missing == 1 else f"one sample of {sizes(shape)}"
    return Because(
        "certain" if passed else "likely",
        f"the input is {samples}, with no axis for its single channel",
        origin=line_of(case, found, "unsqueeze"),
        remedies=(remedy,),
        weight=0.8 if channels_last(call) and shape[-1] in (3, 4) else 1.2,
    )


@missing_channel_axis.in_text
def _(case: Case) -> Because | None:
    told, shape = case.told, case.told.shape
    if told.symptom == "input-channels":
        if shape is None or told.numbers.get("wanted") != 1 or len(shape) < 3 or told.last_axis:
            return None
        if not (len(shape) in (3, 4) and shape[0] == 1 and (shape[1] or 0) > 4):
            return None
        return Because(
            "likely",
            "the samples lack the channel axis: the batch is read as channels",
            remedies=(add_axis(case, 1, "channel"),),
            look_at=print_shape(case, "batch, channels, height, width"),
            weight=0.85,
        )
    rank = told.rank
    if told.symptom != "wrong-rank" or rank is None or not told.ranks or rank >= min(told.ranks) or rank < 2:
        return None
    if told.role == "norm":
        return Because(
            "possible",
            "the channel axis is missing",
            remedies=(add_axis(case, 1, "channel"),),
            look_at=print_shape(case, "batch, channels, positions"),
            weight=0.15,
        )
    ends = None if shape is None else shape[-1] if told.last_axis else shape[0]
    grey = ends not in (1, 3, 4)
    return Because(
        "likely" if grey and shape is not None else "possible",
        "the samples lack the channel axis, as grey images and plain signals do",
        remedies=(add_axis(case, -1 if told.last_axis else 1, "channel"),),
        look_at=print_shape(case, "batch, channels and positions are to be there"),
        weight=0.8 if grey else 0.4,
    )
