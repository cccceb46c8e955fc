"""Statistics that were loaded or set wrongly, or not at all."""

from whynorm.catalogue.judges.judgement import Judged, passes
from whynorm.facts import Call


def wrongly_set(call: Call) -> Judged | None:
    """Arrays that were set in another order than the norm has them."""
    history = call.history
    if history is None or history.loaded is None or not history.loaded.swapped:
        return None
    fact = "its running variance holds numbers below 0: what was set there is something else"
    return Judged("warning", fact, history.uses[0] if history.uses else None)


def not_loaded(call: Call) -> Judged | None:
    """Weights that were loaded without the statistics that inference uses."""
    history = call.history
    if history is None or history.statistics is None or history.loaded is None or not history.loaded.missing:
        return None
    uses = [use for use in history.uses if not use.training]
    if not uses or not history.statistics.initial:
        return None
    if all(use.result != "used" for use in uses) and any(use.training or use.learnt for use in history.uses):
        return None  # a look at the shapes, before it is trained
    fact = (
        f"its running statistics were not loaded: {passes(uses[0])} of inference used a mean of 0 and a variance of 1"
    )
    return Judged("warning", fact, uses[0])
