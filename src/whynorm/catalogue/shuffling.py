"""Channels that a pixel shuffle is to spread over positions, and that do not suffice for it evenly."""

from collections.abc import Iterator

from whynorm.catalogue.registry import Because, Remedy
from whynorm.catalogue.remedies.number import set_number
from whynorm.catalogue.shapes import at
from whynorm.facts import Call, Case
from whynorm.facts.counts import GIVEN

_KEEP = ("activation", "dropout", "norm", "pad")


def shuffled(case: Case) -> Because | None:
    """The square of the factor does not divide the channels."""
    call, factor = case.call, case.call.arguments.get("upscale_factor")
    if call.raised is None or not call.shape or len(call.shape) < 3 or not isinstance(factor, int) or factor < 1:
        return None
    got, each = call.shape[-3], factor * factor
    if got % each == 0:
        return None
    maker = _maker(case)
    return Because(
        "certain",
        f"{got} % {each} = {got % each}: {got} channels are no multiple of {factor} x {factor}",
        at=call,
        steps=() if maker is None else (maker,),
        remedies=tuple(_remedies(case, maker, got, factor)),
        weight=1.2,
    )


def _remedies(case: Case, maker: Call | None, got: int, factor: int) -> Iterator[Remedy]:
    others = [other for other in range(16, 1, -1) if other != factor and got % (other * other) == 0]
    if maker is not None:
        name, position = GIVEN[maker.role]
        kept = got // (others[0] * others[0]) if others else -(-got // (factor * factor))
        wanted = kept * factor * factor
        title = f"let {at(maker)} give {wanted}: {name}={wanted}, {kept} times {factor} x {factor}"
        yield set_number(case, maker, title, name, position, wanted, when=f"{factor} is the factor that is meant")
    if "." not in case.call.type and others:
        title = f"enlarge by {others[0]}: upscale_factor={others[0]}"
        when = f"{others[0]} is the factor that is meant"
        yield set_number(case, case.call, title, "upscale_factor", 0, others[0], when=when)


def _maker(case: Case) -> Call | None:
    """The layer that decides how many channels arrive."""
    for step in case.trace.upstream(case.call):
        if step.role in GIVEN:
            return step if step.path is not None else None
        if step.role not in _KEEP:
            return None
    return None
