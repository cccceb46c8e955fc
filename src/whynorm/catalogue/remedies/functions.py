"""A norm that is a function, `F.layer_norm`, and no layer: called with other arguments, or not at all."""

from collections.abc import Mapping

from whynorm.catalogue.registry import Remedy
from whynorm.catalogue.remedies.alike import same_failures
from whynorm.facts import Call, Case
from whynorm.facts.change import Edit, Recall, SetArgument


def is_function(call: Call) -> bool:
    """Whether a norm is a function, `F.layer_norm`, and no layer that is built."""
    return call.role == "norm" and call.type.startswith(("F.", "torch."))


def set_in_function(
    case: Case, call: Call, title: str, name: str, position: int | None, value: object, *, when: str | None
) -> Remedy:
    """The function is called with another setting, wherever the same function refuses the same shape."""
    written = (value,) if name == "normalized_shape" and isinstance(value, int) else value
    edits: tuple[Edit, ...] = ()
    if position is not None:  # the input stands before the settings
        edits = tuple(
            SetArgument(place, call.type, name, position + 1, repr(written)) for place in same_failures(case, call)
        )
    alike = [call]
    if isinstance(value, bool):  # it suits every shape
        alike = [one for one in case.trace.calls if one.raised is not None and _place(one) == _place(call)]
    recalls = tuple(change for one in alike for change in recall(one, {name: written}))
    return Remedy(title, "call", when=when, trial=recalls, edits=edits)


def _place(call: Call) -> tuple[object, ...]:
    return call.type, call.path, call.location


def recall(call: Call, arguments: Mapping[str, object] | None) -> tuple[Recall, ...]:
    """The function's call is made with other arguments; None: it is left out."""
    return (Recall(call.type.rpartition(".")[2], call.path or "", call.shape or (), arguments),)
