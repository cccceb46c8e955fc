from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.remedies.before_layer import at_layers, before_layer
from whynorm.catalogue.remedies.layer import become
from whynorm.catalogue.shapes import at
from whynorm.facts import Case
from whynorm.facts.measured import Padding
from whynorm.facts.spelling import has_tensor_methods, layer_norm


@cause("padding-in-statistics")
def padding_in_statistics(case: Case) -> Because | None:
    """Padded positions or empty samples are averaged over with the rest.

    Sequences of different lengths are filled up with zeros, and a batch norm or instance norm takes the zeros for
    data: the mean is drawn towards 0, and how far depends on the longest sequence in the batch. A layer norm over the
    features of each position has no part in this.

    ```python silent torch
    import torch
    from torch import nn

    torch.manual_seed(0)
    series = torch.zeros(16, 2, 40)
    series[..., :10] = 5 + torch.randn(16, 2, 10)
    norm = nn.BatchNorm1d(2, momentum=1.0)
    norm(series)
    assert norm.running_mean.max() < 1.5
    assert norm.running_var.min() > 4
    ```

    ```python works torch
    import torch
    from torch import nn

    torch.manual_seed(0)
    series = torch.zeros(16, 2, 40)
    series[..., :10] = 5 + torch.randn(16, 2, 10)
    real = torch.arange(40).expand(16, 40) < 10
    norm = nn.BatchNorm1d(2, momentum=1.0)
    result = series.transpose(1, 2).clone()
    result[real] = norm(result[real])
    assert (norm.running_mean - 5).abs().max() < 0.5
    assert (norm.running_var - 1).abs().max() < 0.5
    ```

    Real values of mean 5 and variance 1 are taken for values of mean 1.25 and variance near 5. In the second example
    only real positions go through the norm.

    ## Remedies and their price

    * Normalise the real positions only, by a mask as above. In Keras, `BatchNormalization` takes a `mask`.
    * Layer norm over the features: no other position counts. It is another network.
    * Batches of similar length: less padding, not none.
    * For empty samples (an image missing in a set of views) leave them out before the norm, and put zeros back behind
      it.

    Masking the *result* or the loss is not enough: the statistics have been taken by then.
    """
    call, measured = case.call, case.call.measured
    filled = measured.padding if measured is not None else None
    if filled is None or call.shape is None:
        return None
    remedies = _per_position(case, call.shape)
    masked = "normalise the real positions only: sums over a mask, divided by the lengths"
    remedies.append(Remedy(masked, "layer", when="the network is to stay what it is"))
    return Because(
        "certain",
        f"{_PROOFS[filled.proof]}, and {at(call)} has no part of it: it takes its statistics over all "
        f"{filled.of} positions",
        at=call,
        remedies=tuple(remedies),
        experiment=_experiment(filled),
        weight=1.5,
    )


def _per_position(case: Case, shape: tuple[int, ...]) -> list[Remedy]:
    """A layer norm over the channels of each position: of rows, or of series with their channels on axis 1."""
    call, channels = case.call, shape[1]
    if call.path is None:
        return []
    kind, arguments = layer_norm(case.framework, channels)
    title = f"use {kind} over the channels of each position"
    if call.reading is not None and call.reading.channel_axis == len(shape) - 1:
        return [become(case, call, title, kind, arguments, when=_ANOTHER)]
    if len(shape) != 3 or not has_tensor_methods(case.framework):
        return []
    layer = become(case, call, f"{title}, with the axes swapped before and behind it", kind, arguments, when=_ANOTHER)
    around = before_layer(call, "{}.transpose(1, 2)", None, after="{}.transpose(1, 2)")
    return [
        layer._replace(
            changes="model",
            trial=(*layer.trial, *at_layers(case, call, "transpose", (1, 2), back=True)),
            edits=(*layer.edits, *around) if around else (),
        )
    ]


_ANOTHER = "it may be another network, to be trained anew"
_PROOFS = {
    "lengths": "the lengths are handed to the model",
    "mask": "a mask of the real positions is handed to the model",
    "ids": "the samples end in one and the same number, each from another position on",
    "zeros": "the samples end in zeros, each from another position on",
}


def _experiment(filled: Padding) -> str:
    if filled.alone:
        return (
            f"sample {filled.sample} alone, {filled.real} real positions of {filled.of}, against the same positions in "
            f"the batch: they differ by {filled.effect:.2g} deviations in the mean"
        )
    return (
        f"the real positions of the batch alone against the same positions with the padding: they differ by "
        f"{filled.effect:.2g} deviations in the mean"
    )
