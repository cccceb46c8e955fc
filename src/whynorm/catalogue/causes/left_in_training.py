from whynorm.catalogue import Because, cause
from whynorm.catalogue.remedies import inference
from whynorm.facts import Case

INFERENCE = (
    "predict",
    "infer",
    "evaluate",
    "validat",
    "test",
    "export",
    "demo",
    "generate",
    "sample",
    "eval_",
    "score",
)


@cause("left-in-training")
def left_in_training(case: Case) -> Because | None:
    """Inference runs in training mode."""
    call = case.call
    if call.training is not True or case.hints.get("constructing"):
        return None
    off = case.hints.get("grad") is False
    named = next(
        (frame.function for frame in case.frames if not frame.library and _says_inference(frame.function)), None
    )
    if not off and named is None:
        return None
    why = "gradients are switched off" if off else f"{named} is inference by its name"
    return Because(
        "certain" if off else "likely",
        f"{why}, but the layer is in training mode: it takes its statistics from this batch",
        remedies=(inference(case, when=None),),
        weight=3.0,
    )


def _says_inference(function: str) -> bool:
    name = function.lower()
    return any(word in name for word in INFERENCE) and "train" not in name
