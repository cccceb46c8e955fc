"""The root's inputs get another number of samples."""

from collections.abc import Mapping

from whynorm.catalogue.registry import Remedy
from whynorm.facts import Case, Location
from whynorm.facts.change import Edit, Feed, SetArgument


def batch_of(case: Case, size: int) -> tuple[Feed, ...]:
    """Every input of the root that shares the first one's batch, with this many samples."""
    inputs = case.trace.inputs
    batch = inputs[0].shape[0] if inputs and inputs[0].shape else None
    return tuple(
        Feed(place, (size, *value.shape[1:]))
        for place, value in zip(case.trace.places, inputs, strict=True)
        if value.shape and value.shape[0] == batch
    )


def larger_batch(case: Case, title: str, when: str | None = None) -> Remedy:
    """The batch gets at least two samples: by the loader that it came from, where that is known."""
    loader = case.hints.get("loader")
    known = loader if isinstance(loader, Mapping) else {}
    samples, place = known.get("samples"), known.get("location")
    size = next((one for one in (2, 3, 4) if not isinstance(samples, int) or samples % one != 1), 2)
    edits = sized(place, known, size) if known.get("batch_size") == 1 else ()
    return Remedy(title, "data", when=when, trial=batch_of(case, size), edits=edits)


def sized(place: object, loader: Mapping[str, object], size: int) -> tuple[Edit, ...]:
    """What makes the batches makes them of this size; where they are cut by hand, that may stand in several places."""
    if "stop" in loader:
        return ()
    return written(place, loader.get("size", ("DataLoader", "batch_size", 1)), str(size))


def written(place: object, setting: object, value: str) -> tuple[Edit, ...]:
    """A setting of what makes the batches (the callee, the keyword, the position) gets another value."""
    if not isinstance(place, Location) or not isinstance(setting, tuple):
        return ()
    callee, keyword, position = setting
    return (SetArgument(place, callee, keyword, position, value),)
