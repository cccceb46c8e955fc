from collections.abc import Iterator

from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.remedies import set_number
from whynorm.catalogue.shapes import at, chain, channel_axis, out_shape, source, wanted_channels
from whynorm.facts import Call, Case

OWN = {
    "norm": (("num_features", 0), ("num_channels", 1), ("normalized_shape", 0)),
    "conv": (("in_channels", 0),),
    "transposed-conv": (("in_channels", 0),),
    "linear": (("in_features", 0),),
    "recurrent": (("input_size", 0),),
    "attention": (("embed_dim", 0),),
}
"""By role, the settings that count what comes in, with their place in the constructor."""

GIVEN = {
    "conv": ("out_channels", 1),
    "transposed-conv": ("out_channels", 1),
    "linear": ("out_features", 1),
    "embedding": ("embedding_dim", 1),
    "recurrent": ("hidden_size", 1),
}
"""By role, the setting that counts what goes out."""

KEEP = ("activation", "dropout", "pool", "global-pool", "pad", "upsample", "other")
"""Roles that hand the channels on as they are, a norm that took them included."""


@cause("wrong-constructor-number")
def wrong_constructor_number(case: Case) -> Because | None:
    """The number given to the constructor is not the channel count."""
    call = case.call
    name, position, built = _own(call)
    got = _got(call)
    if call.role == "norm" and call.arguments.get("num_groups") and call.reading and _uneven(call):
        return _groups(case)
    if name is None or got is None or built is None or got == built:
        return None
    maker = _maker(case)
    direct = maker is None and source(case) is not None and not _mixed(case)
    remedies = list(_remedies(case, call, maker, name, position, got, built))
    if maker is not None and maker.path is not None:
        message = f"{maker.name} at {at(maker)} gives {got}, and {call.name} was built for {built}"
    elif direct:
        message = f"the input has {got}, and {call.name} was built for {built}"
    else:
        message = f"{got} arrive, and {call.name} was built for {built}"
    proven = [remedy for remedy in remedies if case.try_out(remedy.trial).passed]
    return Because(
        "certain" if proven and not direct else "likely",
        message,
        at=call,
        steps=(maker,) if maker is not None else (),
        remedies=tuple(remedies),
        weight=0.3 if direct else 1.0,
    )


def _own(call: Call) -> tuple[str | None, int, int | None]:
    for name, position in OWN.get(call.role, ()):
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
    yield set_number(
        case, call, f"build {at(call)} for {got}: {name}={got}", name, position, got, like=like, safe=maker is not None
    )
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


def _uneven(call: Call) -> bool:
    groups, got = call.arguments.get("num_groups"), _got(call)
    return isinstance(groups, int) and got is not None and got % groups != 0


def _groups(case: Case) -> Because | None:
    call, got = case.call, _got(case.call)
    groups = call.arguments.get("num_groups")
    if got is None or not isinstance(groups, int):
        return None
    fair = next(number for number in range(groups, 0, -1) if got % number == 0)
    built = call.arguments.get("num_channels")
    remedies = []
    if built != got:
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
