from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.phrases import print_shape
from whynorm.catalogue.program import origin_of
from whynorm.catalogue.remedies.inputs import transform_input
from whynorm.catalogue.shapes import at, chain, out_shape, sizes, source
from whynorm.facts import Call, Case
from whynorm.facts.change import Edit, SetArgument, Transform


@cause("squeezed-axis")
def squeezed_axis(case: Case) -> Because | None:
    """A `squeeze` dropped an axis of size one.

    `x.squeeze()` drops every axis of size 1: the positions of a pooled map, as meant, and the batch axis whenever
    the batch has one sample. It works for every batch but the last one, or in training and not when serving.

    ```python fails torch
    import torch
    from torch import nn

    pooled = torch.randn(1, 8, 1, 1)
    nn.BatchNorm1d(8).eval()(pooled.squeeze())
    ```

    ```python works torch
    import torch
    from torch import nn

    pooled = torch.randn(1, 8, 1, 1)
    nn.BatchNorm1d(8).eval()(pooled.flatten(1))
    ```

    ## Remedies and their price

    * `flatten(1)`, or `squeeze(-1)` by number. It costs nothing.
    """
    branches = range(len(case.call.inputs)) if case.call.role in ("join", "add") else (0,)
    for branch in branches:
        for step in reversed(chain(case, branch)):
            axes = _dropped(step)
            if axes:
                return _inside(case, step, axes)
    return _in_the_data(case)


def _dropped(step: Call) -> tuple[int, ...]:
    """The axes of size one that a squeeze of no axis in particular took away."""
    before, after = step.shape, out_shape(step)
    if step.role != "axes" or "unsqueeze" in step.type or "squeeze" not in step.type or before is None or after is None:
        return ()
    if len(before) <= len(after):
        return ()
    return tuple(axis for axis, size in enumerate(before) if size == 1)


def _inside(case: Case, step: Call, axes: tuple[int, ...]) -> Because | None:
    call, before = case.call, step.shape or ()
    lost = axes[0] if 0 in axes else axes[-1]
    if call.ranks and len(call.shape or ()) in call.ranks and lost != 0:
        return None
    kept = [axis for axis in axes if axis != lost]
    remedies = []
    if call.path and call.role not in ("join", "add"):
        edits: tuple[Edit, ...] = ()
        if step.location is not None and "squeeze(" in step.location.code and kept:
            by_number = tuple(axis - len(before) for axis in kept)
            edits = (SetArgument(step.location, "squeeze", "dim", None, repr(by_number if kept[1:] else by_number[0])),)
        named = f"squeeze axis {kept[0]} by its number" if len(kept) == 1 else f"keep axis {lost}: squeeze by number"
        remedies.append(
            Remedy(
                named, "call", trial=(Transform("unsqueeze", (lost,), path=call.path),), edits=edits, safe=bool(edits)
            )
        )
    meant = "the batch axis" if lost == 0 else f"axis {lost}"
    return Because(
        "certain" if remedies and case.try_out(remedies[0].trial).passed else "likely",
        f"{step.name}{f' at {at(step)}' if step.path else ''} drops every axis of size 1 of {sizes(before)}, {meant} "
        "among them",
        at=step,
        steps=(step,),
        remedies=tuple(remedies),
        weight=1.5,
    )


def _in_the_data(case: Case) -> Because | None:
    found = source(case)
    origin = origin_of(case, found) if found is not None else None
    if found is None or origin is None or origin.dropped is None or origin.dropped.kind != "squeezed":
        return None
    for axis in range(2):
        shape = found.value.shape
        remedy = transform_input(
            case, found, f"keep the axis: {sizes((*shape[:axis], 1, *shape[axis:]))}", ("unsqueeze", (axis,)), safe=True
        )
        if case.try_out(remedy.trial).passed:
            return Because(
                "certain",
                f"{origin.dropped.expression} drops an axis of size 1 on the way to the model",
                origin=origin.dropped.location,
                remedies=(remedy,),
                weight=1.5,
            )
    return None


@squeezed_axis.in_text
def _(case: Case) -> Because | None:
    told = case.told
    if told.symptom not in ("wrong-rank", "size-mismatch", "axis-out-of-range", "flatten-size"):
        return None
    line = told.in_code("squeeze(", ".mean(", "[0]", "reduce_mean")
    squeezes = line is not None and "squeeze(" in line and "unsqueeze" not in line
    rank = told.rank
    if told.symptom != "wrong-rank" and not squeezes:
        return None
    if rank is not None and told.ranks and rank >= min(told.ranks):
        return None
    return Because(
        "likely" if squeezes else "possible",
        "a squeeze() dropped an axis of size one"
        + (": with one sample in the batch it drops the batch too" if rank == 1 else ""),
        remedies=(Remedy("name the axis: squeeze(-1), or flatten(1), which keep the batch", "model"),),
        look_at=print_shape(case, "an axis is gone only when its size is 1, as with a batch of one"),
        weight=0.95 if squeezes else 0.45 if rank == 1 else 0.25,
    )
