"""What comes to a layer is transformed before it, in the model."""

from whynorm.catalogue.registry import Remedy
from whynorm.facts import Call, Case
from whynorm.facts.change import Edit, Transform, Wrap


def at_layers(
    case: Case, call: Call, operation: str, arguments: tuple[object, ...], *, back: bool = False
) -> tuple[Transform, ...]:
    """A transformation at the input of the layer, and of those that the same line of a `forward` calls."""
    paths = {call.path: None} | {
        other.path: None
        for other in case.trace.calls
        if call.location is not None and other.location == call.location and other.type == call.type
    }
    return tuple(Transform(operation, arguments, path=path, back=back) for path in paths if path is not None)


def before_layer(call: Call, before: str, layer: str | None, after: str = "{}") -> tuple[Edit, ...]:
    """A layer's input is transformed where its `forward` calls it, or by another layer in a sequence.

    `before` and `after` are templates around the input and the output; `layer` is the constructor of a layer that
    does what `before` does.
    """
    above, _, name = (call.path or "").rpartition(".")
    if call.location is not None and f"self.{name}(" in call.location.code:
        return (Wrap(call.location, f"self.{name}", 0, before, after),)
    sequence = above.rpartition(".")[2]
    if name == "0" and sequence and after == "{}" and layer is None and call.location is not None:
        return (
            (Wrap(call.location, f"self.{sequence}", 0, before),) if f"self.{sequence}(" in call.location.code else ()
        )
    if name.isdigit() and layer is not None and call.built is not None and f"{call.type}(" in call.built.code:
        prefix = call.built.code.split(f"{call.type}(")[0]
        prefix = prefix[len(prefix.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_.")) :]
        return (Wrap(call.built, f"{prefix}{call.type}", 0, "{}", f"{prefix}{layer}, {{}}"),)
    return ()


def as_samples(call: Call, path: str, callee: str, size: int, title: str) -> Remedy:
    """The first two axes are merged before a part of the network, and parted again behind it.

    `callee` is how the call's line calls the part; `size` is that of the second axis.
    """
    assert call.location is not None
    merged, parted = "{}.flatten(0, 1)", f"{{}}.unflatten(0, (-1, {size}))"
    by_its_own = (merged, "{}.unflatten(0, {argument}.shape[:2])")
    return Remedy(
        title,
        "model",
        trial=(Transform("flatten", (0, 1), path=path, back=True),),
        edits=(Wrap(call.location, callee, 0, merged, parted, by_its_own),),
    )
