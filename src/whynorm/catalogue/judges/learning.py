"""Statistics that were not learnt, or not as they should have been."""

from whynorm.catalogue.judges.judgement import Judged, is_instance, passes
from whynorm.facts import Call
from whynorm.facts.history import Begun, Use

SLOW = 0.05
"""A momentum below this is meant for many hundred steps."""


def never_adapted(call: Call) -> Judged | None:
    """A layer that is to learn its statistics before the training, and did not."""
    history = call.history
    if history is None or history.statistics is None or not history.statistics.initial or not history.backwards:
        return None
    fact = "adapt() was never called, its mean and variance are still 0 and 1: it hands on what it gets"
    return Judged("warning", fact, history.uses[0] if history.uses else None)


def never_written(call: Call) -> Judged | None:
    """Statistics that were taken in training mode and went nowhere."""
    history = call.history
    if history is None or history.statistics is None or not history.statistics.initial:
        return None
    if history.statistics.momentum == 0 or history.backwards == 0 or is_instance(call):
        return None
    handed = [use for use in history.uses if use.training and use.learnt and _hands_out(use)]
    if handed and call.reading is not None and call.reading.family == "batch":
        use = handed[0]
        later = [one for one in history.uses if not one.training and not _hands_out(one) and one.first > use.last]
        fact = "it was trained without keeping what its passes hand out, and its running statistics are still 0 and 1"
        return Judged("warning", fact, use) if later else None
    learning = [use for use in history.uses if use.training and use.learnt > 1 and not use.frozen and use.samples]
    if not learning or call.reading is None or call.reading.family != "batch":
        return None
    use = max(learning, key=lambda one: one.learnt)
    fact = f"{use.learnt} training steps were made in training mode, and its running statistics are still 0 and 1"
    return Judged("warning", fact, use)


def _hands_out(use: Use) -> bool:
    """Whether calls leave the statistics as they are, and hand out new ones (Keras's `stateless_call`)."""
    return (use.callee or "").endswith(".stateless_call")


def never_learnt(call: Call) -> Judged | None:
    """A network whose weights were learnt, elsewhere, and whose statistics were not."""
    history = call.history
    if history is None or history.statistics is None or not history.statistics.initial or is_instance(call):
        return None
    if not history.statistics.scaled or (history.loaded is not None and history.loaded.missing):
        return None
    copied = history.averaged is not None
    inferred = [use for use in history.uses if not use.training and (use.result == "used" or copied)]
    gap = history.statistics.gap
    if not inferred or any(use.training or use.learnt for use in history.uses):
        return None
    if gap is None and history.averaged is not None:
        fact = (
            f"its scale and shift were learnt elsewhere, and its running statistics are still 0 and 1: "
            f"{passes(inferred[0])} of inference used them"
        )
        return Judged("warning", fact, inferred[0])
    if gap is None:
        return None
    far = gap.mean > 0.5 or not 0.25 < gap.ratio < 4
    fact = (
        f"its scale and shift were learnt, and its running statistics are still 0 and 1: {passes(inferred[0])} of "
        f"inference used them, on an input {gap.mean:.1f} deviations from there with {gap.ratio:.2g} of the variance"
    )
    return Judged("warning" if far else "note", fact, inferred[0])


def rounded_away(call: Call) -> Judged | None:
    """Statistics of a type that is too coarse to take up what each batch adds."""
    history = call.history
    statistics = history.statistics if history is not None else None
    if statistics is None or statistics.rounded is None or statistics.momentum is None or is_instance(call):
        return None
    learnt, wanted = statistics.rounded
    return Judged(
        "warning",
        f"its running variance stays at {learnt:.3g}, and that of the batches is {wanted:.3g}: in {statistics.dtype} a "
        f"share of {statistics.momentum:g} of the difference is rounded away",
    )


def odd_momentum(call: Call) -> Judged | None:
    """A momentum with which the statistics are those of one batch, or none."""
    history = call.history
    if history is None or history.statistics is None or history.statistics.momentum is None or is_instance(call):
        return None
    momentum, scatter = history.statistics.momentum, history.statistics.scatter
    steps = sum(use.calls for use in history.uses if use.training and not use.recalibrates and use.learnt)
    if steps < 2:
        return None
    if momentum == 0 and history.statistics.initial:
        return Judged("warning", f"with momentum=0 the running statistics are still 0 and 1 after {steps} steps")
    gap, learnt = history.statistics.gap, 1 - (1 - momentum) ** steps
    chosen = call.arguments.get("momentum") == momentum  # Keras counts the share of the old, and has 0.99 by default
    slow = chosen and 0 < momentum < SLOW and learnt < 0.1 and steps >= 20
    if slow and gap is not None and gap.samples >= 16 and gap.mean > 1:
        return Judged(
            "warning",
            f"with momentum={momentum:g} its running statistics have taken up {learnt:.0%} of what {steps} batches "
            f"had, and in inference its input lies {gap.mean:.1f} deviations from the running mean",
        )
    if momentum in (0.9, 0.99, 0.999) and scatter is None:
        kept = f"{1 - momentum:.2g} is the share of the old"
        return Judged("warning", f"{kept}: its running statistics are to {momentum:.1%} those of the last batch alone")
    if momentum >= 0.5 and scatter is not None and scatter > 0.01:
        return Judged(
            "warning",
            f"with momentum={momentum:g} its running statistics are to {momentum:.0%} those of the last of {steps} "
            f"batches, whose means lie {scatter:.2g} deviations apart",
        )
    return None


def _is_short(begun: Begun) -> bool:
    """Whether what is left of the start counts."""
    return begun.mean > 3 if 0.2 < begun.left < 0.5 else begun.left >= 0.5 and (begun.mean >= 2 or begun.ratio >= 10)


def recalibrated_in_vain(call: Call) -> Judged | None:
    """Passes that were to learn the statistics anew, and took up nothing of what they got."""
    history = call.history
    for use in history.uses if history is not None else ():
        if use.training and not use.learnt and use.share == 0 and use.result == "dropped":
            where = f" in {use.functions[0]}" if use.functions and use.functions[0] != "<module>" else ""
            fact = f"{passes(use)}{where} in training mode, for the statistics alone, took up nothing of what came in"
            return Judged("warning", fact, use)
    return None


def unsettled(call: Call) -> Judged | None:
    """Running statistics that inference uses long before they have arrived."""
    history = call.history
    begun = history.statistics.begun if history is not None and history.statistics is not None else None
    if history is None or begun is None or not _is_short(begun):
        return None
    learning = max((use.last for use in history.uses if use.training and use.learnt), default=0)
    uses = [use for use in history.uses if not use.training and use.result == "used" and use.last > learning > 0]
    if not uses:
        return None
    fact = (
        f"after {begun.steps} steps its running statistics are still to {begun.left:.0%} the 0 and 1 that they began "
        f"with: {passes(uses[0])} of inference used them, {begun.mean:.1f} deviations from the mean of what came in "
        f"in training, which has {begun.ratio:.2g} times the variance"
    )
    return Judged("warning", fact, uses[0])
