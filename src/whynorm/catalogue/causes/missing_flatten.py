from math import prod

from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.phrases import print_shape
from whynorm.catalogue.program import origin_of
from whynorm.catalogue.remedies.before_layer import at_layers, before_layer
from whynorm.catalogue.shapes import at, sizes, source, wanted_channels
from whynorm.facts import Case
from whynorm.facts.change import Adapt, Edit, WrapOperand
from whynorm.facts.spelling import has_tensor_methods


@cause("missing-flatten")
def missing_flatten(case: Case) -> Because | None:
    """Axes that should have been flattened, or merged, are not.

    A linear layer works on the last axis, `BatchNorm1d` takes two or three. Maps of four axes are made into vectors
    first, and this step is missing: it stood in a `forward` that is no longer used, was left out of an `nn.Sequential`,
    or a `squeeze` did its work as long as the map was 1 x 1.

    ```python fails torch
    import torch
    from torch import nn

    model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.AdaptiveAvgPool2d(1), nn.BatchNorm1d(8), nn.Linear(8, 2))
    model(torch.randn(4, 3, 16, 16))
    ```

    ```python works torch
    import torch
    from torch import nn

    model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.BatchNorm1d(8), nn.Linear(8, 2))
    model(torch.randn(4, 3, 16, 16))
    ```

    ## Remedies and their price

    * `nn.Flatten()` before the first layer that takes vectors: it leaves the batch axis alone. In a `forward`,
      `x.flatten(1)`.
    * To merge two axes only, batch and time for instance, `x.flatten(0, 1)`, and `unflatten` behind the layer.
    * Behind a large map put a pooling first, or the linear layer gets as many weights as there are positions.

    `x.view(-1, 8)` fits any shape whose size divides, and mixes positions with samples where the order of axes is
    another; `squeeze()` drops the batch axis as well when the batch is one sample.
    """
    call, shape, wanted = case.call, case.call.shape, wanted_channels(case.call)
    if call.role == "join":
        return _joined(case)
    if not shape or len(shape) < 3 or wanted is None:
        return None
    if call.role == "norm" and (merged := _merged(case)) is not None:
        return merged
    start = next((axis for axis in (1, 2) if prod(shape[axis:]) == wanted), None)
    if start is None or start == len(shape) - 1 or (call.role == "norm" and start != 1):
        return None
    flat = (*shape[:start], wanted)
    trial = at_layers(case, call, "flatten", (start,))
    if case.try_out(trial).passed is False:
        return None
    found = source(case) if max(shape[start:]) == wanted else None  # all others are of size one
    origin = origin_of(case, found) if found is not None else None
    added = origin.added if origin is not None else None
    return Because(
        "certain" if case.try_out(trial).passed else "likely",
        f"{sizes(shape[start:])} are the {wanted} features that {at(call)} is built for, not yet flattened",
        at=call if added is None else None,
        origin=None if added is None else added.location,
        remedies=(
            Remedy(
                f"flatten before {at(call)}: {sizes(flat)}",
                "model",
                trial=trial,
                edits=before_layer(call, f"{{}}.flatten({start})", f"Flatten({'' if start == 1 else start})"),
                safe=True,
            ),
        ),
        weight=2.0,
    )


def _joined(case: Case) -> Because | None:
    """Rows of features joined with maps of single positions, as a global pooling leaves them."""
    call = case.call
    shapes = tuple(value.shape for value in call.inputs)
    rank = min(map(len, shapes), default=0)
    pooled = [number for number, one in enumerate(shapes) if len(one) > rank and set(one[rank:]) == {1}]
    if rank == 2 and not pooled:
        return _maps_among_rows(case, shapes)
    if rank < 2 or not pooled or any(len(one) > rank for number, one in enumerate(shapes) if number not in pooled):
        return None
    trial = tuple(Adapt(call.type, call.path or "", shapes, number, shapes[number][:rank]) for number in pooled)
    if len(pooled) > 1 or case.try_out(trial).passed is False:
        return None
    number = pooled[0]
    maker = next(iter(case.trace.upstream(call, number)), None)
    remedy = Remedy(
        f"flatten it before they are joined: {sizes(shapes[number][:rank])}",
        "model",
        trial=trial,
        edits=(WrapOperand(call.location, number, f"{{}}.flatten({rank - 1})"),) if call.location is not None else (),
    )
    return Because(
        "certain",
        f"{sizes(shapes[number])}{f', from {maker.name},' if maker is not None else ''} still has its axes of size 1, "
        f"and what it is joined with has none",
        at=maker,
        remedies=(remedy,),
        weight=1.5,
    )


def _maps_among_rows(case: Case, shapes: tuple[tuple[int, ...], ...]) -> Because | None:
    """Rows of features joined with maps."""
    call = case.call
    maps = [number for number, shape in enumerate(shapes) if len(shape) > 2]
    if len(maps) != 1 or call.raised is None:
        return None
    number = maps[0]
    shape = shapes[number]
    flat = (shape[0], prod(shape[1:]))
    edits: tuple[Edit, ...] = ()
    if has_tensor_methods(case.framework) and call.location is not None:
        edits = (WrapOperand(call.location, number, "{}.flatten(1)"),)
    title = f"make each sample's map one row before they are joined: {sizes(flat)}"
    trial = (Adapt(call.type, call.path or "", shapes, number, flat),)
    maker = next(iter(case.trace.upstream(call, number)), None)
    return Because(
        "certain",
        f"{sizes(shape)}{f', from {maker.name},' if maker is not None else ''} is a map for each sample, and what it "
        "is joined with are rows of features",
        at=maker,
        remedies=(Remedy(title, "model", when="what follows is built for so many features", trial=trial, edits=edits),),
        weight=1.5,
    )


def _merged(case: Case) -> Because | None:
    """A norm of fewer axes, and two neighbours among those of the input whose product is its number of channels."""
    call, shape, wanted = case.call, case.call.shape or (), wanted_channels(case.call)
    if not call.ranks or len(shape) - 1 not in call.ranks or shape[1] * shape[2] != wanted or 1 in shape[1:3]:
        return None
    flat = (shape[0], wanted, *shape[3:])
    remedy = Remedy(
        f"merge axes 1 and 2 before {at(call)}: {sizes(flat)}",
        "model",
        trial=at_layers(case, call, "flatten", (1, 2)),
        edits=before_layer(call, "{}.flatten(1, 2)", "Flatten(1, 2)"),
        safe=True,
    )
    passed = case.try_out(remedy.trial).passed
    if passed is False:  # what follows wants the axes as they were
        remedy = remedy._replace(
            title=f"merge axes 1 and 2 around {at(call)}: {sizes(flat)}",
            trial=at_layers(case, call, "flatten", (1, 2), back=True),
            edits=before_layer(call, "{}.flatten(1, 2)", None, after=f"{{}}.unflatten(1, {shape[1:3]})"),
        )
        passed = case.try_out(remedy.trial).passed
    if passed is False:
        return None
    message = f"{shape[1]} x {shape[2]} are the {wanted} channels that {at(call)} is built for, on two axes"
    return Because("certain" if passed else "likely", message, at=call, remedies=(remedy,), weight=2.0)


@missing_flatten.in_text
def _(case: Case) -> Because | None:
    told = case.told
    if told.symptom == "wrong-rank" and told.role == "linear":
        return Because(
            "likely",
            "maps come in where rows of features are meant",
            remedies=(Remedy("flatten before the linear layer: x.view(x.size(0), -1)", "model"),),
            weight=0.8,
        )
    if (
        told.symptom == "wrong-rank"
        and told.role == "norm"
        and told.rank is not None
        and told.ranks == (2, 3)
        and told.rank > 3
    ):
        return Because(
            "possible",
            "maps come in where vectors are meant",
            remedies=(Remedy("flatten before it: x.flatten(1)", "model"),),
            weight=0.1,
        )
    rows, got, wanted = told.numbers.get("a"), told.numbers.get("got"), told.numbers.get("wanted")
    if (
        told.symptom != "flatten-size"
        or not (rows and got and wanted)
        or wanted <= got
        or wanted % got
        or rows % (wanted // got)
    ):
        return None
    if got == 1 or wanted // got < 4:
        return None
    return Because(
        "likely",
        f"{rows} rows of {got} come in where rows of {wanted} are meant: "
        f"{wanted // got} x {got} = {wanted}, so the axes were not flattened",
        remedies=(Remedy("flatten before the linear layer: x.flatten(1)", "model"),),
        look_at=print_shape(case, "it is to be batch x features"),
        weight=1.1,
    )
