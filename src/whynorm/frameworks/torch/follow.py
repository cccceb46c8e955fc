"""Following the shapes through a model of torch, by shapes alone: one forward pass on abstract tensors."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from whynorm.errors import UsageError
from whynorm.facts import Call, Trace
from whynorm.frameworks.room import Followed, Live
from whynorm.frameworks.torch import axes, places
from whynorm.frameworks.torch import inputs as given
from whynorm.frameworks.torch.forward import run_pass, undisturbed
from whynorm.frameworks.torch.recorded import raised_of
from whynorm.frameworks.torch.trial import trial
from whynorm.frameworks.torch.twins import tensors_in
from whynorm.report import Framework


def framework() -> Framework:
    """torch, with its version."""
    return Framework("torch", str(torch.__version__).split("+")[0])


def follow_call(
    root: Callable[..., Any],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    *,
    training: bool | None = None,
    hints: Mapping[str, object] | None = None,
) -> Followed:
    """Follow a root (a Module, or any function of tensors) with the arguments of a live call, whatever they are.

    Tensors may be real or abstract; they are not written to. The root is as before afterwards. What the model
    raises is in the result; nothing of it is raised here. `Followed.trial` tries changes of the same call.
    """
    first = run_pass(root, args, kwargs, training)
    calls = first.calls
    if first.outcome == "raises" and calls and calls[-1].raised is not None and not first.recorded.twins.real:
        further = run_pass(root, args, kwargs, training, going_on=True)
        if _same_beginning(calls, further.calls):
            calls = further.calls
    error = first.error
    several = sum(call.raised is not None for call in calls) > 1
    return Followed(
        framework(),
        first.outcome,
        axes.settled(Trace(first.inputs, calls, _places(args, kwargs))),
        raised=None if error is None else raised_of(error),
        hints=hints or {},
        trial=lambda _: trial(root, args, kwargs, training, first, going_on=several),
        unknown=first.needs,
        live=Live(root, tuple(args), kwargs, training),
    )


def _places(args: Sequence[Any], kwargs: Mapping[str, Any]) -> list[int | str]:
    """Of each tensor that the root is handed, the position or keyword of the argument that holds it."""
    handed: list[tuple[int | str, Any]] = [*enumerate(args), *kwargs.items()]
    return [place for place, value in handed for _ in tensors_in((value,))]


def _same_beginning(calls: Sequence[Call], further: Sequence[Call]) -> bool:
    """Whether the second pass, which goes on, met the same first error at the same call."""
    place = len(calls) - 1
    return (
        len(further) > place
        and further[place].raised == calls[place].raised
        and all(call.raised is None for call in further[:place])
    )


@contextmanager
def building() -> Iterator[None]:
    """Models may be built inside: where each layer is built is remembered, and the random state restored."""
    with undisturbed(), places.remembering():
        yield


# what is asked of the room


def owns(target: object) -> bool:
    """Whether the target is a model, layer, class or function that torch can be asked about."""
    return callable(target)


def follow(target: object, inputs: Sequence[object], keywords: Mapping[str, object], training: bool | None) -> Followed:
    """Follow the shapes through a target: a Module, or a function of tensors.

    Raises `UsageError` for inputs that are no shapes, and for a target that cannot be called so.
    """
    if not callable(target):
        raise UsageError(f"{type(target).__name__} is no model, layer or function of torch")
    args, kwargs = given.made(inputs, keywords, _floating(target))
    _fits(target, args, kwargs)
    return follow_call(target, args, kwargs, training=training)


def _floating(root: object) -> torch.dtype:
    """The type that a shape without one stands for: that of all the model's weights, else the default."""
    if isinstance(root, nn.Module):
        types = {p.dtype for p in root.parameters() if p.dtype.is_floating_point}
        if len(types) == 1:
            return types.pop()
    return torch.get_default_dtype()


def _fits(root: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    """Raises `UsageError` where the inputs are not as many, or not named, as the root takes."""
    import inspect

    called = type(root).forward if isinstance(root, nn.Module) and "forward" not in vars(root) else None
    if isinstance(root, nn.Module) and called is None:
        called = root.forward
        args = tuple(args)
    elif called is not None:
        args = (root, *args)
    else:
        called = root
    try:
        signature = inspect.signature(called)
    except (TypeError, ValueError):
        return
    try:
        signature.bind(*args, **kwargs)
    except TypeError as error:
        takes = ", ".join(str(p) for p in signature.parameters.values() if p.name != "self")
        raise UsageError(f"the inputs do not fit {_name(root)}({takes}): {error}") from None


def _name(target: object) -> str:
    """What a line to the user calls the target."""
    return str(getattr(target, "__name__", type(target).__name__))
