"""Parameters that a module makes itself, for a function or to scale by, of another size than what arrives."""

from whynorm.catalogue.registry import Because, Remedy
from whynorm.facts import Call, Case
from whynorm.facts.change import Resize, SetSize
from whynorm.facts.words import listed


def other_parameters(case: Case) -> Because | None:
    """A parameter with one number for each channel, as many as another layer has."""
    call = case.call
    held = call.held
    if held is None or len(call.inputs) != 2:
        return None
    ids = {value.id for value in held.tensors.values()}
    ways = [{value.id, *(one.id for step in case.trace.upstream(call, n) for one in step.inputs[:1])}
            for n, value in enumerate(call.inputs)]  # fmt: skip
    own = next((number for number, way in enumerate(ways) if way & ids), None)
    if own is None or ways[1 - own] & ids:
        return None
    shape, other = call.inputs[own].shape, call.inputs[1 - own].shape
    built = [size for size in shape if size > 1]
    axis = shape.index(built[0]) - len(shape) if len(built) == 1 else 0
    if not axis or -axis > len(other) or other[axis] == built[0]:
        return None
    got = other[axis]
    remedies = tuple(of_its_own(call, got, built[0]))
    if not any(case.try_out(remedy.trial).passed for remedy in remedies):
        return None
    message = f"{got} arrive at {call.path or held.type}, which makes its parameters for {built[0]}"
    return Because("certain", message, at=call, origin=held.built, remedies=remedies, weight=1.1)


def of_its_own(call: Call, got: int, built: int) -> list[Remedy]:
    """The parameters and buffers that a module makes for a function, such as `F.batch_norm`, get the other size."""
    held = call.held
    if held is None or not (call.role == "add" or call.type.startswith(("F.", "torch."))):
        return []
    place = {"linear": -1, "conv": 1}.get(call.role, 0)
    fitting = {
        name: value.shape
        for name, value in held.tensors.items()
        if value.shape and _holds(call, value.shape, place, built)
    }
    if not fitting:
        return []
    shapes = {name: tuple(got if size == built else size for size in shape) for name, shape in fitting.items()}
    path, place_built = call.path or "", held.built
    edits = () if place_built is None else (SetSize(place_built, held.type, tuple(fitting), built, got),)
    title = f"make {listed(fitting)} of {path or held.type} for {got}"
    return [Remedy(title, "layer", trial=(Resize(path, shapes),), edits=edits)]


def _holds(call: Call, shape: tuple[int, ...], place: int, size: int) -> bool:
    """Whether a tensor of this shape holds the number that counts what comes in."""
    if call.role == "add":
        return [one for one in shape if one > 1] == [size]
    return (call.role == "norm") is (len(shape) == 1) and shape[place if len(shape) > 1 else 0] == size
