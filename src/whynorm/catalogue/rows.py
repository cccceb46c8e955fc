"""Maps that are made into rows of a number of features that is written out: `x.view(-1, 400)`."""

from math import prod

from whynorm.catalogue.registry import Because, Remedy
from whynorm.catalogue.remedies.number import set_number
from whynorm.catalogue.remedies.sizes import resize
from whynorm.catalogue.resolutions import fitting, is_usual, narrowing
from whynorm.catalogue.shapes import at, sizes, source, spatial
from whynorm.facts import Call, Case
from whynorm.facts.change import Edit, Recall, Rename


def into_rows(case: Case) -> Because | None:
    """The number fits inputs of another size, or none: then each sample is to become one row."""
    call, found, written = case.call, source(case), case.call.arguments.get("shape")
    shape = call.shape
    if found is None or shape is None or len(shape) < 3 or not isinstance(written, tuple) or len(written) != 2:
        return None
    wanted, got = written[1], prod(shape[1:])
    if written[0] not in (-1, shape[0]) or not isinstance(wanted, int) or wanted in (got, -1):
        return None
    feed = fitting(case, found, wanted, got)
    takes = next((one for one in case.trace.calls if one.arguments.get("in_features") == wanted), None)
    remedies = [_as_they_come(case, takes, got)] if takes is not None and takes.path is not None else []
    axes = spatial(found.value.shape)
    own, said = sizes(found.value.shape[axis] for axis in axes), f"{sizes(shape[1:])} are {got} features, not {wanted}"
    if feed is not None:
        meant = sizes(feed.shape[axis] for axis in axes)
        said = f"{wanted} features are what inputs of {meant} give, and these are {own}: {said}"
        remedies.insert(
            0, resize(case, found, (feed,), f"feed inputs of {meant}", "input", when="the input may be resized")
        )
    return Because(
        "certain" if feed is not None and is_usual(feed, axes) else "likely",
        said,
        origin=call.location,
        steps=tuple(narrowing(found)),
        remedies=tuple(remedies),
        weight=1.2,
    )


def _as_they_come(case: Case, takes: Call, got: int) -> Remedy:
    """Each sample becomes one row, and the layer that takes the rows is built for what comes."""
    call, title = case.call, f"make each sample one row, and build {at(takes)} for {got}: in_features={got}"
    built = set_number(case, takes, title, "in_features", 0, got)
    name, path = call.type.rpartition(".")[2], call.path or ""
    edits: tuple[Edit, ...] = ()
    if built.edits and call.location is not None and call.type.startswith("Tensor."):
        edits = (Rename(call.location, name, "flatten", "1"), *built.edits)
    return built._replace(
        trial=(*built.trial, Recall(name, path, call.shape or (), {"shape": (-1, got)})),
        edits=edits,
        when="all inputs are as large as these; trained weights do not fit then",
    )
