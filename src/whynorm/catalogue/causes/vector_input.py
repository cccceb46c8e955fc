from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.phrases import print_shape
from whynorm.catalogue.remedies.layer import become, leave_out
from whynorm.catalogue.shapes import at, maker, positions, shrinking, sizes, source
from whynorm.facts import Case
from whynorm.facts.spelling import layer_norm


@cause("vector-input")
def vector_input(case: Case) -> Because | None:
    """The norm is applied to a vector or a 1 x 1 embedding by design.

    A vector of features for each sample has no positions. An instance norm over it has one value for each
    statistic; with two axes it reads `(batch, features)` as `(channels, length)` and normalises each sample over
    its features: a layer norm by accident, with the batch size in the place of the channels.

    ```python fails torch
    import torch
    from torch import nn

    model = nn.InstanceNorm1d(16)
    inputs = (torch.randn(8, 16),)
    model(*inputs)
    ```

    ```python works torch
    import torch
    from torch import nn

    model = nn.LayerNorm(16)
    inputs = (torch.randn(8, 16),)
    model(*inputs)
    ```

    ## Remedies and their price

    * A layer norm averages over the features of each sample; a batch norm over the batch, for each feature. Both
      are other functions, to be trained.
    * A layer norm over a single feature is 0 for every input: leave it out.
    """
    call, shape, reading = case.call, case.call.shape, case.call.reading
    found = source(case)
    if shape is None or call.role != "norm":
        return None
    if reading is not None and reading.family in ("layer", "rms") and reading.averages == (len(shape) - 1,):
        return _single_feature(case, shape)
    if found is not None and shrinking(found.calls) and (reading is None or not reading.unbatched):
        return None  # positions were there, and were used up
    vector = len(shape) == 2 or (len(shape) > 2 and positions(shape) == 1)
    if not vector or (reading is not None and 0 in reading.averages and not reading.unbatched):
        return None
    features = shape[1]
    remedies = [leave_out(case, call, f"leave {call.name} out", when="the vector needs no normalising")]
    if len(shape) == 2 and features > 1:
        kind, arguments = layer_norm(case.framework, features)
        title = f"use {kind}: it averages over the {features} features of each sample"
        when = "each sample is to be normalised; that is another function"
        remedies.insert(0, become(case, call, title, kind, arguments, when=when))
    return Because(
        "likely",
        f"{sizes(shape)} is one vector for each sample: there are no positions to average over",
        remedies=tuple(remedies),
    )


def _single_feature(case: Case, shape: tuple[int, ...]) -> Because | None:
    """A norm over features, of which there is one."""
    call, made = case.call, maker(case, "linear", "conv", "recurrent", "embedding")
    if shape[-1] != 1 or (len(shape) > 3 and shape[1] > 1):  # the channels of maps stand on another axis
        return None
    given = f", from {made.name} at {at(made)}," if made is not None else ""
    return Because(
        "likely",
        f"{sizes(shape)}{given} has one feature for each sample or position: there is nothing to average over",
        at=call,
        remedies=(leave_out(case, call, f"leave {at(call)} out", when="that one feature is meant"),),
        weight=0.5,
    )


@vector_input.in_text
def _(case: Case) -> Because | None:
    told, shape = case.told, case.told.shape
    if told.symptom == "wrong-rank":
        if told.family not in ("instance", "sync") or told.rank not in (1, 2):
            return None
        return Because(
            "possible",
            "a vector for each sample comes in, and the norm wants positions to average over",
            remedies=(Remedy("use LayerNorm or BatchNorm1d on vectors", "layer"),),
            look_at=print_shape(case, "two axes are samples and features"),
            weight=0.55,
        )
    if told.symptom not in ("one-value", "channels-ignored", "framework-bug") or told.family in ("layer", "rms"):
        return None
    if told.symptom == "one-value" and shape is not None and len(shape) > 3:
        return None
    if told.symptom == "one-value" and told.family == "batch" and not (shape is not None and len(shape) == 2):
        return None
    return Because(
        "possible",
        "the norm is applied to a vector, which has one value for each channel",
        remedies=(Remedy("use LayerNorm there, which averages over the features", "layer"),),
        look_at=print_shape(case, "no axis but batch and features is larger than 1"),
        weight=0.6 if told.family == "instance" and told.symptom == "one-value" else 0.15,
    )
