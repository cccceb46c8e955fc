"""Several layers of one pass, each built for a wrong number: they are put right together."""

from whynorm.catalogue.registry import Remedy
from whynorm.catalogue.remedies.number import set_number
from whynorm.catalogue.shapes import at, channel_axis
from whynorm.catalogue.together import goes_through, number_of
from whynorm.facts import Call, Case
from whynorm.facts.change import Rebuild
from whynorm.facts.counts import TAKEN


def with_other_faults(case: Case, call: Call, remedy: Remedy) -> Remedy:
    """The remedy of one layer, and that of all others which the same pass finds built for a wrong number.

    As it is where it does by itself, or where something else is wrong too.
    """
    if not remedy.edits or goes_through(case.try_out(remedy.trial)):
        return remedy
    together, said = remedy, []
    for one in case.trace.calls:
        known = {change.path for change in together.trial if isinstance(change, Rebuild)}
        if one.raised is None or one.path is None or one.path in known:
            continue
        name, position = next(
            ((name, place) for name, place in TAKEN.get(one.role, ()) if name in one.arguments), ("", 0)
        )
        got = _got(one)
        if not name or got is None or got == number_of(one, name):
            return remedy
        other = set_number(case, one, "", name, position, got)
        if not other.edits:
            return remedy
        said.append(f"{at(one)} for {got}")
        together = together._replace(trial=(*together.trial, *other.trial), edits=(*together.edits, *other.edits))
    if not said or not goes_through(case.try_out(together.trial)):
        return remedy
    return together._replace(title=f"{remedy.title}, and {', '.join(said)}", number=None)


def _got(call: Call) -> int | None:
    """How many channels, or features on the last axis, arrive."""
    axis = channel_axis(call)
    if axis is None and call.shape:
        axis = len(call.shape) - 1
    return call.shape[axis] if axis is not None and call.shape and axis < len(call.shape) else None
