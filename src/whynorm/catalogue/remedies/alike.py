"""Which other calls fail for the same reason as this one, and are put right together with it."""

from whynorm.catalogue.program import called
from whynorm.facts import Call, Case, Location


def alike_elsewhere(case: Case, call: Call) -> list[Call]:
    """The layers of other lines that are built with the same settings and refuse their input in the same words."""
    return [
        one
        for one in case.trace.calls
        if one.path != call.path and (one.type, one.built_as) == (call.type, call.built_as) and _say_the_same(one, call)
    ]


def _say_the_same(one: Call, other: Call) -> bool:
    """Whether two calls raised the same; a framework may tell more around the first."""
    if one.raised is None or other.raised is None:
        return False
    texts = one.raised.message, other.raised.message
    return says(one) == says(other) or texts[0] in texts[1] or texts[1] in texts[0]


def same_failures(case: Case, call: Call) -> list[Location]:
    """The lines on which the same function refuses the same shape in the same `forward`: a trial changes them all."""
    alike = [
        other.location or called(case)  # the function itself may be the root
        for other in (call, *case.trace.calls)
        if (other.type, other.path, other.shape) == (call.type, call.path, call.shape) and other.raised is not None
    ]
    return list(dict.fromkeys(place for place in alike if place is not None))


def is_like(one: Call, other: Call) -> bool:
    """Whether a layer of the same type fails for the same reason, or is as silently left with one value."""
    if (one.type, one.role) != (other.type, other.role) or (one.raised is None) != (other.raised is None):
        return False
    return says(one) == says(other) if one.raised is not None else _has_one_value(one) and _has_one_value(other)


def _has_one_value(call: Call) -> bool:
    return call.reading is not None and call.shape is not None and call.reading.values(call.shape) == 1


def says(call: Call) -> str | None:
    """What was said when a call raised, without its sizes."""
    return call.raised.message.partition(",")[0] if call.raised is not None else None
