from math import prod

from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.remedies import leave_out
from whynorm.catalogue.search import smallest_input
from whynorm.catalogue.shapes import (
    Source,
    count,
    listed,
    most,
    out_shape,
    shrinking,
    sizes,
    source,
    spatial,
)
from whynorm.facts import Call, Case, axis_names


@cause("downsampled-away")
def downsampled_away(case: Case) -> Because | None:
    """Strides, pools or unpadded kernels used up the spatial size."""
    call, found = case.call, source(case)
    shape = call.shape
    if found is None or shape is None or len(shape) < 3:
        return None
    steps = shrinking(found.calls)
    if not steps or steps[-1].role in ("global-pool", "reduce") or steps[-1].shape is None:
        return None
    first, last = steps[0].shape or (), out_shape(steps[-1]) or ()
    if len(first) != len(last) or prod(last[2:]) * 4 > prod(first[2:]):
        return None
    return Because(
        "certain",
        _what_shrank(steps, first, last),
        at=steps[0],
        steps=tuple(steps),
        remedies=tuple(_remedies(case, found)),
    )


def _what_shrank(steps: list[Call], first: tuple[int, ...], last: tuple[int, ...]) -> str:
    axes = spatial(first)
    names = axis_names(first)
    which = listed(names[axis] for axis in axes)
    strides = [most(step.arguments.get("stride")) for step in steps]
    nouns = {step.role for step in steps}
    noun = {"conv": "convolution", "pool": "pooling"}.get(nouns.pop(), "layer") if len(nouns) == 1 else "layer"
    verb = "divides" if len(steps) == 1 else "divide"
    if len(set(strides)) == 1 and strides[0] > 1:
        total = strides[0] ** len(steps)
        if all(first[axis] // total == last[axis] for axis in axes):
            spent = ", ".join(dict.fromkeys(f"{first[axis]} // {total} = {last[axis]}" for axis in axes))
            return f"{count(len(steps), f'stride-{strides[0]} {noun}')} {verb} {which} by {total}, and {spent}"
    before, after = sizes(first[axis] for axis in axes), sizes(last[axis] for axis in axes)
    verb = "reduces" if len(steps) == 1 else "reduce"
    return f"{count(len(steps), noun)} {verb} {which} from {before} to {after}"


def _remedies(case: Case, found: Source) -> list[Remedy]:
    call = case.call
    remedies = []
    bigger = smallest_input(case, found)
    own = found.value.shape
    if bigger is not None:
        names = axis_names(own)
        grown = [axis for axis in spatial(own) if bigger.shape[axis] != own[axis]]
        what = "images" if len(own) == 4 else "volumes" if len(own) == 5 else "inputs"
        size = sizes(bigger.shape[axis] for axis in spatial(own))
        remedies.append(
            Remedy(
                f"feed {what} of at least {size}",
                "input",
                when=f"yours may be larger in {listed(names[axis] for axis in grown)}",
                trial=(bigger,),
            )
        )
    if call.role == "norm":
        kept = sizes(own[axis] for axis in spatial(own))
        remedies.append(leave_out(case, call, f"leave {call.name} out where {_left(call)}", when=f"{kept} must stay"))
    return remedies


def _left(call: Call) -> str:
    shape = call.shape or ()
    return f"{sizes(shape[axis] for axis in spatial(shape))} is left"
