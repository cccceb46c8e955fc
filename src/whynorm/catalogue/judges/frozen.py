"""Statistics that learn where the weights are frozen or the program said otherwise, and norms frozen as they began."""

from whynorm.catalogue.judges.judgement import Judged, is_instance, passes
from whynorm.facts import Call
from whynorm.facts.history import History, Use


def frozen_alone(call: Call) -> Judged | None:
    """A norm that is frozen as it was made, among layers that are trained from scratch."""
    history = call.history
    if history is None or history.statistics is None or not history.statistics.initial or history.statistics.scaled:
        return None
    alone = [use for use in history.uses if use.alone]
    if not alone or not all(use.frozen for use in history.uses):
        return None
    fact = "it is frozen with a mean of 0 and a variance of 1, in a network that is trained: it normalises nothing"
    return Judged("warning", fact, alone[0])


def overruled(call: Call) -> Judged | None:
    """Statistics that learn though the network was called in inference mode where the model was made of it."""
    history = call.history
    found = history.overruled if history is not None else None
    if history is None or found is None or history.statistics is None or history.statistics.initial:
        return None
    if not found.use.learnt or history.adversary:
        return None
    fact = (
        f"{found.callee or 'it'} was called with training=False, and {found.use.callee or 'the model around it'} calls "
        f"it with training=True all the same: its running statistics went on to learn"
    )
    return Judged("warning", fact, found.use)


def half_frozen(call: Call) -> Judged | None:
    """Statistics that learn where the weights do not."""
    history = call.history
    if history is None or history.statistics is None or history.statistics.initial or is_instance(call):
        return None
    uses = [use for use in history.uses if _is_half_frozen(history, use)]
    if not uses or history.adversary:
        return None
    use = max(uses, key=lambda one: one.calls)
    return Judged("warning", f"its weights are frozen, and its running statistics learnt in {passes(use)}", use)


def _is_half_frozen(history: History, use: Use) -> bool:
    """Whether weights stay as they are in calls that update the statistics, while something else is trained."""
    if not use.training or use.calls < 3 or use.recalibrates or use.moved or history.backwards < 2:
        return False
    others = [one for one in history.uses if one is not use and one.learnt and not one.frozen]
    if any(one.last > use.first for one in others):
        return False  # it is trained elsewhere
    if use.frozen and (history.moved or history.began):
        return use.learnt > 1 or use.runs > 2
    return not use.grad and use.runs > 2 and use.runs > 0.4 * _since(history, use)


def _since(history: History, use: Use) -> int:
    """How many backward passes were made from the first of these calls on, by the places that learn."""
    return history.backwards - sum(one.learnt for one in history.uses if one.last < use.first)
