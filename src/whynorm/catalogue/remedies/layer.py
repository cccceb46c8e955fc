"""A layer becomes one of another type, or is left out."""

from collections.abc import Mapping, Sequence

from whynorm.catalogue.program import access
from whynorm.catalogue.registry import Remedy
from whynorm.catalogue.remedies.alike import is_like
from whynorm.catalogue.remedies.functions import is_function, recall
from whynorm.catalogue.shapes import on_line, wanted_channels
from whynorm.facts import Call, Case, Location
from whynorm.facts.change import Edit, Insert, Rebuild, Remove, Rename, Unflag, Unwrap
from whynorm.facts.spelling import has_tensor_methods, pooling


def pool_positions(case: Case, flatten: Call) -> Remedy | None:
    """The positions are pooled, where the framework has a layer that gives features and no positions."""
    kind = pooling(case.framework, len(flatten.shape or ()))
    if kind is None or flatten.type != "Flatten":
        return None
    return become(
        case,
        flatten,
        f"pool over the positions in place of the flatten: {kind}()",
        kind,
        {},
        when="inputs of several sizes are to be taken; it is trained anew",
    )


def become(
    case: Case,
    call: Call,
    title: str,
    type: str,
    arguments: Mapping[str, object] | None = None,
    *,
    when: str | None = None,
    safe: bool = False,
) -> Remedy:
    """A layer becomes one of another type; `arguments` replace those that it was built with."""
    if is_function(call):
        return Remedy(title, "model", when=when)
    layers, count = on_line(case, call), _count(call)
    serves_others = call.raised is not None and any(layer.raised is None for layer in layers)
    if serves_others:  # the line builds layers that are as they should be
        layers = [layer for layer in layers if layer.raised is not None]
    trial = tuple(Rebuild(layer.path or "", type, _counted(arguments or {}, count, _count(layer))) for layer in layers)
    edits: tuple[Edit, ...] = ()
    if call.built is not None and not serves_others:
        written = None if arguments is None else ", ".join(_written(*item) for item in arguments.items())
        edits = (Rename(call.built, call.type, type, written, count),)
    return Remedy(title, "layer", when=when, trial=trial, edits=edits, safe=safe, number=(call.type, type))


def _count(call: Call) -> int | None:
    """The number that a norm is built with: its channels, or the one size that it normalises over."""
    trailing = call.arguments.get("normalized_shape")
    return trailing[0] if isinstance(trailing, tuple) and len(trailing) == 1 else wanted_channels(call)


def _counted(arguments: Mapping[str, object], count: int | None, own: int | None) -> Mapping[str, object]:
    """The arguments, in which each layer of a line has its own number of channels."""
    return {name: own if own is not None and value == count else value for name, value in arguments.items()}


def _written(name: str, value: object) -> str:
    return f"{name}={value!r}"


def leave_out(case: Case, call: Call, title: str, when: str | None = None) -> Remedy:
    """The layer is left out, and its input passes through; those that fail after it for the same reason as well.

    Where its line of source builds other layers too, which are to stay, it is taken out of the model that is built.
    """
    if call.path is None:
        return Remedy(title, "model", when)
    if is_function(call):
        unwrapped = () if call.location is None else (Unwrap(call.location, call.type),)
        return Remedy(title, "model", when=when, trial=recall(call, None), edits=unwrapped)
    layers = [call, *(one for one in case.trace.calls if one.path != call.path and is_like(one, call))]
    edits: list[Edit] = []
    called, callee = case.hints.get("called"), case.hints.get("callee")
    for layer in layers:
        own = layer.built is not None and not layer.built.library and len(on_line(case, layer)) == 1
        helper = _helper(case, layer)
        if layer.built is not None and own:
            edits.append(Rename(layer.built, layer.type, "Identity", ""))
        elif helper is not None:
            edits.append(helper)
        elif layer.built is not None and layer.built.through and _by_itself(case, layer, layers):
            edits.append(Unflag(layer.built, layer.type, _taken_out(called, callee, layer)))
        elif not has_tensor_methods(case.framework):
            return Remedy(title, "model", when=when, trial=tuple(Remove(one.path or "") for one in layers))
        elif (taken_out := _taken_out(called, callee, layer)) is not None:
            edits.append(taken_out)
    trial = tuple(Remove(layer.path) for layer in layers if layer.path is not None)
    return Remedy(title, "model", when=when, trial=trial, edits=tuple(edits))


def _by_itself(case: Case, layer: Call, layers: Sequence[Call]) -> bool:
    """Whether the call through which a layer was reached builds none there that is to stay."""
    beside = [one for one in on_line(case, layer) if one.built is not None and layer.built is not None]
    return all(one in layers for one in beside if one.built.through == layer.built.through)  # type: ignore[union-attr]


def _taken_out(called: object, callee: object, layer: Call) -> Insert | None:
    """Where the model is called, the layer is taken out of it (PyTorch)."""
    if isinstance(called, Location) and isinstance(callee, str) and callee.replace(".", "").isidentifier():
        return Insert(called, f"{callee}{access(layer.path or '')} = torch.nn.Identity()")
    return None


def _helper(case: Case, layer: Call) -> Unwrap | None:
    """The call of a function of the program that does nothing but apply, or make, such a layer: it is taken away."""
    place, built = layer.location, layer.built
    made = built.through[0] if built is not None and built.through else None
    if place is not None and made is not None and place[:2] == made[:2]:  # it is called where it is made
        name = next((one for one in layer.named if f"{one}(" in made.code), None)
        return Unwrap(made, name, result=True) if name is not None else None
    if place is None or built is None or place[:2] != built[:2] or not place.through:
        return None
    outer = place.through[0]
    name = next((one for one in layer.named if f"{one}(" in outer.code), None)
    return Unwrap(outer, name) if name is not None and place.code.startswith("return ") else None
