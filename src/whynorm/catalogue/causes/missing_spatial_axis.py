from collections.abc import Iterator

from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.phrases import print_shape
from whynorm.catalogue.remedies import line_of, set_number, transform_input
from whynorm.catalogue.shapes import at, out_shape, sizes, source, wanted_channels
from whynorm.facts import Call, Case


@cause("missing-spatial-axis")
def missing_spatial_axis(case: Case) -> Because | None:
    """The input has its batch and channels, and lacks an axis behind them.

    `(2, 3, 64)` into a norm of two spatial axes; or a weight for each channel `(N, C)` that is multiplied with a
    map `(N, C, H, W)`: shapes are aligned from the right, so C meets W.

    ```python fails torch
    import torch

    scale = torch.rand(2, 8)
    torch.rand(2, 8, 4, 4) * scale
    ```

    ```python works torch
    import torch

    scale = torch.rand(2, 8)
    torch.rand(2, 8, 4, 4) * scale[:, :, None, None]
    ```

    ## Remedies and their price

    * Add the axis where it is missing; if the data have only one axis of positions, use the layers for one axis.
    * A recurrent layer of Keras gives its last step alone; with `return_sequences=True` it gives every step, as the
      next recurrent layer, or a convolution, wants them.
    """
    call = case.call
    if call.role == "add" and len(call.inputs) == 2:
        return _at_a_meeting(case)
    last = next(iter(_last_steps(case)), None)
    if last is not None:
        return _every_step(case, last)
    found = source(case)
    if found is None or not call.shape or not call.ranks or len(call.shape) != max(call.ranks) - 1:
        return None
    shape, wanted = found.value.shape, wanted_channels(call)
    if len(call.shape) < 2 or wanted is None or call.shape[1] != wanted or found.calls:
        return None
    remedy = transform_input(
        case,
        found,
        f"add the missing axis: {sizes((*shape, 1))}",
        ("unsqueeze", (-1,)),
        when="the data have another axis of positions, of size 1 here",
    )
    return Because(
        "likely",
        f"{shape[0]} samples of {wanted} channels are followed by {len(shape) - 2} axis, and the layer wants "
        f"{max(call.ranks) - 2}",
        origin=line_of(case, found, "unsqueeze"),
        remedies=(remedy,),
        weight=0.5,
    )


def _last_steps(case: Case) -> Iterator[Call]:
    """The recurrent layer on the way that gives its last step only, nearest first."""
    for step in case.trace.upstream(case.call):
        if step.role == "recurrent" and step.arguments.get("return_sequences") is False:
            yield step
        if len(out_shape(step) or ()) != len(step.shape or ()):
            return


def _every_step(case: Case, maker: Call) -> Because:
    remedy = set_number(
        case,
        maker,
        f"have {at(maker)} give every step: return_sequences=True",
        "return_sequences",
        None,
        True,
        safe=True,
    )
    if case.call.built is not None and maker.built is not None and case.call.built[:2] == maker.built[:2]:
        remedy = remedy._replace(title=f"{remedy.title}, and not {at(case.call)}", edits=(), safe=False)
    return Because(
        "certain" if case.try_out(remedy.trial).passed else "likely",
        f"{maker.name} at {at(maker)} gives its last step alone, {sizes(out_shape(maker) or ())}, and what follows "
        f"wants every step of {sizes(maker.shape or ())}",
        at=maker,
        steps=(maker,),
        remedies=(remedy,),
        weight=1.5,
    )


def _at_a_meeting(case: Case) -> Because | None:
    """A weight for each channel meets a map: `(N, C)` and `(N, C, H, W)`."""
    first, other = sorted((value.shape for value in case.call.inputs), key=len)
    if len(first) < 1 or len(first) == len(other) or first != other[: len(first)]:
        return None
    ones = (*first, *(1 for _ in other[len(first) :]))
    return Because(
        "likely",
        f"{sizes(first)} are aligned from the right with {sizes(other)}: they need {len(other) - len(first)} more axes",
        at=case.call,
        look_at=f"its shape: it has to be {sizes(ones)} before they meet",
        weight=1.0,
    )


@missing_spatial_axis.in_text
def _(case: Case) -> Because | None:
    told = case.told
    rank = told.rank
    if (
        told.symptom != "wrong-rank"
        or told.role not in ("conv", "pool", "upsample", "transposed-conv")
        or rank is None
        or not told.ranks
    ):
        return None
    if rank >= min(told.ranks):
        return None
    return Because(
        "possible",
        "the positions were flattened or pooled away before it",
        remedies=(Remedy("reshape to batch, channels and positions before it: x.view(n, c, h, w)", "model"),),
        look_at=print_shape(case, "where do the spatial axes go?"),
        weight=0.25,
    )
