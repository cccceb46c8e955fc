from math import gcd

from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.remedies.number import arguments_written, set_number
from whynorm.catalogue.remedies.sizes import keeps_size, padded, resize
from whynorm.catalogue.resizing import to_other_size
from whynorm.catalogue.search import resized, stride
from whynorm.catalogue.shapes import Source, at, chain, channel_axis, fair_groups, shrinking, sizes, source, spatial
from whynorm.catalogue.shuffling import shuffled
from whynorm.facts import Call, Case, axis_names
from whynorm.facts.change import Feed, Rebuild, Replace
from whynorm.facts.words import listed


@cause("not-divisible")
def not_divisible(case: Case) -> Because | None:
    """A size is not a multiple of what the network divides it by.

    Each halving rounds down: 9 becomes 4, and doubled again 8. Where the result meets the map from before, in a U-Net's
    skip connection or a residual sum, the two differ by one. Groups of channels, heads of attention, patches and
    windows are divisions of the same kind.

    ```python fails torch
    import torch
    from torch import nn

    image = torch.randn(1, 1, 9, 9)
    inner = nn.Upsample(scale_factor=2)(nn.MaxPool2d(2)(image))
    torch.cat([image, inner], dim=1)
    ```

    ```python works torch
    import torch
    from torch import nn

    image = nn.functional.pad(torch.randn(1, 1, 9, 9), (0, 1, 0, 1), mode="replicate")
    inner = nn.Upsample(scale_factor=2)(nn.MaxPool2d(2)(image))
    torch.cat([image, inner], dim=1)[..., :9, :9]
    ```

    ## Remedies and their price

    * Pad the input to the next size that works, and crop the result. Reflected or repeated borders disturb statistics
      less than zeros. `whynorm sizes` says exactly which sizes work; "a multiple of 16" is often too strict, and
      sometimes too lax.
    * Crop the input: pixels at the border are lost.
    * Bring the smaller map to the larger one's size where they meet (`nn.functional.interpolate(x,
      size=skip.shape[2:])`): every size works, weights stay usable, the maps are shifted by less than a pixel.
    * Pools with `ceil_mode=True` only move the problem: then 9 becomes 5, and 10.
    * For groups: a number of groups that divides the channels, or channels that the groups divide. Both are another
      network.
    """
    call = case.call
    if call.role in ("norm", "conv", "transposed-conv") and call.raised is not None and "group" in call.raised.message:
        return _channels(case)
    if call.role == "upsample" and "shuffle" in call.type.lower() and "unshuffle" not in call.type.lower():
        return shuffled(case)
    if call.role not in ("join", "add") and not _splits_axes(call):
        return None
    found = next((at for branch in range(len(call.inputs) or 1) if (at := source(case, branch)) is not None), None)
    if found is None or len(found.value.shape) < 3:
        return None
    return _exactly(case, found) or _by_trial(case, found)


def _splits_axes(call: Call) -> bool:
    """Whether a reshape that raised was to cut axes into pieces: windows, patches, heads."""
    if call.role == "upsample" and call.raised is not None:
        return "unshuffle" in call.type.lower()
    target = call.arguments.get("shape")
    if call.role != "reshape" or call.raised is None or not isinstance(target, tuple) or not call.shape:
        return False
    return len(target) > len(call.shape) and call.shape[0] == target[0]


def _exactly(case: Case, found: Source) -> Because | None:
    """Sizes as the whole network takes them; the output keeps them where there are such."""
    exact = case.fitting(found.number)
    if exact is None:
        return None
    up = next((feeds for feeds in (exact.padded, exact.larger) if feeds and case.try_out(feeds).passed), None)
    down = next((feeds for feeds in (exact.cropped, exact.smaller) if feeds and case.try_out(feeds).passed), None)
    if up is None:
        return None
    own = found.value.shape
    names = axis_names(own)
    here = listed(f"{names[axis]} = {own[axis]}" for axis in spatial(own) if up[0].shape[axis] != own[axis])
    return _because(case, found, f"the network takes {exact.rule}; here {here}", up, down)


def _by_trial(case: Case, found: Source) -> Because | None:
    """The next multiples of what networks usually divide by."""
    own = found.value.shape
    names = axis_names(own)
    for step in (2, 4, 8, 16, 32, 64, 128, 3, 6, 12, *_pieces(case, found)):
        up, down = resized(found, step, up=True), resized(found, step, up=False)
        if up.shape == own or not case.try_out((up,)).passed:
            continue
        axes = [axis for axis in spatial(own) if up.shape[axis] != own[axis]]
        odd = ", ".join(dict.fromkeys(f"{own[axis]} % {step} = {own[axis] % step}" for axis in axes))
        which = listed(names[axis] for axis in axes)
        what = f"{_only(case)} only if {which} of {sizes(own)} divide by {step}, and {odd}"
        fits_below = all(down.shape) and case.try_out((down,)).passed
        return _because(case, found, what, (up,), (down,) if fits_below else None)
    return None


def _pieces(case: Case, found: Source) -> tuple[int, ...]:
    """What the input would have to divide by for the pieces that a reshape cuts: their sizes, times the strides."""
    target = case.call.arguments.get("shape")
    if case.call.role != "reshape" or not isinstance(target, tuple):
        return ()
    strides = stride(found.calls)
    return tuple(sorted({size * strides for size in target[1:] if isinstance(size, int) and 1 < size <= 64}))


def _only(case: Case) -> str:
    if case.call.role not in ("join", "add"):
        return f"{at(case.call)} comes out even"
    return "the two branches meet again"


def _because(case: Case, found: Source, message: str, up: tuple[Feed, ...], down: tuple[Feed, ...] | None) -> Because:
    axes = spatial(found.value.shape)
    steps = max((shrinking(chain(case, branch)) for branch in range(len(case.call.inputs))), key=len, default=[])
    to = sizes(up[0].shape[axis] for axis in axes)
    remedies = [
        padded(case, found, up, f"pad the input to {to}, and crop the output back", when="every position matters")
    ]
    if down is not None:
        to = sizes(down[0].shape[axis] for axis in axes)
        remedies.append(
            resize(case, found, down, f"crop or resize the input to {to}", "data", when="the border may go")
        )
    met = to_other_size(case)
    if met is not None:
        # a network that gives other sizes than it gets is padded without a way back
        remedies.insert(2 if keeps_size(case, up) else 0, met)
    return Because(
        "certain", message, at=steps[0] if steps else None, steps=tuple(steps), remedies=tuple(remedies), weight=1.5
    )


def _channels(case: Case) -> Because | None:
    """Channels that do not split into the groups of a norm, or of a convolution."""
    call, axis = case.call, channel_axis(case.call)
    name = "num_groups" if call.role == "norm" else "groups"
    groups = call.arguments.get(name)
    counted = [call.shape[axis]] if call.shape and axis is not None and axis < len(call.shape) else []
    counted += [
        number
        for setting in ("num_channels", "in_channels", "out_channels")
        if isinstance(number := call.arguments.get(setting), int)
    ]
    odd = next((number for number in counted if isinstance(groups, int) and number % groups), None)
    if odd is None or not isinstance(groups, int):
        return None
    fitting = [number for number in range(groups, 0, -1) if all(size % number == 0 for size in counted)]
    fair = fair_groups(fitting, groups, odd)
    return Because(
        "likely",
        f"{odd} % {groups} = {odd % groups}: {odd} channels do not split into {groups} equal groups",
        at=call,
        remedies=(
            *_whatever_the_width(call, groups, odd),
            *_whatever_the_filters(call, groups),
            set_number(
                case,
                call,
                f"use {fair} groups, {odd // fair} channels in each",
                name,
                0 if call.role == "norm" else None,
                fair,
                when="fewer groups, of more channels each, are acceptable",
            ),
        ),
        weight=0.6,
    )


def _whatever_the_width(call: Call, groups: int, channels: int) -> tuple[Remedy, ...]:
    """A line that builds norms of many widths computes a number of groups for each: two channels a group at least."""
    written = arguments_written(call)
    if call.role != "norm" or call.built is None or written is None or len(written) < 2:
        return ()
    width = written[1]
    of_layer = width.endswith((".num_features", ".out_channels", ".in_channels")) and not width.startswith("self.")
    if not of_layer and not (width.isidentifier() and width.islower() and width != written[0]):
        return ()
    part = 2 if channels % 2 == 0 and (of_layer or groups % channels == 0) else 1
    computed = f"math.gcd({written[0]}, {width}{f' // {part}' if part > 1 else ''})"
    return (
        Remedy(
            f"compute the groups for each width: {computed}",
            "layer",
            trial=(Rebuild(call.path or "", arguments={"num_groups": gcd(groups, channels // part)}),),
            edits=(Replace(call.built, written[0], computed, "math"),),
        ),
    )


def _whatever_the_filters(call: Call, groups: int) -> tuple[Remedy, ...]:
    """A line that builds convolutions of many widths computes a number of groups for each."""
    channels, width, written = (
        call.arguments.get("out_channels"),
        _written(call, "out_channels"),
        _written(call, "groups"),
    )
    if call.role != "conv" or call.shape is not None or call.built is None or not isinstance(channels, int):
        return ()
    if width is None or written is None or width.isdigit() or width == written:
        return ()
    computed = f"math.gcd({written}, {width})"
    return (
        Remedy(
            f"compute the groups for each width: {computed}",
            "layer",
            trial=(Rebuild(call.path or "", arguments={"groups": gcd(groups, channels)}),),
            edits=(Replace(call.built, written, computed, "math"),),
        ),
    )


def _written(call: Call, setting: str) -> str | None:
    """What the program writes for a setting of a layer, where that stands on one line."""
    name, position = call.written.get(setting, (setting, None))
    texts = arguments_written(call) or []
    named = next((text.partition("=")[2] for text in texts if text.startswith(f"{name}=")), None)
    placed = texts[position] if position is not None and position < len(texts) else None
    return named or (placed if placed is not None and "=" not in placed else None)


@not_divisible.in_text
def _(case: Case) -> Because | None:
    told = case.told
    if told.symptom == "uneven-groups":
        return Because(
            "possible",
            "the width is not a multiple of the groups",
            remedies=(Remedy("choose a width that is a multiple of the groups", "model"),),
            weight=0.3,
        )
    if told.symptom not in ("size-mismatch", "flatten-size"):
        return None
    if told.symptom == "flatten-size" and told.role != "reshape":
        return None
    a, b = told.numbers.get("a"), told.numbers.get("b")
    if told.role == "add" and told.numbers.get("axis") == 1:
        return None
    near = a is None or b is None or abs(a - b) <= max(3, min(a, b) // 8)
    numbers = f": {a} meets {b}" if a is not None and b is not None else ""
    return Because(
        "likely" if told.role != "reshape" or "divide" in told.message else "possible",
        f"a size that is halved on the way down and doubled on the way up leaves a remainder{numbers}",
        remedies=(
            Remedy(
                "pad or resize the inputs to a multiple of 2 to the number of halvings (32 for five)",
                "input",
            ),
            Remedy(
                "resize the branch to the other's size where they meet: interpolate(x, size=skip.shape[2:])",
                "model",
                "inputs of every size must do",
            ),
        ),
        look_at="the input's height and width modulo 32 (or 2 to the number of halvings)",
        weight=0.9 if near else 0.6,
    )
