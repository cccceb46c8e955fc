"""Inputs that are shorter, or narrower, than the first kernel which is to slide over them."""

from collections.abc import Iterator

from whynorm.catalogue.program import line_of
from whynorm.catalogue.registry import Because, Remedy
from whynorm.catalogue.remedies.sizes import feed, padded
from whynorm.catalogue.shapes import Source, at, most, shrinking, sizes, source, spatial
from whynorm.facts import Case, axis_names
from whynorm.facts.change import Feed, Wrap
from whynorm.facts.words import listed


def too_short(case: Case) -> Because | None:
    """The input itself has fewer positions than a kernel: nothing on the way took them."""
    call, found = case.call, source(case)
    if call.raised is None or call.role not in ("conv", "pool") or found is None or not call.shape:
        return None
    axes = _positions(found)
    if not axes or shrinking(found.calls):
        return None
    wanted = next((one for one in _longer(case, found, axes) if case.try_out((one,)).passed), None)
    if wanted is None:
        return None
    own = found.value.shape
    grown = [axis for axis in axes if wanted.shape[axis] != own[axis]]
    names = axis_names(own) if len(own) > 2 else ("N", "L")
    few = listed(f"{names[axis]} = {own[axis]}" for axis in grown)
    least = listed(str(wanted.shape[axis]) for axis in grown)
    return Because(
        "likely",
        f"the input {sizes(own)} has {few}, and {at(call)} and what follows need {least} at least",
        at=call,
        origin=line_of(case, found),
        remedies=(
            _padded(case, found, wanted, least),
            feed(case, f"feed inputs of at least {least}, or pass shorter ones by", "data", (wanted,)),
        ),
        weight=0.6,
    )


def _padded(case: Case, found: Source, wanted: Feed, least: str) -> Remedy:
    """Zeros behind, as many as are lacking; where the input may be written twice, however short it is."""
    remedy = padded(case, found, (wanted,), f"pad what is shorter to {least}", when="zeros behind it will do")
    *before, last = zip(found.value.shape, wanted.shape, strict=True)
    if remedy.edits and isinstance(remedy.edits[0], Wrap) and all(own == more for own, more in before):
        written = f"torch.nn.functional.pad({{}}, (0, max(0, {last[1]} - {{}}.shape[-1])))"
        return remedy._replace(edits=(remedy.edits[0]._replace(simple=(written, remedy.edits[0].result)),))
    return remedy


def _positions(found: Source) -> tuple[int, ...]:
    """The axes of the root's input along which it is longer or shorter: of a batch of numbers of words, the second."""
    shape = found.value.shape
    if len(shape) == 2 and "int" in found.value.dtype:
        return (1,)
    return spatial(shape) if len(shape) > 2 else ()


def _longer(case: Case, found: Source, axes: tuple[int, ...]) -> Iterator[Feed]:
    """The input with its short axes longer, by little at first."""
    own, call = found.value.shape, case.call
    shape = call.shape or ()
    kernel, dilation = most(call.arguments.get("kernel_size")), most(call.arguments.get("dilation")) or 1
    lacking = dilation * (kernel - 1) + 1 - 2 * most(call.arguments.get("padding")) - min(shape[2:], default=0)
    least = min(own[axis] for axis in axes) + max(1, lacking)
    for length in (*range(least, least + 8), 2 * least, 4 * least, 8 * least):
        yield Feed(found.number, tuple(max(size, length) if axis in axes else size for axis, size in enumerate(own)))
