"""Norms get another momentum."""

from collections.abc import Iterable

from whynorm.catalogue.registry import Remedy
from whynorm.facts import Call, Case
from whynorm.facts.change import Edit, Rebuild, Replace, SetArgument


def usual_momentum(case: Case) -> Remedy:
    """All norms get the momentum that is usual: 0.1, as the share of each new batch."""
    odd = [one for one in case.trace.calls if one.arguments.get("momentum", 0.1) != 0.1 or one.history is not None]
    usual = _usual_momentum(case.call)
    edits = with_momentum(odd, usual)
    assigned = case.call.history.assigned if case.call.history is not None else ()
    later = [Replace(one.location, one.written, str(usual)) for one in assigned if one.name == "momentum"]
    return Remedy(
        f"set momentum to {usual}",
        "layer",
        trial=tuple(Rebuild(one.path or "", arguments={"momentum": usual}) for one in odd),
        edits=tuple(later) or edits,
    )


def with_momentum(norms: Iterable[Call], momentum: float | None) -> tuple[Edit, ...]:
    """These norms are built with another momentum: one edit for each line that builds some of them.

    None, where the framework has it, is a plain average over all batches.
    """
    edits = {
        one.built[:2]: SetArgument(
            one.built,
            one.type,
            *one.written.get("momentum", ("momentum", 2)),
            str(momentum),
            was=one.arguments["momentum"],
        )
        for one in norms
        if one.built is not None and "momentum" in one.arguments
    }
    return tuple(edits.values())


def _usual_momentum(call: Call) -> float:
    """0.1 of the new batch; 0.9 where a layer counts the share of the old statistics."""
    statistics, momentum = call.history.statistics if call.history else None, call.arguments.get("momentum")
    same = statistics is None or statistics.momentum is None or statistics.momentum == momentum
    return 0.1 if same else 0.9
