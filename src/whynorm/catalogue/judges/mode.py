"""Passes in a mode that is not meant."""

from whynorm.catalogue.judges.judgement import Judged, is_instance, passes, was
from whynorm.facts import Call
from whynorm.facts.history import History, Use
from whynorm.report import Severity

INFERENCE = (
    "predict", "infer", "evaluate", "validat", "test", "export", "demo", "generate", "sample", "eval_", "score",
)  # fmt: skip
"""Parts of the names of functions that run a network for its result."""


def says_inference(function: str) -> bool:
    """Whether a function is inference by its name."""
    name = function.lower()
    named = name in ("eval", "val", "valid") or name.startswith("val_") or any(word in name for word in INFERENCE)
    return named and "train" not in name


def inference_in_training(call: Call) -> Judged | None:
    """Passes that nothing is learnt from, in training mode."""
    history = call.history
    if history is None or history.statistics is None or is_instance(call):
        return None
    graph = history.exported.location[:2] if history.exported is not None else None
    uses = [use for use in history.uses if use.called[:2] != graph]  # those that write a graph are another matter
    found = [(use, severity) for use in uses if (severity := _as_inference(history, use)) is not None]
    if not found:
        return None
    use, severity = min(found, key=lambda one: (one[1] == "note", one[0].grad, -one[0].calls))
    where = f" in {use.functions[0]}" if use.functions and use.functions[0] not in ("<module>", "forward") else ""
    grad = "with no backward pass behind them" if use.grad else "without gradients"
    return Judged(severity, f"{passes(use)}{where}, {grad}, {was(use)} made in training mode", use)


def exported_in_training(call: Call) -> Judged | None:
    """A graph that is written in training mode."""
    exported = call.history.exported if call.history is not None else None
    if exported is None or is_instance(call):
        return None
    fact = f"{exported.function} wrote it into a graph in training mode, and there it stays in that mode"
    return Judged("warning", fact)


def _as_inference(history: History, use: Use) -> Severity | None:
    """Whether calls in training mode are inference; a note where it may be meant so."""
    if not use.training or use.learnt or use.recalibrates or use.result == "dropped" or use.in_step:
        return None
    if use.frozen and history.one_by_one is not None:
        return None  # others are trained by these calls
    if _as_trained(history, use):
        return "note"
    trained = history.learnt_last > 0 and history.moved
    after = trained and use.end_began > history.learnt_last
    if use.result == "shape" and (use.grad or not after):
        return None  # a look at what a network gives, before it is trained
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


def _as_trained(history: History, use: Use) -> bool:
    """Whether each sample is by itself in these calls as it was in all that trained: a norm of single images."""
    learning = [one for one in history.uses if one.training and one.learnt]
    return bool(learning) and all(one.batches[1] == 1 for one in (use, *learning))


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
    if use.fixed is not None and not training and history.statistics.initial and history.loaded is None:
        return Judged("warning", f"{fact}: the running statistics are still 0 and 1, and normalise nothing", use)
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
    if history is None or history.statistics is None or not history.statistics.initial or is_instance(call):
        return None
    idle = [use for use in history.uses if use.idle]
    if not idle or any(use.learnt for use in history.uses):
        return None
    use = max(idle, key=lambda one: one.calls)
    fact = f"{use.callee or 'the network'} is trained, and not one of its weights is trainable: it learns nothing"
    return Judged("warning", f"{fact}, and the running statistics are still 0 and 1", use)
