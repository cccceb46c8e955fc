"""What the history of a norm shows: inference in training mode, training in inference mode, statistics badly learnt.

Each judgement is a fact of the run in one sentence, and how sure it is that nobody meant it so.
"""

from typing import NamedTuple

from whynorm.facts import Call
from whynorm.facts.history import Gap, History, Use
from whynorm.report import Severity

INFERENCE = (
    "predict", "infer", "evaluate", "validat", "test", "export", "demo", "generate", "sample", "eval_", "score",
)  # fmt: skip
"""Parts of the names of functions that run a network for its result."""


SLOW = 0.05
"""A momentum below this is meant for many hundred steps."""


class Judged(NamedTuple):
    """One judgement."""

    severity: Severity
    fact: str
    use: Use | None = None
    """The calls that it is about."""


def says_inference(function: str) -> bool:
    """Whether a function is inference by its name."""
    name = function.lower()
    named = name in ("eval", "val", "valid") or name.startswith("val_") or any(word in name for word in INFERENCE)
    return named and "train" not in name


def judged(call: Call) -> Judged | None:
    """The worst of what the history of a norm shows of its statistics."""
    if call.history is not None and call.history.adapted:
        return never_adapted(call)
    found = [one for judge in JUDGES if (one := judge(call)) is not None]
    return min(found, key=lambda one: one.severity == "note", default=None)


def never_adapted(call: Call) -> Judged | None:
    """A layer that is to learn its statistics before the training, and did not."""
    history = call.history
    if history is None or history.statistics is None or not history.statistics.initial or not history.backwards:
        return None
    fact = "adapt() was never called, its mean and variance are still 0 and 1: it hands on what it gets"
    return Judged("warning", fact, history.uses[0] if history.uses else None)


def inference_in_training(call: Call) -> Judged | None:
    """Passes that nothing is learnt from, in training mode."""
    history = call.history
    if history is None or history.statistics is None or _is_instance(call):
        return None
    found = [(use, severity) for use in history.uses if (severity := _as_inference(history, use)) is not None]
    if not found:
        return None
    use, severity = min(found, key=lambda one: (one[1] == "note", one[0].grad, -one[0].calls))
    where = f" in {use.functions[0]}" if use.functions and use.functions[0] not in ("<module>", "forward") else ""
    grad = "with no backward pass behind them" if use.grad else "without gradients"
    return Judged(severity, f"{_passes(use)}{where}, {grad}, {_was(use)} made in training mode", use)


def exported_in_training(call: Call) -> Judged | None:
    """A graph that is written in training mode."""
    exported = call.history.exported if call.history is not None else None
    if exported is None or _is_instance(call):
        return None
    fact = f"{exported.function} wrote it into a graph in training mode, and there it stays in that mode"
    return Judged("warning", fact)


def _as_inference(history: History, use: Use) -> Severity | None:
    """Whether calls in training mode are inference; a note where it may be meant so."""
    if not use.training or use.learnt or use.recalibrates or use.result != "used" or use.in_step:
        return None
    trained = history.learnt_last > 0 and history.moved
    after = trained and use.end_began > history.learnt_last
    if use.grad:
        return ("note" if history.adversary else "warning") if after else None
    in_steps = use.runs > 1 and use.runs > 0.4 * history.backwards
    """It alternates with backward passes: a teacher, a generator in a discriminator's step."""
    known = trained or history.moved or history.loaded is not None
    known |= history.unregistered is not None and not use.root_training  # eval() was called, and did not reach it
    if not known:
        return "warning" if use.longest > 2 and (use.loop == "data" or _is_named(use)) else None
    if not after and (in_steps or (use.longest < 3 and history.backwards)):
        return None
    return "note" if history.adversary else "warning"


def _is_named(use: Use) -> bool:
    return any(says_inference(name) and not name.startswith("test_") for name in use.functions)


def training_in_inference(call: Call) -> Judged | None:
    """Weights that learn while the norm is in inference mode, though nobody froze it."""
    history = call.history
    if history is None or history.statistics is None or not history.moved:
        return None
    learning = [use for use in history.uses if not use.training and use.learnt > 1 and not use.frozen]
    if not learning:
        return None
    use = max(learning, key=lambda one: one.learnt)
    training = [one for one in history.uses if one.training and one.learnt]
    fact = f"{use.learnt} training steps were made in inference mode"
    if use.root_training:
        untouched = history.statistics.initial and not training and history.loaded is None
        return Judged("note", f"{fact}, with statistics that are still 0 and 1", use) if untouched else None
    same = [one for one in training if (one.called, one.functions) == (use.called, use.functions)]
    if training and (same or all(one.last < use.first for one in training)):
        before = sum(one.learnt for one in same or training)
        return Judged("warning", f"{fact}, after {before} in training mode: nothing put it back", use)
    if training:
        return None
    if history.statistics.initial:
        return Judged("warning", f"{fact}, and none in training mode: the running statistics are still 0 and 1", use)
    gap = history.statistics.gap
    far = gap is not None and (gap.mean > 1 or not 0.25 < gap.ratio < 4)
    return Judged("warning" if far else "note", f"{fact}, and none in training mode", use)


def trains_nothing(call: Call) -> Judged | None:
    """Training steps of a network of which nothing is trainable."""
    history = call.history
    if history is None or history.statistics is None or not history.statistics.initial or _is_instance(call):
        return None
    idle = [use for use in history.uses if use.idle]
    if not idle or any(use.learnt for use in history.uses):
        return None
    use = max(idle, key=lambda one: one.calls)
    fact = f"{use.callee or 'the network'} is trained, and not one of its weights is trainable: it learns nothing"
    return Judged("warning", f"{fact}, and the running statistics are still 0 and 1", use)


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


def never_written(call: Call) -> Judged | None:
    """Statistics that were taken in training mode and went nowhere."""
    history = call.history
    if history is None or history.statistics is None or not history.statistics.initial:
        return None
    if history.statistics.momentum == 0 or history.backwards == 0 or _is_instance(call):
        return None
    handed = [use for use in history.uses if use.training and use.learnt and _hands_out(use)]
    if handed and call.reading is not None and call.reading.family == "batch":
        use = handed[0]
        later = [one for one in history.uses if not one.training and not _hands_out(one) and one.first > use.last]
        fact = "it was trained without keeping what its passes hand out, and its running statistics are still 0 and 1"
        return Judged("warning", fact, use) if later else None
    learning = [use for use in history.uses if use.training and use.learnt > 1 and not use.frozen]
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
    if history is None or history.statistics is None or not history.statistics.initial or _is_instance(call):
        return None
    if not history.statistics.scaled or (history.loaded is not None and history.loaded.missing):
        return None
    inferred = [use for use in history.uses if not use.training and use.result == "used"]
    gap = history.statistics.gap
    if not inferred or gap is None or any(use.training or use.learnt for use in history.uses):
        return None
    far = gap.mean > 0.5 or not 0.25 < gap.ratio < 4
    fact = (
        f"its scale and shift were learnt, and its running statistics are still 0 and 1: {_passes(inferred[0])} of "
        f"inference used them, on an input {gap.mean:.1f} deviations from there with {gap.ratio:.2g} of the variance"
    )
    return Judged("warning" if far else "note", fact, inferred[0])


def rounded_away(call: Call) -> Judged | None:
    """Statistics of a type that is too coarse to take up what each batch adds."""
    history = call.history
    statistics = history.statistics if history is not None else None
    if statistics is None or statistics.rounded is None or statistics.momentum is None or _is_instance(call):
        return None
    learnt, wanted = statistics.rounded
    return Judged(
        "warning",
        f"its running variance stays at {learnt:.3g}, and that of the batches is {wanted:.3g}: in {statistics.dtype} a "
        f"share of {statistics.momentum:g} of the difference is rounded away",
    )


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
    if history is None or history.statistics is None or history.statistics.initial or _is_instance(call):
        return None
    uses = [use for use in history.uses if _is_half_frozen(history, use)]
    if not uses or history.adversary:
        return None
    use = max(uses, key=lambda one: one.calls)
    return Judged("warning", f"its weights are frozen, and its running statistics learnt in {_passes(use)}", use)


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


def odd_momentum(call: Call) -> Judged | None:
    """A momentum with which the statistics are those of one batch, or none."""
    history = call.history
    if history is None or history.statistics is None or history.statistics.momentum is None or _is_instance(call):
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


def small_batches(call: Call) -> Judged | None:
    """Batches of which statistics come out by chance."""
    history, reading, shape = call.history, call.reading, call.shape
    if history is None or history.statistics is None or reading is None or shape is None or reading.family != "batch":
        return None
    learning = [use for use in history.uses if use.training and use.learnt > 2]
    if not learning:
        return None
    size = max(use.batches[1] for use in learning)
    values = size * reading.values(shape) // max(1, shape[0])
    momentum = history.statistics.momentum
    if not 1 <= size <= 4 or momentum is None:
        return None
    noise = (momentum / (2 - momentum) / size) ** 0.5
    samples = f"{size} {'sample' if size == 1 else 'samples'} ({values} values)"
    if is_spread(history):
        samples += f", the share of one of {history.replicas} replicas"
    told = f"each statistic comes from {samples}: a running mean scatters by {noise:.2f} deviations"
    scatter, apart = history.statistics.scatter or 0.0, history.statistics.apart or 0.0
    if scatter > 1 and apart > 0.5:
        told = (
            f"each statistic comes from {samples}, and the means of batches lie {scatter:.2g} deviations apart: each "
            "was normalised by itself in training, and by the average of all in inference"
        )
        return Judged("warning", told, learning[0])
    return Judged("warning" if values == 2 else "note", told, learning[0])


def is_spread(history: History) -> bool:
    """Whether a batch is spread over several replicas."""
    return history.replicas is not None and history.replicas > 1


def shared_domains(call: Call) -> Judged | None:
    """Two kinds of data in one norm."""
    history = call.history
    statistics = history.statistics if history is not None else None
    if statistics is None or statistics.domains is None or statistics.domains < 1 or _is_instance(call):
        return None
    gap = statistics.gap
    fact = f"the batches of two places differ by {statistics.domains:.1f} deviations in their means"
    if gap is not None and gap.mean < 0.5 and gap.ratio > 4:
        return Judged("warning", f"{fact}, and in inference the input has {gap.ratio:.2g} times the running variance")
    if gap is None or gap.mean < 0.5:
        return Judged("note", fact)
    return Judged("warning", f"{fact}, and in inference the input lies {gap.mean:.1f} from the running mean")


def far_statistics(call: Call) -> Judged | None:
    """Running statistics that do not fit what comes in."""
    history = call.history
    statistics = history.statistics if history is not None else None
    gap = statistics.gap if statistics is not None else None
    if history is None or statistics is None or gap is None or gap.samples < 16 or _is_instance(call):
        return None
    if _is_near(gap):
        return None
    updates, momentum = gap.updates, statistics.momentum
    settled = updates is not None and momentum is not None and (1 - momentum) ** updates < 0.1
    learnt = any(use.training and use.learnt for use in history.uses)
    away = f"in inference its input lies {gap.mean:.1f} deviations from the running mean"
    fact = f"{away}, with {gap.ratio:.2g} of the variance"
    if gap.mean < 1 and gap.ratio < 1 and history.dropout is not None:
        return Judged("note", f"{fact}: {history.dropout} drops in training only, where the variance is larger")
    return Judged("warning" if settled and learnt and gap.samples >= 32 else "note", fact)


def unsettled(call: Call) -> Judged | None:
    """Running statistics that inference uses long before they have arrived."""
    history = call.history
    begun = history.statistics.begun if history is not None and history.statistics is not None else None
    if history is None or begun is None or begun.left < 0.5 or (begun.mean < 2 and begun.ratio < 10):
        return None
    learning = max((use.last for use in history.uses if use.training and use.learnt), default=0)
    uses = [use for use in history.uses if not use.training and use.result == "used" and use.last > learning > 0]
    if not uses:
        return None
    fact = (
        f"after {begun.steps} steps its running statistics are still to {begun.left:.0%} the 0 and 1 that they began "
        f"with: {_passes(uses[0])} of inference used them, {begun.mean:.1f} deviations from the mean of what came in "
        f"in training, which has {begun.ratio:.2g} times the variance"
    )
    return Judged("warning", fact, uses[0])


def _is_near(gap: Gap) -> bool:
    return gap.mean < 1 and 0.2 < gap.ratio < 5


def tracked_instances(call: Call) -> Judged | None:
    """An instance norm that is a batch norm in inference."""
    history = call.history
    statistics = history.statistics if history is not None else None
    if history is None or statistics is None or not _is_instance(call):
        return None
    learnt = any(use.training and use.learnt for use in history.uses)
    inferred = [use for use in history.uses if not use.training and not use.learnt]
    if not learnt or not inferred:
        return None
    spread = statistics.spread
    apart = f", which lie {spread:.2g} deviations from those of a sample" if spread is not None else ""
    fact = f"it learnt with each sample's own statistics, and {_passes(inferred[0])} of inference used the running ones"
    return Judged("warning" if spread is not None and spread > 0.1 else "note", fact + apart, inferred[0])


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
    uses = [use for use in history.uses if not use.training and use.result == "used"]
    if not uses or not history.statistics.initial:
        return None
    fact = (
        f"its running statistics were not loaded: {_passes(uses[0])} of inference used a mean of 0 and a variance of 1"
    )
    return Judged("warning", fact, uses[0])


JUDGES = (
    inference_in_training, exported_in_training, training_in_inference, trains_nothing, frozen_alone, never_written,
    never_learnt, rounded_away, overruled, half_frozen, odd_momentum, shared_domains, tracked_instances, unsettled,
    far_statistics, small_batches,
)  # fmt: skip


def and_others(history: History) -> str:
    """How many norms have the same history."""
    others = history.alike - 1
    return f" (and {others} more {'norm' if others == 1 else 'norms'})" if others else ""


def _passes(use: Use) -> str:
    if use.compiled and use.calls == 1:
        return "the compiled passes"
    return "one pass" if use.calls == 1 else f"{use.calls} passes"


def _was(use: Use) -> str:
    return "was" if use.calls == 1 and not use.compiled else "were"


def _is_instance(call: Call) -> bool:
    return call.reading is not None and call.reading.family == "instance"
