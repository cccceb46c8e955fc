from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.judges.judgement import Judged
from whynorm.catalogue.judges.mode import exported_in_training, inference_in_training, says_inference
from whynorm.catalogue.phrases import evaluation
from whynorm.catalogue.program import called
from whynorm.catalogue.remedies.mode import inference, inference_at
from whynorm.catalogue.shapes import at
from whynorm.facts import Call, Case, Location
from whynorm.facts.change import Drop, Edit, Insert, Mode, Replace
from whynorm.facts.history import Unheeded, Unregistered
from whynorm.facts.spelling import has_tensor_methods

_INFERENCE = (
    "test",
    "validate",
    "validation",
    "val",
    "evaluate",
    "eval",
    "evaluation",
    "predict",
    "prediction",
    "infer",
    "inference",
    "demo",
    "generate",
    "sample",
    "detect",
    "visualize",
    "visualise",
    "export",
    "summary",
    "profile",
    "embed",
    "extract",
    "score",
)
_FUSIONS = ("only for eval", "in the same mode (train or eval)")
"""What is said where a norm is to be fused."""


@cause("left-in-training")
def left_in_training(case: Case) -> Because | None:
    """Inference runs in training mode.

    A new module is in training mode until `eval()` is called, and `train()` puts it back there, sub-modules
    included. Under `no_grad()` nothing is learnt, yet the mode stays: batch norms still use, and update, their
    statistics with the validation data.

    ```python fails torch
    import torch
    from torch import nn

    model = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8))
    with torch.no_grad():
        model(torch.randn(1, 4))
    ```

    ```python works torch
    import torch
    from torch import nn

    model = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8))
    model.eval()
    with torch.no_grad():
        model(torch.randn(1, 4))
    ```

    ## Remedies and their price

    * `model.eval()` before inference, `model.train()` before the next epoch. It costs nothing.

    To make a batch norm a part of the convolution before it (`fuse_conv_bn_eval`, `torch.ao.quantization.fuse_modules`,
    `torch.fx.experimental.optimization.fuse`) is possible in inference mode only: there it is a fixed scale and shift.

    Feeding the sample twice makes the error go away, and gives the output of a batch norm with no variance across
    samples.
    """
    call = case.call
    if call.history is not None:
        found = inference_in_training(call)
        return _in_a_graph(case) if found is None else _forced(case) or _in_the_run(case, found)
    if case.hints.get("fusing"):
        return _fused(case)
    if call.training is not True or case.hints.get("constructing") or not _differs_by_mode(call):
        return None
    if case.hints.get("method") != "fit" and (forced := _forced(case)) is not None:
        return forced
    off = case.hints.get("grad") is False
    named = next(
        (frame.function for frame in case.frames if not frame.library and says_inference(frame.function)), None
    )
    if not off and named is None:
        return None
    why = "no gradients are recorded" if off else f"{named} is inference by its name"
    return Because(
        "certain" if off else "likely",
        f"{why}, but the layer is in training mode: it takes its statistics from this batch",
        origin=called(case),
        remedies=(inference(case, when=None),),
        weight=3.0,
    )


def _fused(case: Case) -> Because:
    """A norm is to become a part of the layer before it, as the fixed scale and shift that it is in inference."""
    named = case.hints.get("fused")
    place, name = named if isinstance(named, tuple) else (None, "")
    edits = (Insert(place, f"{name}.eval()"),) if isinstance(place, Location) else ()
    return Because(
        "certain",
        f"{at(case.call)} and the layer before it can be made one in inference mode only, and eval() was not called"
        if case.call.training
        else f"{at(case.call)} is in inference mode, and the layer before it is not",
        origin=place if isinstance(place, Location) else None,
        remedies=(Remedy("put the model into inference mode before it is fused", "mode", None, (Mode(False),), edits),),
        weight=3.0,
    )


def _forced(case: Case) -> Because | None:
    """The mode is written at the norm's own call, whatever mode the network is called in."""
    call, place = case.call, case.call.forced
    if place is None:
        return None
    remedy = Remedy(
        "leave training=True out: the layer then goes by the mode in which the network is called",
        "mode",
        trial=(Mode(False, call.path or ""),),
        edits=(Drop(place, "training", "True"),),
    )
    return Because(
        "certain",
        "training=True is written at its own call: in inference too it takes its statistics from the batch",
        origin=place,
        remedies=(remedy,),
        weight=3.5,
    )


def _differs_by_mode(call: Call) -> bool:
    """Whether a norm uses other statistics in inference mode; of what is no norm, nothing is known."""
    if call.reading is None:
        return True
    tracks = call.arguments.get("track_running_stats", call.reading.family == "batch")
    return call.reading.family in ("batch", "instance") and tracks is not False


def _in_the_run(case: Case, found: Judged) -> Because | None:
    """What the history of a run proves."""
    use, history = found.use, case.call.history
    if use is None or history is None:
        return None
    if history.unregistered is not None:
        return _unregistered(history.unregistered)
    if history.unheeded is not None and not use.learnt:
        return _unheeded(history.unheeded)
    if use.fixed is not None and use.fixed.training:
        return Because(
            "certain",
            use.fixed.fact,
            origin=use.fixed.location,
            remedies=(inference_at(case, use, history),),
            weight=3.0,
        )
    unsaid = "eval() was not called before" if has_tensor_methods(case.framework) else "they are in training mode"
    said = unsaid if use.mode is None else f"{use.mode}=True was passed"
    each = "by itself" if use.batches[1] == 1 else f"by the statistics of its own batch of {use.batches[1]}"
    moved = ", and moved the running statistics" if history.statistics is not None else ""
    return Because(
        "likely" if use.grad else "certain",
        f"{said}: each sample was normalised {each}{moved}",
        origin=use.called,
        remedies=(inference_at(case, use, history),),
        weight=3.0,
    )


def _unregistered(held: Unregistered) -> Because:
    """The norm is no part of the network, and so eval() does not reach it."""
    container = held.container.rpartition(".")[2]
    return Because(
        "certain",
        f"{held.owner} holds it in {held.attribute}, a plain {'dictionary' if container == 'ModuleDict' else 'list'}: "
        "eval() does not reach what stands there, nor do parameters() and state_dict()",
        origin=held.location,
        remedies=(
            Remedy(
                f"make the layers a part of it: nn.{container}",
                "model",
                trial=(Mode(False),),
                edits=(Replace(held.location, held.written, f"{held.container}({held.written})"),),
            ),
        ),
        weight=3.0,
    )


def _unheeded(found: Unheeded) -> Because:
    """eval() was called, or would be, and the network does not listen."""
    if found.written is not None:
        edit: Edit = Replace(found.location, found.written, found.heeding)
        lacks = f"calls {found.written} whatever mode it is given"
    else:
        edit, lacks = Insert(found.location, found.heeding), "never calls that of the class above"
    return Because(
        "certain",
        f"train(mode) of {found.owner} {lacks}: eval(), which is train(False), has no effect",
        origin=found.location,
        remedies=(Remedy(f"hand the mode on: {found.heeding}", "model", None, (Mode(False),), (edit,)),),
        weight=3.0,
    )


def _in_a_graph(case: Case) -> Because | None:
    """A network was exported as it was."""
    exported = case.call.history.exported if case.call.history is not None else None
    if exported is None or exported_in_training(case.call) is None:
        return None
    edits = (Insert(exported.location, f"{exported.model}.eval()"),) if exported.model is not None else ()
    return Because(
        "certain",
        "eval() was not called before: the graph normalises each sample by the batch that it is in",
        origin=exported.location,
        remedies=(
            Remedy("put the model into inference mode before it is exported", "mode", None, (Mode(False),), edits),
        ),
        weight=3.0,
    )


@left_in_training.in_text
def _(case: Case) -> Because | None:
    told = case.told
    message = case.call.raised.message if case.call.raised is not None else ""
    if told.symptom == "unsupported-export" and any(one in message for one in _FUSIONS):
        return Because(
            "certain",
            "a batch norm can be made a part of the layer before it in inference mode only",
            remedies=(evaluation(case),),
            weight=1.3,
        )
    if told.symptom not in ("one-value", "statistics-mode", "sync-constraint", "channels-ignored"):
        return None
    if told.family in ("instance", "layer", "rms") and told.symptom == "one-value":
        return None
    if told.symptom == "one-value" and (told.samples or 1) != 1:
        return None
    function = told.in_function(_INFERENCE)
    code = told.in_code(
        "summary(", "onnx.export", "jit.trace", "predict(", "infer(", "inference", "evaluate(", "detect("
    )
    remedies = (evaluation(case),)
    look = "print(model.training) just before the call: True means that nobody called model.eval()"
    if function is not None and told.symptom == "one-value":
        return Because(
            "likely",
            f"{function} runs the network for a result, and the norm is in training mode",
            remedies=remedies,
            look_at=look,
            weight=1.3,
        )
    if code is not None and told.symptom == "one-value":
        return Because(
            "likely",
            "the network is called for its result, and the norm is in training mode",
            remedies=remedies,
            look_at=look,
            weight=1.1,
        )
    trains = told.says(
        "backward()",
        "optimizer",
        "zero_grad",
        "loss =",
        "loss=",
        "train_loader",
        "trainer",
        ".fit(",
        "epoch",
        "fit_",
        "train(",
        "train_",
        "/train",
        "fit(",
    )
    alone = not any(loader.training for loader in told.seen.loaders)
    if told.seen.evaluates is False and told.interactive and alone and not told.says("backward()"):
        return Because(
            "likely",
            "one sample is fed by hand, and the file never calls eval()",
            remedies=remedies,
            look_at=look,
            weight=1.0,
        )
    if told.interactive and not trains and told.symptom == "one-value":
        return Because(
            "likely",
            "one sample is fed by hand, and the norm is in training mode, as a network is built",
            remedies=remedies,
            look_at=look,
            weight=0.9,
        )
    return Because(
        "possible",
        "this may be inference, with the network left in training mode",
        remedies=remedies,
        look_at=look,
        weight=0.2,
    )
