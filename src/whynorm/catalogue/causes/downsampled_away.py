from whynorm.catalogue import Because, Remedy, cause, load_cause
from whynorm.catalogue.remedies.layer import become, leave_out
from whynorm.catalogue.remedies.number import set_number
from whynorm.catalogue.remedies.sizes import resize
from whynorm.catalogue.search import smallest_input
from whynorm.catalogue.shapes import (
    Source,
    at,
    channels_last,
    count,
    most,
    on_line,
    out_shape,
    pools_all,
    positions,
    shrinking,
    sizes,
    source,
    spatial,
)
from whynorm.facts import Call, Case, axis_names
from whynorm.facts.spelling import has_tensor_methods
from whynorm.facts.words import listed

WITHOUT_ROOM = ("norm", "conv", "transposed-conv", "pool", "global-pool", "pad", "upsample")
"""Roles that need room."""


@cause("downsampled-away")
def downsampled_away(case: Case) -> Because | None:
    """Strides, pools or unpadded kernels used up the spatial size.

    Every stride of 2 halves the map, every unpadded kernel of 3 takes 2 positions. Seven halvings turn 128 into 1:
    a statistic over H and W then has one value. The steps are listed in the report, with the line of each.

    ```python fails torch
    import torch
    from torch import nn

    model = nn.Sequential(*[nn.Conv2d(3, 3, 4, stride=2, padding=1) for _ in range(7)], nn.InstanceNorm2d(3))
    model(torch.randn(4, 3, 128, 128))
    ```

    ```python works torch
    import torch
    from torch import nn

    model = nn.Sequential(*[nn.Conv2d(3, 3, 4, stride=2, padding=1) for _ in range(7)], nn.InstanceNorm2d(3))
    model(torch.randn(4, 3, 256, 128))
    ```

    ## Remedies and their price

    * Feed larger inputs: `whynorm sizes` gives every size that works. Costs memory and time.
    * Leave the norm out where a single position is left, as pix2pix does in its innermost block. Weights trained
      with the norm still load, since an instance norm without `affine` has none.
    * Take one downsampling out: another network, whose receptive field is smaller.

    More samples do not help an instance norm, and dropping the last batch does not either. "Any even size" is not
    the rule: what counts is the number of halvings.
    """
    call, found = case.call, source(case)
    shape = call.shape
    if found is None or shape is None or len(shape) < 3 or call.role not in WITHOUT_ROOM:
        return None
    if call.role == "norm" and positions(shape) > 1:
        return None
    if channels_last(call) and (other := load_cause("channels-first").find(case)) and other.confidence == "certain":
        return None  # what is counted as positions are the channels
    steps = shrinking(found.calls)
    if not steps or pools_all(steps[-1]) or steps[-1].shape is None:
        return None
    if steps[-1].role not in ("conv", "pool") and 0 in (out_shape(steps[-1]) or ()):
        return None  # nothing was selected, see `empty-slice`
    first, last = steps[0].shape or (), out_shape(steps[-1]) or ()
    used_up = call.role == "norm" and positions(last) == 1
    if len(first) != len(last) or not (used_up or any(last[axis] * 2 <= first[axis] for axis in spatial(first))):
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
    if bigger is not None and bigger[0].shape != own:
        names = axis_names(own)
        grown = [axis for axis in spatial(own) if bigger[0].shape[axis] != own[axis]]
        what = "images" if len(own) == 4 else "volumes" if len(own) == 5 else "inputs"
        size = sizes(bigger[0].shape[axis] for axis in spatial(own))
        remedies.append(
            resize(
                case,
                found,
                bigger,
                f"feed {what} of at least {size}",
                "input",
                when=f"yours may be larger in {listed(names[axis] for axis in grown)}",
            )
        )
    kernels = [
        step
        for step in (*found.calls, call)
        if step.role in ("conv", "pool") and step.arguments.get("padding") == "valid"
    ]
    if kernels and call.role != "norm":
        # a line that is run several times shrinks the map again behind the layer that fails
        several = len(on_line(case, kernels[-1])) > 1
        lines = {one.built and one.built[:2]: one for one in kernels} if several else {None: kernels[-1]}
        title = "pad what the kernels take: padding='same'"
        parts = [
            set_number(case, one, title, "padding", None, "same", when="borders of zeros will do")
            for one in lines.values()
        ]
        trial = tuple(change for part in parts for change in part.trial)
        edits = tuple(edit for part in parts for edit in part.edits)
        remedies.append(parts[0]._replace(trial=trial, edits=edits))
    whole = _over_what_is_left(case)
    if whole is not None:
        remedies.insert(0, whole)
    rest = _kernel_for_the_rest(case)
    if rest is not None:
        remedies.insert(0 if call.arguments.get("padding") in (0, (0, 0), (0,), (0, 0, 0)) else len(remedies), rest)
    if call.role == "norm":
        kept = sizes(own[axis] for axis in spatial(own))
        remedies.append(leave_out(case, call, f"leave {call.name} out where {_left(call)}", when=f"{kept} must stay"))
    return remedies


def _over_what_is_left(case: Case) -> Remedy | None:
    """An average over a window of the size that the map had elsewhere becomes one over the whole map."""
    call, shape = case.call, case.call.shape or ()
    if not has_tensor_methods(case.framework) or not call.type.startswith("AvgPool") or not call.path:
        return None
    kind = f"Adaptive{call.type}"
    title = f"average over whatever is left: {kind}(1)"
    remedy = become(case, call, title, kind, {"output_size": 1}, when=f"{sizes(shape[2:])} positions will do")
    return remedy if case.try_out(remedy.trial).passed else None


def _kernel_for_the_rest(case: Case) -> Remedy | None:
    """A convolution that is to look at the whole map takes the map as it is left."""
    call, shape = case.call, case.call.shape or ()
    if call.role != "conv" or call.raised is None or most(call.arguments.get("stride")) > 1:
        return None
    left = min((shape[axis] for axis in spatial(shape)), default=0)
    if not 1 <= left < most(call.arguments.get("kernel_size")):
        return None
    title = f"let {at(call)} take what is left: kernel_size={left}"
    when = "the size must stay; weights no longer fit"
    return set_number(case, call, title, "kernel_size", 2, left, when=when)


def _left(call: Call) -> str:
    shape = call.shape or ()
    return f"{sizes(shape[axis] for axis in spatial(shape))} is left"


@downsampled_away.in_text
def _(case: Case) -> Because | None:
    told, shape = case.told, case.told.shape
    halvings = told.seen.halvings
    counted = f"{len(halvings)} layers written with a stride of two or more" if len(halvings) > 1 else ""
    origin = halvings[0] if counted else None
    if told.symptom == "too-small":
        return Because(
            "likely",
            f"{counted or 'strides, pools'} and unpadded kernels before it used the size up",
            origin=origin,
            remedies=(
                Remedy(
                    "feed larger inputs: twice the size gives one halving more",
                    "input",
                    "your inputs may be larger; it costs time and memory",
                ),
                Remedy(
                    "take out one downsampling stage, or pad (padding='same')",
                    "model",
                    "the size must stay; weights no longer fit",
                ),
            ),
            look_at="print(x.shape) behind each stage: where one of H and W falls under the kernel",
            weight=0.5,
        )
    if told.symptom not in ("one-value", "empty-input") or told.family in ("layer", "rms"):
        return None
    if shape is not None and len(shape) < 3:
        return None
    instance = told.family == "instance"
    if not instance and told.samples not in (1, None):
        return None
    remedies = [
        Remedy(
            "feed larger inputs: each halving needs twice the size",
            "input",
            "your inputs may be larger; it costs time and memory",
        ),
        Remedy(
            "leave the norm out where one position is left, or take out one downsampling", "model", "the size must stay"
        ),
    ]
    return Because(
        "likely" if instance and (shape is None or len(shape) > 3) else "possible",
        f"{counted or 'strides and pools before it'} divide the size until one position is left",
        origin=origin,
        remedies=tuple(remedies),
        look_at="print(x.shape) behind each stage: H and W halve until 1",
        weight=0.7 if instance else 0.3,
    )
