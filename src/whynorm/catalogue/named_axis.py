"""A norm that is told on which axis its channels stand, and told wrongly."""

from whynorm.catalogue.registry import Because
from whynorm.catalogue.remedies.number import set_number
from whynorm.catalogue.shapes import at
from whynorm.catalogue.symptoms.wrong_axes import keeps_another
from whynorm.facts import Call, Case
from whynorm.facts.change import Edit, Rebuild, SetArgument


def norm_of_the_other(case: Case) -> Because:
    """The axis of the layers around it is named, for it and for all norms of which that is true as well."""
    call, axis = case.call, case.call.channel_axis
    remedy = set_number(case, call, f"name the axis of the channels: axis={axis}", "axis", None, axis, safe=True)
    others = [one for one in case.trace.calls if one.path != call.path and _is_like(one, call)]
    if others:
        known = {change.path for change in remedy.trial if isinstance(change, Rebuild)}
        more = [one for one in others if one.path not in known]
        remedy = remedy._replace(
            trial=(*remedy.trial, *(Rebuild(one.path or "", arguments={"axis": axis}) for one in more)),
            edits=_together(remedy.edits, call, others),
        )
    return Because(
        "certain",
        f"the layers around {at(call)} have their channels on axis {axis}, and its axis is not that one",
        at=call,
        remedies=(remedy,),
        weight=1.5,
    )


def _is_like(one: Call, call: Call) -> bool:
    """Whether it looks for its channels on the same axis, and they stand on the same other one."""
    return (
        keeps_another(one)
        and one.type == call.type
        and one.channel_axis == call.channel_axis
        and one.arguments.get("axis") == call.arguments.get("axis")
    )


def _together(edits: tuple[Edit, ...], call: Call, others: list[Call]) -> tuple[Edit, ...]:
    lines = {call.built[:2] if call.built is not None else None, None}
    found = list(edits)
    for one in others:
        if one.built is not None and one.built[:2] not in lines:
            lines.add(one.built[:2])
            found.append(SetArgument(one.built, one.type, "axis", None, repr(call.channel_axis)))
    return tuple(found)
