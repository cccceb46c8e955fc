from collections.abc import Mapping

from whynorm.catalogue import Because, Remedy, cause, phrases
from whynorm.catalogue.program import origin_of
from whynorm.catalogue.remedies.batch import larger_batch
from whynorm.catalogue.remedies.layer import become
from whynorm.catalogue.remedies.mode import inference
from whynorm.catalogue.shapes import source
from whynorm.facts import Case, Location
from whynorm.facts.spelling import layer_norm


@cause("batch-of-one")
def batch_of_one(case: Case) -> Because | None:
    """The batch itself has one sample.

    A batch norm averages over batch and positions. Behind a linear layer or a global pooling there are no
    positions, so a batch of one leaves one value.

    ```python fails torch
    import torch
    from torch import nn

    model = nn.Sequential(nn.Linear(16, 8), nn.BatchNorm1d(8))
    model(torch.randn(1, 16))
    ```

    ```python works torch
    import torch
    from torch import nn

    model = nn.Sequential(nn.Linear(16, 8), nn.BatchNorm1d(8))
    model.eval()
    model(torch.randn(1, 16))
    ```

    ## Remedies and their price

    * In training: batches of two or more, eight or more for statistics worth having. Where memory allows one sample
      only, a layer norm or group norm does not need the batch; it averages over something else and has to be
      trained.
    * In inference: `model.eval()`, which uses the running statistics.
    """
    call, inputs = case.call, case.trace.inputs
    if "ahead" in case.hints:  # the other batches have more
        return None
    if call.reading is None or 0 not in call.reading.averages or call.reading.unbatched:
        return None
    if not inputs or not inputs[0].shape or inputs[0].shape[0] != 1 or not call.shape or call.shape[0] != 1:
        return None
    found = source(case)
    origin = origin_of(case, found) if found is not None else None
    parts = next((step for step in origin.steps if step.kind == "split"), None) if origin is not None else None
    said = "the batch has one sample" if parts is None else f"{parts.expression} leaves a part of one sample"
    loader, trains = case.hints.get("loader"), case.hints.get("method") == "fit"
    place = loader.get("location") if isinstance(loader, Mapping) and loader.get("batch_size") == 1 else None
    larger = larger_batch(case, "feed batches of at least 2", when=None if trains else "this is training")
    by_sample = _by_sample(case)
    remedies = (larger, *([] if by_sample is None else [by_sample])) if trains else (larger, inference(case))
    return Because(
        "certain",
        f"{said}, and the norm has one value of each channel in a sample",
        origin=parts.location if parts is not None else place if isinstance(place, Location) else None,
        remedies=remedies,
        weight=0.5,
    )


def _by_sample(case: Case) -> Remedy | None:
    """A norm over the features of each sample, where they stand last."""
    call, shape = case.call, case.call.shape or ()
    if call.reading is None or call.reading.channel_axis != len(shape) - 1 or shape[-1] == 1:
        return None
    kind, arguments = layer_norm(case.framework, shape[-1])
    title = f"use {kind}: it averages over the features of each sample, whatever the batch"
    return become(case, call, title, kind, arguments, when="batches of one are to stay; it is trained anew")


@batch_of_one.in_text
def _(case: Case) -> Because | None:
    told = case.told
    if told.symptom not in ("one-value", "wrong-rank"):
        return None
    if told.symptom == "wrong-rank":
        if told.rank != 1 or told.in_code("squeeze") is None:
            return None
        return Because(
            "possible",
            "the batch has one sample, and squeeze() drops its axis too",
            remedies=(phrases.larger_batch(case),),
            weight=0.1,
        )
    if told.family in ("instance", "layer", "rms") or told.samples not in (1, None):
        return None
    started = told.step is not None and told.step[0] > 0
    loader = next((loader for loader in told.seen.loaders if loader.training), None)
    if loader is not None and loader.batch_size == 1:
        return Because(
            "likely",
            "the loader makes batches of one sample",
            origin=loader.location,
            remedies=(phrases.larger_batch(case), phrases.other_norm(case)),
            weight=1.2,
        )
    started = started or (loader is not None and loader.batch_size is not None)
    return Because(
        "possible",
        "the batch holds one sample" if told.samples == 1 else "the batch may hold one sample",
        remedies=(phrases.larger_batch(case), phrases.evaluation(case), phrases.other_norm(case)),
        look_at="the batch_size that the loader is given: 1, or a remainder of 1 at the end",
        weight=0.05 if started else 0.6,
    )
