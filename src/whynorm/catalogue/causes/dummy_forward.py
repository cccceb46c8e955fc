from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.remedies import batch_of
from whynorm.facts import Case
from whynorm.facts.change import Mode


@cause("dummy-forward")
def dummy_forward(case: Case) -> Because | None:
    """A shape-probing forward pass at construction."""
    maker = case.hints.get("constructing")
    if not maker and not any(frame.function == "__init__" and not frame.library for frame in case.frames):
        return None
    named = f"the constructor of {maker}" if isinstance(maker, str) else "a constructor"
    place = next((frame.location for frame in case.frames if frame.function == "__init__" and not frame.library), None)
    return Because(
        "certain",
        f"{named} runs a forward pass to learn a shape, on a batch of {case.trace.inputs[0].shape[0]}"
        if case.trace.inputs and case.trace.inputs[0].shape
        else f"{named} runs a forward pass to learn a shape",
        origin=place,
        remedies=(
            Remedy("probe with a batch of 2", "call", trial=batch_of(case, 2)),
            Remedy("probe in inference mode, and switch back afterwards", "mode", trial=(Mode(False),)),
        ),
        weight=4.0,
    )
