from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.judges.batches import far_statistics
from whynorm.catalogue.judges.frozen import frozen_alone
from whynorm.catalogue.judges.learning import SLOW, never_adapted, never_learnt, never_written, odd_momentum
from whynorm.catalogue.judges.mode import training_in_inference, trains_nothing
from whynorm.catalogue.quicker import too_short
from whynorm.catalogue.remedies.mode import training_at
from whynorm.catalogue.remedies.momentum import usual_momentum
from whynorm.facts import Case
from whynorm.facts.change import Edit, Insert, Rebuild, Relearn, Replace, SetArgument
from whynorm.facts.history import Averaged, Use
from whynorm.facts.spelling import has_tensor_methods, relearning


@cause("frozen-statistics")
def frozen_statistics(case: Case) -> Because | None:
    """Running statistics not, or badly, learnt.

    They begin at mean 0 and variance 1 and come nearer by a tenth with each step in training mode (PyTorch's momentum
    0.1; Keras's 0.99 means a hundredth). After ten steps they have gone two thirds of the way in PyTorch, a tenth in
    Keras. A norm that was in inference mode throughout, or whose statistics come from other data, has not moved at
    all, while the weights around it were trained.

    ```python silent torch
    import torch
    from torch import nn

    norm = nn.BatchNorm1d(1)
    for _ in range(10):
        norm(100 + torch.randn(64, 1))
    assert 60 < norm.running_mean.item() < 70
    assert norm.eval()(100 + torch.randn(64, 1)).mean() > 1
    ```

    ```python works torch
    import torch
    from torch import nn

    norm = nn.BatchNorm1d(1, momentum=None)
    for _ in range(10):
        norm(100 + torch.randn(64, 1))
    assert abs(norm.running_mean.item() - 100) < 1
    assert norm.eval()(100 + torch.randn(64, 1)).mean().abs() < 1
    ```

    ## Remedies and their price

    * More steps, or a faster momentum for short training: 0.1 is meant for many hundred steps.
    * Learn them after training: `momentum=None` and `reset_running_stats()` for each batch norm, then training data
      through the network in training mode under `no_grad()`. No weight changes; a minute at most networks.
    * When a trained network is tuned on other data: either let the norms learn (training mode) or keep all of them in
      inference mode in training as well, so that both use the same statistics. Not one in training and another in use.

    Note the two meanings of momentum: PyTorch's 0.1 is the share of the new value, Keras's 0.99 that of the old. One
    taken over into the other makes the statistics those of the last batch, or freezes them.
    """
    if case.call.history is not None and case.call.history.adapted:
        return _never_adapted(case)
    looks = (_in_inference, _idle, _alone, _by_momentum, _switched_off, _left_behind, too_short, _far)
    return next((found for look in looks if (found := look(case)) is not None), None)


def _never_adapted(case: Case) -> Because | None:
    """A layer that is to learn its statistics before the training, and did not."""
    found = never_adapted(case.call)
    if found is None or found.use is None:
        return None
    model, _, method = (found.use.callee or "").rpartition(".")
    argument, path = case.hints.get("argument"), case.call.path
    edits: tuple[Edit, ...] = ()
    if method == "fit" and model.isidentifier() and isinstance(argument, str) and path and "/" not in path:
        edits = (Insert(found.use.called, f"{model}.get_layer({path!r}).adapt({argument})"),)
    return Because(
        "certain",
        "it learns its mean and variance from adapt(data) alone, not in training",
        at=case.call,
        remedies=(Remedy("adapt it to the training data before it is trained", "call", None, (), edits),),
        weight=2.0,
    )


def _in_inference(case: Case) -> Because | None:
    """The network was trained in inference mode."""
    found = training_in_inference(case.call)
    if found is None or found.use is None:
        return None
    certain, fixed = found.severity == "warning", found.use.fixed
    also = ", and dropout was off" if fixed is None or fixed.function is None else ""
    return Because(
        "certain" if certain else "possible",
        f"{_unsaid(case, found.use)}: the norms kept the statistics that they had{also}",
        origin=fixed.location if fixed is not None else found.use.modeless or found.use.called,
        remedies=(training_at(case, found.use),),
        weight=2.0,
    )


def _idle(case: Case) -> Because | None:
    """Everything was set to be left alone, and is trained all the same."""
    found = trains_nothing(case.call)
    if found is None or found.use is None:
        return None
    model = (found.use.callee or "model").rpartition(".")[0] or "model"
    return Because(
        "certain",
        "trainable was set to False, and it is read when a step is made, not when the model was compiled (as in Keras "
        "2): a batch norm is then in inference mode as well",
        origin=found.use.called,
        remedies=(
            Remedy(
                f"set {model}.trainable = True before its own steps, and False before those of the network around it",
                "call",
                trial=(Rebuild(case.call.path or "", arguments={"trainable": True}),),
            ),
        ),
        weight=2.0,
    )


def _switched_off(case: Case) -> Because | None:
    """The norm was told to leave its statistics alone, and has them all the same."""
    found, history = never_written(case.call), case.call.history
    if found is None or history is None or case.call.arguments.get("track_running_stats") is not False:
        return None
    assigned = next((one for one in history.assigned if one.name == "track_running_stats"), None)
    return Because(
        "certain",
        "track_running_stats is False, and was not so when it was built: the buffers are there, training leaves them "
        "at 0 and 1, and inference uses them",
        at=case.call if assigned is None else None,
        origin=assigned.location if assigned is not None else None,
        remedies=(
            Remedy(
                "have it learn its statistics: track_running_stats=True",
                "layer",
                trial=(Relearn(),),
                edits=(Replace(assigned.location, assigned.written, "True"),) if assigned is not None else (),
            ),
            Remedy(
                "build it with track_running_stats=False: it has no buffers then, and always uses the batch's",
                "layer",
                "a result may depend on what else is in the batch",
            ),
        ),
        weight=2.0,
    )


def _alone(case: Case) -> Because | None:
    """A norm of a network that is trained from scratch, with what is meant for one that was trained before."""
    call = case.call
    if frozen_alone(call) is None:
        return None
    edits: tuple[Edit, ...] = ()
    if call.built is not None:  # all that the line builds, whoever calls the function that it stands in
        edits = (SetArgument(call.built._replace(through=()), call.type, "trainable", None, "True"),)
    trial = (Rebuild(call.path or "", arguments={"trainable": True}),)
    return Because(
        "certain",
        "trainable=False puts a batch norm into inference mode, and these statistics were never learnt",
        at=case.call,
        remedies=(
            Remedy("let it be trained: trainable=True", "layer", None, trial, edits),
            Remedy("load the weights with which it was trained", "data", "it is to stay frozen"),
        ),
        weight=2.0,
    )


def _unsaid(case: Case, use: Use) -> str:
    """What would have put the norms into training mode."""
    if use.fixed is not None and not use.fixed.said:
        return "training was not passed, and it is False by default"
    if use.fixed is not None:
        return use.fixed.fact
    if use.modeless is not None:
        return "this call takes no argument named training, and so Keras hands it no mode"
    if use.mode is not None:
        return f"{use.mode}=True was not passed"
    if has_tensor_methods(case.framework):
        return "train() was not called before"
    return "training=True did not reach them"


def _by_momentum(case: Case) -> Because | None:
    """The momentum leaves the statistics where they were, or makes them those of the last batch."""
    found, call = odd_momentum(case.call), case.call
    if found is None or call.raised is not None:
        return None
    momentum, statistics = call.arguments.get("momentum"), call.history.statistics if call.history else None
    if statistics is None or statistics.momentum != momentum:
        return None  # it is counted otherwise here
    later = call.history.assigned if call.history is not None else ()
    assigned = next((one.location for one in later if one.name == "momentum"), None)
    return Because(
        "certain"
        if momentum in (0, 1)
        else "likely"
        if isinstance(momentum, float) and momentum < SLOW
        else "possible",
        f"momentum={momentum:.4g} is the share of each new batch in PyTorch; its default is 0.1",
        at=call if assigned is None else None,
        origin=assigned,
        remedies=(usual_momentum(case),),
        weight=1.0,
    )


def _left_behind(case: Case) -> Because | None:
    """The weights came from elsewhere, without the statistics."""
    found, history = never_learnt(case.call), case.call.history
    if found is None or found.use is None or history is None:
        return None
    copied = history.averaged
    edits: tuple[Edit, ...] = ()
    said = "it was never in training mode: its weights came from elsewhere, and the statistics did not come along"
    if copied is not None:
        whose = "several networks" if copied.several else copied.of
        said = f"what copies the parameters of {whose} leaves out the running statistics, which are none"
        edits = _with_buffers(copied)
    return Because(
        "certain" if copied is not None else "likely",
        said,
        origin=copied.location if copied is not None else found.use.called,
        remedies=(
            Remedy("copy the statistics with the parameters", "model", None, (Relearn("copied"),), edits),
            Remedy(
                f"learn them before it is used: {relearning(case.framework)}",
                "call",
                "the data of training are at hand",
            ),
        ),
        weight=2.0,
    )


def _with_buffers(copied: Averaged) -> tuple[Edit, ...]:
    if copied.elsewhere:
        return tuple(Replace(place, old, new) for place, old, new in copied.elsewhere)
    if copied.whole:
        return tuple(Replace(copied.location, old, new) for old, new in copied.whole)
    text = f"for mine, theirs in zip({copied.into}.buffers(), {copied.of}.buffers()):\n    mine.copy_(theirs)"
    if copied.several:
        mean = "torch.stack([one.double() for one in theirs]).mean(0)"
        text = f"for mine, *theirs in zip({copied.into}.buffers(), *{copied.of}):\n    mine.copy_({mean})"
    return (Insert(copied.location, text, after=True),)


def _far(case: Case) -> Because | None:
    """The statistics do not fit what comes in, for whatever reason."""
    found, history = far_statistics(case.call), case.call.history
    if found is None or history is None or history.statistics is None:
        return None
    updates = history.statistics.updates
    learnt = f"they were learnt in {updates} passes" if updates else "they were never learnt"
    return Because(
        "possible",
        f"{learnt}; either that is not enough, or other data came in than in training",
        remedies=(Remedy(f"learn them anew: {relearning(case.framework)}", "call", None, (Relearn(),)),),
        look_at="the same batch in training and in inference mode",
        weight=0.2,
    )


@frozen_statistics.in_text
def _(case: Case) -> Because | None:
    if case.told.symptom != "statistics-mode" or case.framework not in ("flax", "jax"):
        return None
    return Because("possible", "the statistics were never learnt, or are not saved with the parameters", weight=0.1)
