from whynorm.catalogue import Because, cause
from whynorm.catalogue.phrases import add_axis, print_shape
from whynorm.catalogue.program import line_of, origin_of
from whynorm.catalogue.remedies.inputs import transform_input
from whynorm.catalogue.remedies.mode import inference
from whynorm.catalogue.shapes import channels_last, sizes, source, wanted_channels
from whynorm.facts import Case, Open

_INFERENCE = ("predict", "infer", "inference", "test", "demo", "detect", "render", "sample", "generate")


@cause("missing-batch-axis")
def missing_batch_axis(case: Case) -> Because | None:
    """The input lacks its batch axis.

    One sample is handed over as it comes from the data set: `(3, 224, 224)`. Convolutions and instance norms of
    PyTorch take it for one unbatched sample, batch norms refuse it, and a flatten that starts at axis 1 keeps the
    channels apart.

    ```python fails torch
    import torch
    from torch import nn

    model = nn.BatchNorm2d(3)
    model(torch.randn(3, 32, 32))
    ```

    ```python works torch
    import torch
    from torch import nn

    model = nn.BatchNorm2d(3)
    model(torch.randn(3, 32, 32).unsqueeze(0))
    ```

    ## Remedies and their price

    * `sample.unsqueeze(0)`, or `sample[None]`, before the call, and `output[0]` behind it. In training mode a batch
      of one is the next obstacle: use `model.eval()` for inference.
    """
    call, found = case.call, source(case)
    if found is None or not call.shape or not found.value.shape:
        return None
    shape = found.value.shape
    if case.hints.get("method") == "fit" or isinstance(shape[0], Open):
        return None  # it cuts the samples into batches itself; a size that is left open is that of a batch
    if call.ranks and len(call.shape) >= max(call.ranks):
        return None
    wanted = wanted_channels(call)
    if call.role in ("norm", "conv") and wanted is not None and call.shape[-1 if channels_last(call) else 0] != wanted:
        return None
    remedy = transform_input(case, found, f"add the batch axis: {sizes((1, *shape))}", ("unsqueeze", (0,)), safe=True)
    verdict = case.try_out(remedy.trial)
    passed = verdict.passed
    if (
        passed is False
        and verdict.raised is not None
        and verdict.raised.message.startswith("Expected more than 1 value")
    ):
        mode = inference(case)
        title = f"{remedy.title}, and put the model into inference mode: a batch of one has no statistics"
        remedy = remedy._replace(
            title=title,
            trial=(*remedy.trial, *mode.trial),
            edits=(*remedy.edits, *mode.edits),
            when=mode.when,
            safe=False,
        )
        passed = case.try_out(remedy.trial).passed
    if passed is False or (passed is None and wanted is None):
        return None
    origin = origin_of(case, found)
    dropped = origin.dropped if origin is not None else None
    return Because(
        "certain" if passed else "likely",
        f"the input is one sample of {sizes(shape)}, without a batch axis before it",
        origin=line_of(case, found, "unsqueeze"),
        remedies=(remedy,),
        weight=1.0 if dropped is None else 2.0,
    )


@missing_batch_axis.in_text
def _(case: Case) -> Because | None:
    told, shape = case.told, case.told.shape
    if told.symptom not in ("wrong-rank", "input-channels", "axis-out-of-range"):
        return None
    if told.symptom == "input-channels":
        if shape is None or len(shape) != 3 or told.says("conv1d"):
            return None
    elif told.symptom == "wrong-rank":
        rank = told.rank
        if rank is None or (told.ranks and rank >= min(told.ranks)) or (told.ranks and min(told.ranks) - rank > 1):
            return None
    weight, sure = 0.5, told.rank == 1
    if told.role != "norm" and shape is not None and told.symptom == "wrong-rank":
        ends = shape[-1] if told.last_axis else shape[0]
        sure = ends in (1, 3, 4)
        weight = 0.9 if sure else 0.3
    elif told.interactive or told.in_function(_INFERENCE) or told.says("unsqueeze", "image.open", "imread"):
        weight = 0.7
    return Because(
        "likely" if sure else "possible",
        "one sample comes in without a batch axis",
        remedies=(add_axis(case, 0, "batch"),),
        look_at=print_shape(case, "the first size is to be the number of samples"),
        weight=weight,
    )
