from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.remedies.functions import is_function
from whynorm.catalogue.remedies.layer import become
from whynorm.catalogue.remedies.number import set_number
from whynorm.catalogue.shapes import at, sizes
from whynorm.catalogue.symptoms.wrong_axes import averages_all, averages_together, belies_its_name
from whynorm.facts import Call, Case
from whynorm.facts.change import Edit, Rebuild, Replace, SetArgument
from whynorm.facts.spelling import each_channel, instance_norm


@cause("wrong-norm-kind")
def wrong_norm_kind(case: Case) -> Because | None:
    """Another norm is meant: layer norm as instance norm, batch norm as instance norm.

    What makes a norm is the axes over which it averages. Several names give the same numbers, and one name can give
    different ones, by its arguments:

    ```python works torch
    import torch
    from torch import nn

    maps = torch.randn(2, 3, 8, 8)
    instance = nn.InstanceNorm2d(3)(maps)
    assert torch.allclose(nn.GroupNorm(3, 3)(maps), instance, atol=1e-5)
    assert torch.allclose(nn.LayerNorm([8, 8])(maps), instance, atol=1e-5)
    assert torch.allclose(nn.BatchNorm2d(3)(maps[:1]), instance[:1], atol=1e-5)
    assert torch.allclose(nn.GroupNorm(1, 3)(maps), nn.LayerNorm([3, 8, 8])(maps), atol=1e-5)
    ```

    These are their start; parameters differ: `LayerNorm([8, 8])` has a scale for each position, an instance norm at
    most one for each channel.

    A layer norm that was meant over channels, on maps that happen to be as wide as there are channels:

    ```python silent torch
    import torch
    from torch import nn

    maps = torch.randn(2, 8, 8, 8)
    result = nn.LayerNorm(8)(maps)
    assert result.mean(dim=3).abs().max() < 1e-5
    assert result.mean(dim=1).abs().max() > 0.1
    ```

    An instance norm on a vector has one value for each statistic, a layer norm would have them all:

    ```python fails torch
    import torch
    from torch import nn

    nn.InstanceNorm1d(8)(torch.randn(4, 8, 1))
    ```

    ## Which one is meant

    * Each image by itself, each channel by itself (style, contrast of a scan): instance norm.
    * Each sample or token over its features: layer norm over the last axis; for maps, permute the channels to the end.
    * Each channel over the batch: batch norm, with batches that are large enough.
    * Batches of one, and channels that belong together: group norm.

    ## The price

    Another norm is another network: it must be trained anew. Only where the numbers are the same, as above, can one
    stand for the other, parameters in mind.
    """
    call, shape = case.call, case.call.shape
    if averages_all(call):
        return _all_axes(case)
    if belies_its_name(call):
        return _named_another(case)
    if averages_together(call):
        return _of_its_own(case)
    if call.raised is None and "axis" in call.arguments:
        return _last_axis(case)
    wanted = call.arguments.get("normalized_shape")
    if not shape or len(shape) not in (3, 4, 5) or not isinstance(wanted, tuple) or len(wanted) != 1:
        return None
    channels = wanted[0]
    if shape[1] != channels or shape[-1] == channels:
        return None
    kind = f"InstanceNorm{len(shape) - 2}d"
    return Because(
        "possible" if is_function(call) else "likely",
        f"{at(call)} averages over the last axis alone; {sizes(shape)} has {channels} channels on axis 1, as "
        f"convolutions leave them",
        at=call,
        remedies=(
            become(
                case,
                call,
                f"use {kind}({channels}): it averages over the positions of each channel",
                kind,
                {"num_features": channels},
                when="each channel of each sample is to be normalised; that is another function",
            ),
        ),
        weight=0.2,
    )


def _last_axis(case: Case) -> Because | None:
    """A layer norm over a last axis of size 1, where the channels stand on another."""
    call, shape, reading = case.call, case.call.shape or (), case.call.reading
    if reading is None or reading.family not in ("layer", "rms") or len(shape) < 3 or shape[1] == 1:
        return None
    if any(shape[axis] != 1 for axis in reading.averages):
        return None
    kind, arguments = instance_norm(case.framework, len(shape), 1, shape[1])
    written = ", ".join(f"{name}={value!r}" for name, value in arguments.items())
    over_channels = set_number(
        case,
        call,
        "average over the channels: axis=1",
        "axis",
        None,
        1,
        when="each position is to be normalised over its channels",
    )
    if len(shape) == 3:  # with one value for each position another norm would have no more
        remedies: tuple[Remedy, ...] = (over_channels,)
    else:
        remedies = (
            over_channels,
            become(
                case,
                call,
                f"use {kind}({written}), on maps of more than one position: one statistic for each sample and channel",
                kind,
                arguments,
                when="instance norm is meant; on 1 x 1 it gives 0 as well",
            ),
        )
    return Because(
        "likely",
        f"axis names the axes to average over, and the {shape[1]} channels of {sizes(shape)} stand on axis 1",
        at=call,
        remedies=remedies,
        weight=1.2,
    )


def _of_its_own(case: Case) -> Because | None:
    """An instance norm that the program writes itself."""
    call, shape, reading = case.call, case.call.shape or (), case.call.reading
    assert reading is not None
    channel = len(shape) - 1 if reading.channel_axis is None else reading.channel_axis
    right = tuple(axis for axis in range(1, len(shape)) if axis != channel)
    edits: tuple[Edit, ...] = ()
    if call.axes is not None:
        place, written = call.axes
        edits = (Replace(place, written, str(list(right) if written.startswith("[") else right)),)
    what = "the batch, as a batch norm does" if 0 in reading.averages else "the channels, as a layer norm does"
    return Because(
        "certain",
        f"what {call.type} computes averages over {what}",
        at=call,
        remedies=(Remedy(f"average over the positions alone: axes {list(right)}", "layer", edits=edits),),
        experiment="single values of other samples and channels were changed, and it was seen where that is felt",
        weight=1.5,
    )


def _kept(call: Call) -> dict[str, object]:
    """The settings that a layer norm has in common with an instance norm, where they are not the usual ones."""
    usual = {"epsilon": 1e-3, "center": True, "scale": True}
    return {name: call.arguments[name] for name, value in usual.items() if call.arguments.get(name, value) != value}


def _all_axes(case: Case) -> Because:
    """A layer norm over all axes of a sample, where one statistic for each channel is meant."""
    call, shape = case.call, case.call.shape or ()
    rank = len(shape)
    likely = 1 if shape[1] <= 4 < min(shape[2:]) else rank - 1
    known = call.channel_axis
    remedies = []
    for axis in (likely, rank - 1 if likely == 1 else 1) if known is None else (known,):
        kind, arguments = instance_norm(case.framework, rank, axis, shape[axis])
        written = ", ".join(f"{name}={value!r}" for name, value in arguments.items())
        remedies.append(
            become(
                case,
                call,
                f"use {kind}({written}): one statistic for each sample and channel, over its positions",
                kind,
                {**arguments, **_kept(call)},
                when=f"instance norm is meant, and axis {axis} holds the {shape[axis]} channels",
            )
        )
    return Because(
        "likely",
        f"axis names the axes to average over; instance norm leaves out the batch and the channels "
        f"({shape[likely]} on axis {likely})",
        at=call,
        remedies=tuple(remedies),
        weight=1.0,
    )


def _named_another(case: Case) -> Because:
    """A norm of another kind under the name of an instance norm."""
    call, shape = case.call, case.call.shape or ()
    axis = call.channel_axis if call.channel_axis is not None else call.reading and call.reading.channel_axis
    if call.reading is None or call.reading.family != "group" or axis is None:
        return _all_axes(case)
    groups = each_channel(case.framework, shape[axis])
    return Because(
        "likely",
        f"groups={call.arguments.get('num_groups')} takes {shape[axis]} channels together; an instance norm has as "
        "many groups as channels",
        at=call,
        remedies=(_regrouped(case, groups),),
        weight=1.0,
    )


def _regrouped(case: Case, groups: int) -> Remedy:
    """All group norms that the line builds get so many groups."""
    call = case.call
    place = call.built[:2] if call.built is not None else None
    alike = [one for one in case.trace.calls if one.type == call.type and one.built and one.built[:2] == place]
    edits: tuple[Edit, ...] = ()
    if call.built is not None:
        keyword, position = call.written.get("num_groups", ("num_groups", 0))
        edits = (SetArgument(call.built._replace(through=()), call.type, keyword, position, repr(groups)),)
    trial = tuple(Rebuild(one.path or "", arguments={"num_groups": groups}) for one in alike or [call])
    return Remedy(f"one group for each channel: {groups} as the groups", "layer", None, trial, edits)


@wrong_norm_kind.in_text
def _(case: Case) -> Because | None:
    told, shape = case.told, case.told.shape
    if told.symptom != "trailing-shape" or shape is None or len(shape) < 4:
        return None
    return Because(
        "possible",
        "a layer norm stands where a norm over channels is meant",
        remedies=(Remedy("use BatchNorm2d, or GroupNorm(1, channels) as the layer norm of maps", "layer"),),
        weight=0.4,
    )
