"""Two branches that meet in a sum or a concatenation: which layer made them differ, and what brings them together."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from whynorm.catalogue.registry import Because, Remedy
from whynorm.catalogue.remedies.number import set_number
from whynorm.catalogue.shapes import at, most, out_shape, sizes
from whynorm.catalogue.together import by_rule, number_of, of_one_place, rule_of
from whynorm.facts import Call, Case, Held
from whynorm.facts.change import Adapt, Argument, Edit, Project, Rebuild, SetArgument, WrapOperand
from whynorm.facts.counts import GIVEN, TAKEN

_PLACES = {"stride": 3, "padding": 4, "output_padding": 5}


class Branch(NamedTuple):
    """One of the two that meet."""

    number: int
    shape: tuple[int, ...]
    wanted: tuple[int, ...]
    """The other's shape."""
    own: tuple[Call, ...]
    """The calls on its way that are not on the other's, nearest first."""
    forked: bool
    """Whether it comes from where the other comes from as well."""


def meeting(case: Case) -> Because | None:
    """What makes two branches differ that are added or concatenated, where a change of the model mends it."""
    branches = _branches(case)
    differ = _differ(case.call, branches) if branches else ()
    if not differ:
        return None
    proposed = list(_proposals(case, branches, differ))
    found = [(maker, remedy) for maker, remedy in proposed if _passes(case, remedy)]
    found = found or [(maker, remedy) for maker, remedy in proposed if case.try_out(remedy.trial).passed is None][:1]
    if not found:
        return None
    maker = next((one for one, _ in found if one is not None), None)
    if maker is None:
        return None
    got, wanted = _meet(case.call, branches, differ)
    return Because(
        "likely",
        f"{maker.name} at {at(maker)} is on one of the two ways alone: {got} meets {wanted}",
        at=maker,
        steps=(maker,),
        remedies=tuple(remedy for _, remedy in found[:3]),
        weight=1.0,
    )


def _passes(case: Case, remedy: Remedy) -> bool:
    return case.try_out(remedy.trial).passed is True


def _meet(call: Call, branches: Sequence[Branch], differ: Sequence[int]) -> tuple[str, str]:
    first, other = (branch.shape for branch in branches)
    channels = 1 if len(first) > 2 else len(first) - 1
    if tuple(differ) == (channels,):
        return f"a width of {first[channels]}", f"one of {other[channels]}"
    return sizes(first[1:]), sizes(other[1:])


def _branches(case: Case) -> tuple[Branch, ...]:
    call = case.call
    if len(call.inputs) != 2 or len(call.inputs[0].shape) != len(call.inputs[1].shape):
        return ()
    if any(0 in value.shape for value in call.inputs):
        return ()
    ways = [list(case.trace.upstream(call, number)) for number in (0, 1)]
    known = [
        {call.inputs[number].id, *(value.id for step in way for value in (*step.outputs[:1], *step.inputs[:1]))}
        for number, way in enumerate(ways)
    ]
    found = []
    for number, way in enumerate(ways):
        own: list[Call] = []
        for step in way:
            if any(value.id in known[1 - number] for value in step.outputs):
                break
            own.append(step)
        last = own[-1].inputs[:1] if own else call.inputs[number : number + 1]
        forked = bool(last) and last[0].id in known[1 - number]
        found.append(Branch(number, call.inputs[number].shape, call.inputs[1 - number].shape, tuple(own), forked))
    return tuple(found)


def _differ(call: Call, branches: Sequence[Branch]) -> tuple[int, ...]:
    """The axes on which the two have to agree, and do not."""
    first, other = (branch.shape for branch in branches)
    joined = call.arguments.get("dim", 0)
    free = joined % len(first) if call.role == "join" and isinstance(joined, int) and first else None
    return tuple(
        axis
        for axis, (a, b) in enumerate(zip(first, other, strict=True))
        if a != b and axis != free and not (call.role == "add" and 1 in (a, b))
    )


def _proposals(case: Case, branches: Sequence[Branch], differ: Sequence[int]) -> Iterator[tuple[Call | None, Remedy]]:
    """What could bring them together, with the layer that makes the difference, best first."""
    busier = max(branches, key=lambda branch: len(branch.own))
    makers = [step for step in busier.own if _makes(step, differ)]
    maker = next((step for step in makers if _changes(step, differ)), makers[0] if makers else None)
    for branch in branches:
        yield from ((maker, remedy) for remedy in _through_idle(case, branch))
    resets = [
        (step, settings, remedy)
        for branch in branches
        for step in (*branch.own, *_beside(case, branch))
        if step.path is not None and _makes(step, differ)
        for settings, remedy in _reset(case, branch, step, differ)
    ]
    yield from ((step, remedy) for step, settings, remedy in resets if "stride" not in settings)
    for branch in branches:
        if branch.forked and not any(step.role in GIVEN for step in branch.own):
            yield from ((maker, remedy) for remedy in _projected(case, branch, branches[1 - branch.number]))
        yield from ((maker, remedy) for remedy in _stepping(branch, branches[1 - branch.number], differ))
    yield from ((step, remedy) for step, settings, remedy in resets if "stride" in settings)


def _makes(step: Call, differ: Sequence[int]) -> bool:
    """Whether a call may have changed the sizes on these axes."""
    before, after = step.shape, out_shape(step)
    if before is None or after is None:
        return False
    if step.role in GIVEN and any(axis in (1, len(after) - 1) for axis in differ):
        return True
    return step.role in ("conv", "transposed-conv", "pool", "upsample") and _is_other(before, after, differ)


def _changes(step: Call, differ: Sequence[int]) -> bool:
    """Whether a call gives other sizes on these axes than it got."""
    return _is_other(step.shape or (), out_shape(step) or (), differ)


def _is_other(before: Sequence[int], after: Sequence[int], differ: Sequence[int]) -> bool:
    """Whether two shapes have another number of axes, or other sizes on these axes as far as they have them."""
    return len(before) != len(after) or any(before[axis : axis + 1] != after[axis : axis + 1] for axis in differ)


def _reset(
    case: Case, branch: Branch, step: Call, differ: Sequence[int]
) -> Iterator[tuple[Mapping[str, object], Remedy]]:
    """A layer on the way is built with other numbers: which, and how."""
    axis = channels_out(step)
    part = _in_part(branch, step, axis) if axis in differ and step.role in GIVEN else None
    if part is not None:
        setting, place = GIVEN[step.role]
        number = step.arguments.get(setting)
        wanted = number * part[0] + part[1] if isinstance(number, int) else 0
        said = f"let {at(step)} give {wanted}: {setting}={wanted}"
        remedy = by_rule(case, step, setting, place, said, factor=part[0], more=part[1])
        if remedy is not None:
            yield {setting: wanted}, remedy
        return
    if axis in differ and step.role in GIVEN and (out_shape(step) or ())[axis] == branch.shape[axis]:
        between = branch.own[: branch.own.index(step)]
        if any(one.role in ("axes", "reshape") for one in between):
            return
        yield {GIVEN[step.role][0]: branch.wanted[axis]}, narrowed(case, between, step, branch.wanted[axis])
    if all(one == axis for one in differ):
        return
    for settings in _spatial_settings(step, branch, differ):
        in_loop = _padded_by_rule(case, step) if list(settings) == ["padding"] else None
        if in_loop is not None:
            yield settings, in_loop
            continue
        parts = [set_number(case, step, "", name, _PLACES.get(name), value) for name, value in settings.items()]
        said = ", ".join(f"{name}={value}" for name, value in settings.items())
        yield (
            settings,
            parts[0]._replace(
                title=f"build {at(step)} with {said}",
                when="both are to have the same size",
                trial=tuple(change for part in parts for change in part.trial),
                edits=tuple(edit for part in parts for edit in part.edits),
            ),
        )


def _padded_by_rule(case: Case, step: Call) -> Remedy | None:
    """The convolutions that one line builds, in a loop for instance, keep the size by as many times their padding."""
    pairs = [
        (
            number_of(one, "padding"),
            most(one.arguments.get("dilation")) * (most(one.arguments.get("kernel_size")) - 1) // 2,
        )
        for one in of_one_place(case, step).values()
    ]
    rule = rule_of(pairs)
    if rule is None:
        return None
    said = f"{rule[0]} times" if rule[0] != 1 else f"{abs(rule[1])} {'more' if rule[1] > 0 else 'less'} than"
    title = f"build {at(step)}, and the others of its loop, with {said} their padding: they keep the size"
    return by_rule(case, step, "padding", _PLACES["padding"], title, factor=rule[0], more=rule[1])


def _beside(case: Case, branch: Branch) -> Iterator[Call]:
    """The layers that make the other parts of what is concatenated on the way."""
    for join in (step for step in branch.own if step.role == "join"):
        for number in range(1, len(join.inputs)):
            maker = next((step for step in case.trace.upstream(join, number) if step.role in GIVEN), None)
            if maker is not None:
                yield maker


def _in_part(branch: Branch, step: Call, axis: int) -> tuple[int, int] | None:
    """How the number that a layer gives is to change, as a factor and a summand, where it is not the width that meets.

    It is one of several that are concatenated, or is split into as many.
    """
    given, got, wanted = (out_shape(step) or ())[axis], branch.shape[axis], branch.wanted[axis]
    place = branch.own.index(step) if step in branch.own else len(branch.own)
    between = {one.role for one in branch.own[:place]}
    if given == got or not between.isdisjoint(("axes", "reshape", *GIVEN)):
        return None
    if "join" in between and "slice" not in between:
        return 1, wanted - got
    if "slice" in between and "join" not in between and wanted % got == 0:
        return wanted // got, 0
    return None


def _stepping(branch: Branch, other: Branch, differ: Sequence[int]) -> Iterator[Remedy]:
    """A shortcut takes steps as wide as the other way's, which are written as those are."""
    wide = next((step for step in other.own if step.role == "conv" and most(step.arguments.get("stride")) > 1), None)
    narrow = next((step for step in branch.own if step.role == "conv" and step.path is not None), None)
    if wide is None or narrow is None or most(narrow.arguments.get("stride")) > 1:
        return
    stride = -(-branch.shape[differ[-1]] // branch.wanted[differ[-1]])
    edits: tuple[Edit, ...] = ()
    if wide.built is not None and narrow.built is not None:
        like = Argument(wide.built, wide.type, "stride", 3)
        edits = (SetArgument(narrow.built, narrow.type, "stride", 3, str(stride), like, narrow.arguments["stride"]),)
    yield Remedy(
        f"build {at(narrow)} with stride={stride}, as {at(wide)} has it",
        "layer",
        trial=(Rebuild(narrow.path or "", arguments={"stride": stride}),),
        edits=edits,
    )


def channels_out(step: Call) -> int:
    """The axis on which a layer gives its channels, or features."""
    after = out_shape(step) or ()
    return len(after) - 1 if step.role in ("linear", "embedding", "recurrent") else 1 if len(after) > 2 else 0


def _spatial_settings(step: Call, branch: Branch, differ: Sequence[int]) -> Iterator[dict[str, object]]:
    settings = step.arguments
    kernel, stride, dilation = (most(settings.get(name)) for name in ("kernel_size", "stride", "dilation"))
    padding = settings.get("padding")
    if step.role == "conv" and isinstance(padding, tuple):
        same = max(1, dilation) * (kernel - 1) // 2
        if most(padding) != same and kernel % 2:
            yield {"padding": same}
        if stride > 1:
            yield {"stride": 1}
            if most(padding) != same and kernel % 2:
                yield {"stride": 1, "padding": same}
    elif step.role == "transposed-conv":
        for output_padding in range(max(stride, 1)):
            if output_padding != most(settings.get("output_padding")):
                yield {"output_padding": output_padding}
        if kernel > stride and (kernel - stride) % 2 == 0 and most(padding) != (kernel - stride) // 2:
            yield {"padding": (kernel - stride) // 2}
    elif step.role == "pool" and kernel % 2 and stride == 1 and most(padding) != kernel // 2:
        yield {"padding": kernel // 2}
    elif step.role == "upsample" and isinstance(scale := settings.get("scale_factor"), int | float):
        axis = differ[-1]
        wanted = scale * branch.wanted[axis] / branch.shape[axis]
        if wanted == int(wanted) and wanted != scale:
            yield {"scale_factor": int(wanted)}


def narrowed(case: Case, between: Sequence[Call], maker: Call, wanted: int) -> Remedy:
    """The layer gives the wanted number, and the norms behind it are built for it."""
    setting, place = GIVEN[maker.role]
    parts = [set_number(case, maker, f"let {at(maker)} give {wanted}: {setting}={wanted}", setting, place, wanted)]
    for step in between:
        for name, position in TAKEN.get(step.role, ()):
            if step.role == "norm" and step.path is not None and name in step.arguments:
                parts.append(set_number(case, step, "", name, position, wanted))
    trial = tuple(change for part in parts for change in part.trial)
    edits = tuple(edit for part in parts for edit in part.edits)
    return parts[0]._replace(trial=trial, edits=edits, when=f"{wanted} is the number that is meant")


def _adapt(case: Case, branch: Branch, layer: str | None = None) -> tuple[Adapt, ...]:
    call = case.call
    shapes = tuple(value.shape for value in call.inputs)
    return (Adapt(call.type, call.path or "", shapes, branch.number, branch.wanted, layer),)


def _through_idle(case: Case, branch: Branch) -> Iterator[Remedy]:
    """A layer that was built for it and is never called."""
    call, held = case.call, case.call.held
    if not isinstance(held, Held) or call.path is None:
        return
    for name in held.idle:
        path = f"{call.path}.{name}" if call.path else name
        edits = (WrapOperand(call.location, branch.number, f"self.{name}({{}})"),) if call.location else ()
        if name.isidentifier():
            yield Remedy(
                f"let the other pass through {path}, which is built and not called",
                "model",
                trial=_adapt(case, branch, path),
                edits=edits,
                safe=True,
            )


def _projected(case: Case, branch: Branch, other: Branch) -> Iterator[Remedy]:
    """A shortcut gets a layer of its own that makes its shape the other way's."""
    call = case.call
    makers = [step for step in other.own if step.role in ("conv", "linear") and step.path is not None]
    if call.role != "add" or not makers or len({step.type for step in makers}) != 1:
        return
    last, first = makers[0], makers[-1]
    channels = last.channel_axis if last.channel_axis is not None else channels_out(last)
    smaller = any(
        a != b for axis, (a, b) in enumerate(zip(branch.shape, branch.wanted, strict=True)) if axis != channels
    )
    stride = [step for step in makers if smaller and most(step.arguments.get("stride")) > 1]
    kind = "1 x 1 convolution" if first.role == "conv" else "linear layer"
    edits: tuple[Edit, ...] = ()
    if call.location is not None and first.built is not None and last.built is not None:
        taken = _argument(first, *TAKEN[first.role][0]) if _counts_inputs(first) else None
        steps = tuple(_argument(step, "stride", 3) for step in stride if step.built is not None)
        edits = (Project(call.location, branch.number, first.type, taken, _argument(last, *GIVEN[last.role]), steps),)
    yield Remedy(
        f"let the shortcut pass through a {kind} of its own, to {sizes(branch.wanted[1:])}",
        "model",
        when="both ways are as they should be",
        trial=_adapt(case, branch),
        edits=edits,
    )


def _counts_inputs(layer: Call) -> bool:
    """Whether a layer's constructor is told what comes in; Keras's looks at it when it is built."""
    return not layer.written or TAKEN[layer.role][0][0] in layer.written


def _argument(layer: Call, setting: str, place: int) -> Argument:
    assert layer.built is not None
    return Argument(layer.built, layer.type, *layer.written.get(setting, (setting, place)))
