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
    edits: tuple[Edit, ...] = ()
    if known.get("batch_size") == 1 and isinstance(place, Location):
        edits = (SetArgument(place, "DataLoader", "batch_size", 1, str(size)),)
    return Remedy(title, "data", when=when, trial=batch_of(case, size), edits=edits)
