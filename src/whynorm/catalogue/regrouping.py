"""A reshape to sizes whose product is another than that of what comes in."""

from collections.abc import Iterator
from math import isqrt, prod

from whynorm.catalogue.registry import Because
from whynorm.catalogue.remedies import set_number
from whynorm.catalogue.shapes import at, sizes
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
