from collections.abc import Iterator
from math import prod

from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.phrases import sizes as spelt
from whynorm.catalogue.remedies.layer import become, pool_positions
from whynorm.catalogue.remedies.number import set_number
from whynorm.catalogue.remedies.sizes import resize
from whynorm.catalogue.resolutions import fitting, is_usual, narrowing
from whynorm.catalogue.rows import into_rows
from whynorm.catalogue.shapes import at, chain, sizes, source, spatial
from whynorm.catalogue.short import too_short
from whynorm.facts import Call, Case, axis_names
from whynorm.facts.change import Feed, Rebuild
from whynorm.facts.spelling import instance_norm
from whynorm.facts.words import listed


@cause("changed-resolution")
def changed_resolution(case: Case) -> Because | None:
    """A layer sized for another input resolution.

    Convolutions and batch norms take maps of any size. A linear layer behind a flatten, a layer norm over height and
    width, a table of positions do not: their parameters were counted for one resolution. Another image size, or a
    change in the strides before them, and they no longer fit.

    ```python fails torch
    import torch
    from torch import nn

    model = nn.Sequential(nn.Conv2d(3, 8, 3, stride=2, padding=1), nn.Flatten(), nn.Linear(8 * 16 * 16, 10))
    model(torch.randn(2, 3, 40, 40))
    ```

    ```python works torch
    import torch
    from torch import nn

    model = nn.Sequential(
        nn.Conv2d(3, 8, 3, stride=2, padding=1), nn.AdaptiveAvgPool2d(16), nn.Flatten(), nn.Linear(8 * 16 * 16, 10)
    )
    model(torch.randn(2, 3, 40, 40))
    ```

    ## Remedies and their price

    * Resize or crop the input to the resolution for which the layer was made. Weights stay usable, detail is lost.
    * An adaptive pooling before the flatten: every size fits. The weights stay usable where it gives the old size.
    * Count again: `nn.Linear(8 * 20 * 20, 10)`. It is a new layer, and must be trained.
    * In place of a layer norm over `[C, H, W]`, `nn.GroupNorm(1, C)`: the same statistics at any size, with one scale
      for each channel, not for each position.
    * Position embeddings: interpolate the table to the new grid; a little training afterwards helps.

    A lazy layer (`nn.LazyLinear`) counts for itself once, at the first call, and is as fixed afterwards.
    """
    call = case.call
    if isinstance(call.arguments.get("min_size"), int):
        return _least(case)
    if call.role == "linear":
        return _linear(case)
    if call.role == "reshape":
        return into_rows(case)
    if isinstance(call.arguments.get("normalized_shape"), tuple):
        return _layer_norm(case)
    if call.role == "norm" and isinstance(call.arguments.get("built_for"), tuple):
        return _map_norm(case)
    if call.role == "add":
        return _table(case)
    return too_short(case)


def _least(case: Case) -> Because | None:
    """A library's network that says itself below which size it cannot be built."""
    call, least, found = case.call, case.call.arguments["min_size"], source(case)
    if found is None or not isinstance(least, int):
        return None
    own = found.value.shape
    fed = tuple(max(size, least) if axis in spatial(own) else size for axis, size in enumerate(own))
    meant = sizes(fed[axis] for axis in spatial(own))
    remedy = resize(case, found, (Feed(found.number, fed),), f"feed images of at least {meant}", "input")
    return Because(
        "certain",
        f"{call.type} is made for images of at least {least} x {least}: its strides use up smaller ones",
        at=call,
        remedies=(remedy,),
        weight=1.0,
    )


def _linear(case: Case) -> Because | None:
    call, found = case.call, source(case)
    wanted, shape = call.arguments.get("in_features"), call.shape
    flatten = next((step for step in reversed(chain(case)) if step.role == "reshape"), None)
    if found is None or shape is None or not isinstance(wanted, int) or len(found.value.shape) < 3:
        return None
    feed = fitting(case, found, wanted, shape[-1])
    if feed is None:
        return None
    axes = spatial(found.value.shape)
    own, meant = sizes(found.value.shape[axis] for axis in axes), sizes(feed.shape[axis] for axis in axes)
    before = flatten.shape if flatten is not None else None
    now = f", {sizes(before[1:])} here" if before is not None and len(before) > 2 else ""
    return Because(
        "certain",
        f"{at(call)} is sized for inputs of {meant}, and these are {own}: {shape[-1]} features{now}, not {wanted}",
        at=call,
        steps=tuple(narrowing(found)),
        remedies=(
            resize(case, found, (feed,), f"feed inputs of {meant}", "input", when="the input may be resized"),
            *_pooled(case, flatten),
            set_number(
                case,
                call,
                f"build {at(call)} for {shape[-1]} features: in_features={shape[-1]}",
                "in_features",
                0,
                shape[-1],
                when=f"all inputs are {own} from now on; trained weights do not fit then",
            ),
        ),
        weight=1.2 if is_usual(feed, axes) else 0.2,
    )


def _pooled(case: Case, flatten: Call | None) -> Iterator[Remedy]:
    """The positions are pooled, where the framework has a layer that gives features and no positions."""
    made = pool_positions(case, flatten) if flatten is not None else None
    if made is not None:
        yield made._replace(trial=(*made.trial, Rebuild(case.call.path or "")))


def _layer_norm(case: Case) -> Because | None:
    call, shape, wanted = case.call, case.call.shape, case.call.arguments["normalized_shape"]
    if not shape or not isinstance(wanted, tuple) or len(wanted) < 2 or len(wanted) >= len(shape):
        return None
    got = shape[-len(wanted) :]
    if got[0] != wanted[0] and len(wanted) > 2:
        return None
    names = axis_names(got, 0 if len(wanted) > 2 else None, batched=False)
    differ = listed(name for name, a, b in zip(names, got, wanted, strict=True) if a != b) if got != wanted else ""
    found, mapped = source(case), len(wanted) > 2
    fed = fitting(case, found, prod(wanted), prod(got)) if found is not None else None
    remedies = []
    if found is not None and fed is not None:
        meant = sizes(fed.shape[axis] for axis in spatial(found.value.shape))
        remedies.append(
            resize(case, found, (fed,), f"feed inputs of {meant}", "input", when="the input may be resized")
        )
    if mapped:
        title = f"use GroupNorm(1, {got[0]}): the same statistics, and a scale for each channel, whatever the size"
        settings = {"num_groups": 1, "num_channels": got[0]}
        remedies.append(become(case, call, title, "GroupNorm", settings, when="it may be trained anew"))
    remedies.append(_built_for(case, got))
    return Because(
        "certain" if fed is not None and is_usual(fed, spatial(fed.shape)) else "likely",
        f"{at(call)} is sized for {sizes(wanted)}, and here the map is {sizes(got)}: {differ} changed with the input",
        at=call,
        remedies=tuple(remedies),
        weight=1.0,
    )


def _built_for(case: Case, got: tuple[int, ...]) -> Remedy:
    """The layer norm is built for the map that comes, and each that stumbles over the same change for its own."""
    call = case.call
    others = {call.path: got}
    for other in case.trace.calls:
        wanted = other.arguments.get("normalized_shape")
        if other.raised is not None and other.path is not None and isinstance(wanted, tuple) and other.shape:
            others.setdefault(other.path, other.shape[-len(wanted) :])
    when = "all inputs have this size from now on"
    one = set_number(case, call, f"build it for {sizes(got)}", "normalized_shape", 0, got, when=when)
    if len(others) == 1:
        return one
    title = f"build it for {sizes(got)}, and the other layer norms for the maps that they get"
    trial = tuple(Rebuild(path or "", arguments={"normalized_shape": shape}) for path, shape in others.items())
    return Remedy(title, "layer", when=when, trial=trial)


def _map_norm(case: Case) -> Because | None:
    """A layer norm over axes that it names, with a scale for each position of the maps that it was built on."""
    call, shape, built = case.call, case.call.shape, case.call.arguments["built_for"]
    named = call.arguments.get("axis")
    if not shape or not isinstance(named, tuple) or not isinstance(built, tuple) or len(named) != len(built):
        return None
    axes = [axis % len(shape) for axis in named]
    differ = [axis for axis, size in zip(axes, built, strict=True) if shape[axis] != size]
    if not differ or len(shape) < 3:
        return None
    found, last = source(case), len(shape) - 1
    remedies: list[Remedy] = []
    if last not in axes:
        kind, arguments = instance_norm(case.framework, len(shape), last, shape[last])
        written = ", ".join(f"{name}={value!r}" for name, value in arguments.items())
        title = f"use {kind}({written}): the same statistics, and a scale for each channel, whatever the size"
        remedies.append(become(case, call, title, kind, arguments, when="it may be trained anew"))
    elif len(axes) > 1:
        title = f"normalise each position over its {shape[last]} features: axis=-1"
        remedies.append(set_number(case, call, title, "axis", 0, -1, when="it may be trained anew"))
    if found is not None:
        scale = built[0] / shape[axes[0]]
        own = found.value.shape
        fed = tuple(round(size * scale) if axis in spatial(own) else size for axis, size in enumerate(own))
        meant = sizes(fed[axis] for axis in spatial(own))
        feeds = (Feed(found.number, fed),)
        remedies.append(resize(case, found, feeds, f"feed inputs of {meant}", "input", "the input may be resized"))
    return Because(
        "certain",
        f"{at(call)} has a scale for each of {sizes(built)} positions, and here the map is "
        f"{sizes(shape[axis] for axis in axes)}",
        at=call,
        remedies=tuple(remedies),
        weight=1.2,
    )


def _table(case: Case) -> Because | None:
    """A learnt table, of positions for instance, is added to a map of another resolution."""
    given = case.call.inputs
    made = [number for number in range(len(given)) if source(case, number) is None]
    rest = [number for number in range(len(given)) if number not in made]
    if len(made) != 1 or len(rest) != 1 or len(given[made[0]].shape) > len(given[rest[0]].shape):
        return None
    got = given[rest[0]].shape
    table = (*(1 for _ in got[len(given[made[0]].shape) :]), *given[made[0]].shape)
    if len(table) > 2 and sum(size > 1 for size in table) == 1 < table[1]:
        return None  # one number for each channel
    differ = [axis for axis, (a, b) in enumerate(zip(table, got, strict=True)) if a != b and a != 1]
    if len(differ) != 1 and prod(table[2:]) == prod(got[2:]):
        return None
    found = source(case, rest[0])
    fed = fitting(case, found, table[differ[0]], got[differ[0]]) if found is not None and len(differ) == 1 else None
    remedies: tuple[Remedy, ...] = ()
    if found is not None and fed is not None:
        meant = sizes(fed.shape[axis] for axis in spatial(found.value.shape))
        remedies = (resize(case, found, (fed,), f"feed inputs of {meant}", "input", when="the input may be resized"),)
    return Because(
        "likely",
        f"the table of {sizes(given[made[0]].shape)} was made for another input size: {sizes(got)} arrive here",
        at=case.call,
        remedies=remedies,
        look_at="the input size that the table was made for; a table of positions can be interpolated to another",
        weight=1.0,
    )


@changed_resolution.in_text
def _(case: Case) -> Because | None:
    told = case.told
    if told.symptom == "flatten-size":
        return _flattened(case)
    if told.symptom == "trailing-shape":
        wanted, shape = told.lists.get("weight"), told.shape
        if wanted is None or len(wanted) < 2 or shape is None:
            return None
        return Because(
            "likely",
            f"the norm is built for maps of {spelt(wanted)}, and other sizes come in",
            remedies=(
                Remedy("feed the size that the network was built for", "input"),
                Remedy(
                    "build it for the new size, or use GroupNorm(1, channels), which takes every size",
                    "layer",
                    "the size must change; weights no longer fit",
                ),
            ),
            look_at="the size of the inputs against the one in the constructor",
            weight=0.9,
        )
    if told.symptom == "one-value" and told.family != "instance":
        return None
    if told.symptom == "size-mismatch":
        a, b = told.numbers.get("a", 0), told.numbers.get("b", 0)
        if abs(a - b) <= 2 or not told.says("pos", "embed", "patch", "grid", "anchor"):
            return None
        return Because(
            "likely",
            f"something is sized for {b} positions, and the input has {a}: another resolution or patch size",
            remedies=(
                Remedy(
                    "feed the resolution that the network was built for, or interpolate the position embedding", "input"
                ),
            ),
            look_at="the size of the inputs against the configuration",
            weight=0.9,
        )
    return Because(
        "possible",
        "the inputs are smaller than those that the network was made for",
        remedies=(Remedy("feed inputs of the size that the network was made for", "input"),),
        look_at="the size of the inputs against the paper's or the configuration's",
        weight=0.2,
    )


def _flattened(case: Case) -> Because:
    told = case.told
    got, wanted = told.numbers.get("got"), told.numbers.get("wanted")
    numbers = "" if got is None or wanted is None else f": {got} features come in, and {wanted} are wanted"
    maps = max(got or 0, wanted or 0) >= 1000 or told.says("flatten", ".view(", "reshape", "conv")
    return Because(
        "likely" if maps else "possible",
        f"the linear layer is sized for inputs of another size or number of channels{numbers}",
        remedies=(
            Remedy("feed the size that the network was built for", "input", "the network is pretrained"),
            Remedy(
                f"build the layer for {got} features" if got else "build the layer for the new number of features",
                "layer",
                "the input's size stays so; other sizes then fail",
            ),
            Remedy(
                "put AdaptiveAvgPool2d before the flatten: every size gives the same number of features",
                "model",
                "sizes vary; it is trained anew",
            ),
        ),
        look_at="print(x.shape) before the flatten: channels x height x width must be the layer's in_features",
        weight=0.7,
    )
