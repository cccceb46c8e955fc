"""Statistics that a short training leaves near their start, and the momentum with which they arrive."""

from whynorm.catalogue.judges.learning import unsettled
from whynorm.catalogue.registry import Because, Remedy
from whynorm.catalogue.remedies.momentum import with_momentum
from whynorm.facts import Case
from whynorm.facts.change import Rebuild, Relearn
from whynorm.facts.history import Statistics
from whynorm.facts.spelling import relearning

_SHARES = (0.1, 0.2, 0.3, 0.5)
"""Shares of each batch, of which the smallest is taken that leaves next to nothing of the start."""


def too_short(case: Case) -> Because | None:
    """There were too few steps for the momentum."""
    found, history = unsettled(case.call), case.call.history
    statistics = history.statistics if history is not None else None
    if found is None or found.use is None or statistics is None or statistics.begun is None:
        return None
    steps = statistics.begun.steps
    if case.framework == "torch":
        remedies = [_plain_average(case)]
    else:
        remedies = [_with_momentum(case, statistics, share) for share in _SHARES if (1 - share) ** steps < 0.1][:1]
    return Because(
        "certain",
        f"each step takes {statistics.momentum:.2g} of the way, and there were {steps}",
        at=case.call,
        remedies=(
            *remedies,
            Remedy("train for more steps", "call"),
            Remedy(f"learn them behind the training: {relearning(case.framework)}", "call", trial=(Relearn(),)),
        ),
        weight=1.5,
    )


def _plain_average(case: Case) -> Remedy:
    title = "average over all batches, from the first on: momentum=None"
    return Remedy(title, "layer", None, (Relearn(),), with_momentum([case.call], None))


def _with_momentum(case: Case, statistics: Statistics, share: float) -> Remedy:
    """All norms that are built alike take so much of each batch."""
    here = case.call.arguments.get("momentum")
    value = share if here == statistics.momentum else round(1 - share, 2)
    alike = (one for one in case.trace.calls if one.arguments.get("momentum") == here)
    trial = (Rebuild(case.call.path or "", arguments={"momentum": value}),)
    return Remedy(f"a momentum for so few steps: momentum={value}", "layer", None, trial, with_momentum(alike, value))
