from collections.abc import Iterator

from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.phrases import print_shape
from whynorm.catalogue.program import line_of
from whynorm.catalogue.remedies.before_layer import before_layer
from whynorm.catalogue.remedies.inputs import transform_input
from whynorm.catalogue.remedies.number import set_number
from whynorm.catalogue.shapes import Source, at, out_shape, sizes, source, wanted_channels
from whynorm.facts import Call, Case
from whynorm.facts.change import Adapt, Edit, Transform, WrapOperand
from whynorm.facts.spelling import has_tensor_methods


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
    if call.shape and call.ranks and len(call.shape) == 2 < max(call.ranks) - 1:
        return _rows(case, found)
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


def _rows(case: Case, found: Source | None) -> Because | None:
    """Rows of features where maps are meant: the channels of single positions, or whole maps that were flattened."""
    call, shape, wanted = case.call, case.call.shape or (), wanted_channels(case.call)
    axes = max(call.ranks) - 2
    if wanted is None or call.path is None or shape[1] % wanted:
        return None
    side = round((shape[1] // wanted) ** (1 / axes))
    if side**axes * wanted != shape[1] or not has_tensor_methods(case.framework):
        return None
    map_of = (wanted, *(side for _ in range(axes)))
    if found is not None and not found.calls and side == 1 and len(found.value.shape) == 2:
        steps = tuple(("unsqueeze", (2 + axis,)) for axis in range(axes))
        title = f"give each sample {axes} axes of positions: {sizes((shape[0], *map_of))}"
        remedy, origin = transform_input(case, found, title, *steps), line_of(case, found, "unsqueeze")
    else:
        remedy, origin = (
            Remedy(
                f"make maps of the rows before {at(call)}: {sizes((shape[0], *map_of))}",
                "model",
                trial=(Transform("unflatten", (1, map_of), path=call.path),),
                edits=before_layer(call, f"{{}}.unflatten(1, {map_of})", f"Unflatten(1, {map_of})"),
            ),
            None,
        )
    passed = case.try_out(remedy.trial).passed
    return Because(
        "certain" if passed else "likely",
        f"{sizes(shape)} are rows of {shape[1]} numbers, and {at(call)} takes maps of {wanted} channels",
        at=call if origin is None else None,
        origin=origin,
        remedies=(remedy,),
        weight=1.2,
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
    remedies = tuple(_widened(case, first, ones))
    return Because(
        "likely",
        f"{sizes(first)} are aligned from the right with {sizes(other)}: they need {len(other) - len(first)} more axes",
        at=case.call,
        remedies=remedies,
        look_at=None if remedies else f"its shape: it has to be {sizes(ones)} before they meet",
        weight=1.0,
    )


def _widened(case: Case, first: tuple[int, ...], ones: tuple[int, ...]) -> Iterator[Remedy]:
    """The operand gets its axes where they meet, and what is added to the product on the same line as well."""
    call = case.call
    shapes = tuple(value.shape for value in call.inputs)
    branch = shapes.index(first)
    written = f"{{}}[{', '.join([':'] * len(first) + ['None'] * (len(ones) - len(first)))}]"
    if call.type not in _OPERATORS or not has_tensor_methods(case.framework):
        return
    for operators in ((call.type,), (call.type, "+")):
        trial = tuple(Adapt(operator, call.path or "", shapes, branch, ones) for operator in operators)
        if case.try_out(trial).passed:
            edits: tuple[Edit, ...] = ()
            if call.location is not None:
                edits = tuple(WrapOperand(call.location, branch, written, operator) for operator in operators)
            yield Remedy(f"give it axes of size 1: {sizes(ones)}", "model", trial=trial, edits=edits)
            return


_OPERATORS = ("+", "-", "*")


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
