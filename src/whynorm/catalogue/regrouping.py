"""A reshape to sizes whose product is another than that of what comes in."""

from collections.abc import Iterator
from math import isqrt, prod

from whynorm.catalogue.registry import Because
from whynorm.catalogue.remedies.number import set_number
from whynorm.catalogue.shapes import at, most, sizes, spatial
from whynorm.facts import Call, Case, Open

_KEEP = ("activation", "dropout", "norm")


def regrouping(case: Case) -> Because | None:
    """Features of a linear layer, or of the input, that are to be grouped as another number of them."""
    call, target = case.call, case.call.arguments.get("target_shape")
    if call.raised is None or not call.shape or not isinstance(target, tuple) or not target:
        return None
    own = call.shape[1:]
    if any(isinstance(size, Open) for size in own) or not all(isinstance(size, int) and size > 0 for size in target):
        return None
    maker, features = _maker(case), prod(own)
    pieces = _whole_pieces(case, call, target)
    if pieces is not None:
        return pieces
    if maker is None and len(own) != 1:
        return None
    remedies = [
        set_number(
            case,
            call,
            f"group the {features} as {sizes(fitting)}",
            "target_shape",
            0,
            fitting,
            when=f"{features} is the number that is meant",
        )
        for fitting in _fitting(target, features)
    ]
    if maker is not None:
        title = f"let {at(maker)} give {prod(target)}: {maker.spelled('out_features')}={prod(target)}"
        when = f"{sizes(target)} is what is meant"
        remedies.append(set_number(case, maker, title, "out_features", 0, prod(target), when=when))
    return Because(
        "certain" if any(case.try_out(remedy.trial).passed for remedy in remedies) else "likely",
        f"{sizes(target)} are {prod(target)} numbers, and {_given(maker)} gives {features} for each sample",
        at=call,
        steps=() if maker is None else (maker,),
        remedies=tuple(remedies),
        weight=1.2,
    )


def _whole_pieces(case: Case, call: Call, target: tuple[int, ...]) -> Because | None:
    """A convolution that cuts a map into pieces: with borders it also gives those that are not whole."""
    cuts = (step for step in case.trace.upstream(call) if step.role == "conv")
    conv = next(cuts, None)
    if conv is None or conv.arguments.get("padding") != "same" or most(conv.arguments.get("stride")) < 2:
        return None
    remedy = set_number(
        case,
        conv,
        f"leave out of {at(conv)} the pieces that are not whole: padding='valid'",
        "padding",
        None,
        "valid",
        when="the border may go",
    )
    if conv.shape is None or case.try_out(remedy.trial).passed is not True:
        return None
    stride = most(conv.arguments.get("stride"))
    odd = ", ".join(
        dict.fromkeys(f"{conv.shape[axis]} % {stride} = {conv.shape[axis] % stride}" for axis in spatial(conv.shape))
    )
    return Because(
        "certain",
        f"{at(conv)} gives {sizes((call.shape or ())[1:-1])} pieces and {sizes(target[:-1])} are meant: {odd}, and a "
        f"piece that is not whole counts with padding='same'",
        at=conv,
        steps=(conv,),
        remedies=(remedy,),
        weight=1.3,
    )


def _maker(case: Case) -> Call | None:
    """The linear layer that decides how many numbers arrive."""
    for step in case.trace.upstream(case.call):
        if step.role == "linear":
            return step
        if step.role not in _KEEP:
            return None
    return None


def _given(maker: Call | None) -> str:
    return "the input" if maker is None else at(maker)


def _fitting(target: tuple[int, ...], features: int) -> Iterator[tuple[int, ...]]:
    """The sizes nearest to those that were given: other channels on the last axis, or another square."""
    rest = prod(target[:-1])
    if features % rest == 0:
        yield (*target[:-1], features // rest)
    if len(target) == 3 and target[0] == target[1] and features % target[2] == 0:
        side = isqrt(features // target[2])
        if side * side * target[2] == features:
            yield side, side, target[2]
