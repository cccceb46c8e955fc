from collections.abc import Iterator

from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.causes.sequence_order import features_last
from whynorm.catalogue.meeting import meeting
from whynorm.catalogue.own_parameters import of_its_own, other_parameters
from whynorm.catalogue.phrases import sizes
from whynorm.catalogue.regrouping import regrouping
from whynorm.catalogue.remedies.functions import is_function
from whynorm.catalogue.remedies.number import set_number
from whynorm.catalogue.remedies.several import with_other_faults
from whynorm.catalogue.shapes import at, chain, channel_axis, fair_groups, out_shape, source, wanted_channels
from whynorm.catalogue.together import scaled
from whynorm.catalogue.told_number import told_number
from whynorm.facts import Call, Case
from whynorm.facts.change import Argument, Carry, Rebuild, Split
from whynorm.facts.counts import GIVEN, TAKEN

KEEP = ("activation", "dropout", "pool", "global-pool", "pad", "upsample", "other")
"""Roles that hand the channels on as they are, a norm that took them included."""


@cause("wrong-constructor-number")
def wrong_constructor_number(case: Case) -> Because | None:
    """The number given to the constructor is not the channel count.

    The norm behind a convolution takes the number of its *output* channels. Given are the input's, those of another
    branch, the count before a concatenation, the height, or the classes.

    ```python fails torch
    import torch
    from torch import nn

    model = nn.Sequential(nn.Conv2d(3, 16, 3), nn.BatchNorm2d(3))
    model(torch.randn(2, 3, 8, 8))
    ```

    ```python works torch
    import torch
    from torch import nn

    model = nn.Sequential(nn.Conv2d(3, 16, 3), nn.BatchNorm2d(16))
    model(torch.randn(2, 3, 8, 8))
    ```

    An instance norm without `affine` and without running statistics has nothing of that size. It warns where the number
    does not fit, and computes the right thing all the same (torch 2.13). Switched to `affine=True`, the same line
    raises.

    ## Where to look

    * Behind a concatenation the channels are the sum; behind a pixel shuffle a quotient; behind a gated unit (`nn.GLU`)
      half.
    * In loops and blocks: is the variable still the input's when the norm is built?
    * In a list of widths an index may be one off: the message's two numbers are then neighbours in it.
    * A layer norm takes the size of the last axes, not a channel count that stands second.

    ## Remedies and their price

    Give the number that arrives; or let the layer take it from its first input, `nn.LazyBatchNorm2d()`, whose
    parameters have no sizes before that. If the convolution is what is wrong, changing the norm to
    suit it hides that.
    """
    call = case.call
    name, position, built = _own(call)
    got = _got(call)
    if call.role == "norm" and call.arguments.get("num_groups") and call.reading and _uneven(call):
        return _groups(case)
    if call.role in ("join", "add"):
        return other_parameters(case) or meeting(case)
    if call.role == "reshape":
        return regrouping(case)
    shared = _for_another(case)
    if shared is not None:
        return shared
    if got is None or built is None or got == built or features_last(case) is not None:
        return None
    maker = _maker(case)
    if maker is not None and maker.arguments.get(GIVEN[maker.role][0]) != got:
        maker = None
    direct = maker is None and source(case) is not None and not _mixed(case)
    remedies = [] if name is None else list(_remedies(case, call, maker, name, position, got, built))
    remedies += of_its_own(call, got, built)
    if name is None and not remedies:
        remedies.append(Remedy(f"make its parameters for {got}", "layer", number=(built, got)))
    if maker is not None and maker.path is not None:
        where = f" at {at(maker)}" if maker.path else ""
        message = f"{maker.name}{where} gives {got}, and {call.name} was built for {built}"
    elif direct:
        message = f"the input has {got}, and {call.name} was built for {built}"
    else:
        message = f"{got} arrive, and {call.name} was built for {built}"
    proven = [remedy for remedy in remedies if case.try_out(remedy.trial).passed]
    elsewhere = maker is None and call.shape is not None and len(call.shape) > 2 and built in call.shape[1:]
    return Because(
        "possible" if elsewhere else "certain" if proven and not direct else "likely",
        message,
        at=call,
        steps=(maker,) if maker is not None else (),
        remedies=tuple(remedies),
        weight=0.3 if direct else 1.0 if call.raised is not None else 0.6,
    )


def _for_another(case: Case) -> Because | None:
    """A norm that took its number from its first input, and is called again behind another layer."""
    call = case.call
    if call.role != "norm" or is_function(call) or call.path is None or call.raised is None or not call.shape:
        return None
    shape = call.shape
    before = next((one for one in case.trace.calls if one.path == call.path and one.raised is None and one.shape), None)
    if before is None or before.shape is None or len(before.shape) != len(shape):
        return None
    axis = channel_axis(call)
    axis = len(shape) - 1 if axis is None else axis
    if before.shape[axis] == shape[axis]:
        return None
    where = f" on line {before.location.line}" if before.location is not None else ""
    return Because(
        "certain",
        f"{at(call)} is one layer for two places: built for {sizes(before.shape)}{where}, it gets {sizes(shape)}",
        at=call,
        steps=(before,),
        remedies=(
            Remedy(
                f"build a norm for each place: {at(call)} has one set of statistics and parameters",
                "model",
                trial=(Split(call.path),),
            ),
        ),
        weight=1.3,
    )


def _own(call: Call) -> tuple[str | None, int, int | None]:
    for name, position in TAKEN.get(call.role, ()):
        number = call.arguments.get(name)
        if isinstance(number, tuple) and len(number) == 1:
            number = number[0]
        if isinstance(number, int):
            return name, position, number
    return None, 0, wanted_channels(call)


def _got(call: Call) -> int | None:
    axis = channel_axis(call)
    if axis is None and "normalized_shape" in call.arguments and call.shape:
        axis = len(call.shape) - 1
    return call.shape[axis] if axis is not None and call.shape and axis < len(call.shape) else None


def _maker(case: Case) -> Call | None:
    """The layer that decides how many channels arrive; None if the input itself, or a concatenation, does."""
    for step in case.trace.upstream(case.call):
        if step.role in GIVEN and isinstance(step.arguments.get(GIVEN[step.role][0]), int):
            return step
        if step.role not in KEEP and step.role != "norm":
            return None
    return None


def _mixed(case: Case) -> bool:
    return any(step.role in ("join", "reshape", "axes", "slice", "conv", "linear") for step in chain(case))


def _remedies(
    case: Case, call: Call, maker: Call | None, name: str, position: int, got: int, built: int
) -> Iterator[Remedy]:
    like = None
    if maker is not None:
        setting, place = GIVEN[maker.role]
        like = (maker, setting, place)
    in_loop = scaled(case, call, name, position) if maker is None else None
    if in_loop is not None:
        yield in_loop
        return
    own = set_number(
        case, call, f"build {at(call)} for {got}: {name}={got}", name, position, got, like=like, safe=maker is not None
    )
    yield with_other_faults(case, call, own)
    if maker is not None and name is not None:
        yield from _carried(case, call, maker, name, position)
    if maker is not None and maker.path is not None and out_shape(maker):
        setting, place = GIVEN[maker.role]
        yield set_number(
            case,
            maker,
            f"let {at(maker)} give {built}: {setting}={built}",
            setting,
            place,
            built,
            when=f"{built} is the number that is meant",
        )


def _carried(case: Case, call: Call, maker: Call, name: str, position: int) -> Iterator[Remedy]:
    """A loop builds both layers, and each round is to begin with the number that the one before ended with."""
    line = None if call.built is None else call.built[:2]
    same = [
        one for one in case.trace.calls if one.type == call.type and one.built is not None and one.built[:2] == line
    ]
    if call.built is None or maker.built is None or len({one.path for one in same}) < 2:
        return
    setting, place = GIVEN[maker.role]
    like = Argument(maker.built, maker.type, *maker.written.get(setting, (setting, place)))
    changes = {
        one.path: Rebuild(one.path, arguments={name: _got(one)})
        for one in same
        if one.raised is not None and one.path is not None
    }
    yield Remedy(
        "begin each round of the loop with the number that the one before gave",
        "layer",
        trial=tuple(changes.values()),
        edits=(Carry(call.built, call.type, *call.written.get(name, (name, position)), like),),
    )


def _uneven(call: Call) -> bool:
    groups, got = call.arguments.get("num_groups"), _got(call)
    return isinstance(groups, int) and got is not None and got % groups != 0


def _groups(case: Case) -> Because | None:
    call, got = case.call, _got(case.call)
    groups = call.arguments.get("num_groups")
    if got is None or not isinstance(groups, int):
        return None
    fair = fair_groups([number for number in range(groups, 0, -1) if got % number == 0], groups, got)
    built = call.arguments.get("num_channels")
    remedies = []
    maker = _maker(case)
    if maker is not None and isinstance(built, int) and built % groups == 0:
        setting, place = GIVEN[maker.role]
        remedies.append(
            set_number(case, maker, f"let {at(maker)} give {built}: {setting}={built}", setting, place, built)
        )
    elif built is not None and built != got:
        remedies.append(
            set_number(case, call, f"build {at(call)} for {got}: num_channels={got}", "num_channels", 1, got)
        )
    remedies.append(
        set_number(
            case,
            call,
            f"split the {got} channels into {fair} groups, {got // fair} channels each",
            "num_groups",
            0,
            fair,
            when="fewer groups, of more channels each, are acceptable",
        )
    )
    return Because("likely", f"{got} is not a multiple of {groups}", at=call, remedies=tuple(remedies), weight=0.5)


@wrong_constructor_number.in_text
def _(case: Case) -> Because | None:
    return told_number(case)
