"""Following the shapes through a model of torch, by shapes alone: one forward pass on abstract tensors."""

import contextlib
import gc
import io
import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from whynorm.errors import UsageError
from whynorm.facts import Call, Trace, Trial, Value
from whynorm.frameworks.room import Followed, Live
from whynorm.frameworks.torch import axes, places
from whynorm.frameworks.torch import inputs as given
from whynorm.frameworks.torch.record import NeedsValues, Pass, Recorded, raised_of
from whynorm.frameworks.torch.twins import Twins, mapped, tensors_in
from whynorm.report import Framework, Outcome

REAL_VALUES = 1 << 26
"""A model with more values than this in its weights and inputs is never run really."""

Prepare = Callable[[Pass, nn.Module | None], None]
"""Changes a pass before it runs, on twins: the layers' mode, their settings, what flows into them."""


def framework() -> Framework:
    """torch, with its version."""
    return Framework("torch", str(torch.__version__).split("+")[0])


class Outcomes:
    """One pass as it ended."""

    def __init__(self, recorded: Pass, inputs: tuple[Value, ...]) -> None:
        self.recorded = recorded
        self.inputs = inputs
        self.error: BaseException | None = None
        self.outputs: Any = None
        self.needs: str | None = None

    @property
    def outcome(self) -> Outcome:
        """Whether it raised, completed, or could not be followed."""
        if self.needs is not None:
            return "unknown"
        return "raises" if self.error is not None else "completes"

    @property
    def calls(self) -> list[Recorded]:
        """The calls, without the error of those whose error the model itself caught."""
        last = self.recorded.errors.get(id(self.error)) if self.error is not None else None
        if self.recorded.going_on:
            return self.recorded.calls
        return [
            call if call.raised is None or (last is not None and last[1] == number) else _quiet(call)
            for number, call in enumerate(self.recorded.calls)
        ]


def _quiet(call: Recorded) -> Recorded:
    values: Any = (None if name == "raised" else value for name, value in zip(call._fields, call, strict=True))
    return Recorded._make(values)


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
    first = _pass(root, args, kwargs, training)
    calls = first.calls
    if first.outcome == "raises" and calls and calls[-1].raised is not None and not first.recorded.twins.real:
        further = _pass(root, args, kwargs, training, going_on=True)
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
        trial=lambda _: _trial(root, args, kwargs, training, going_on=several),
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


def _trial(
    root: Callable[..., Any],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    training: bool | None,
    *,
    going_on: bool,
) -> Trial:
    from whynorm.frameworks.torch.trial import trial

    return trial(root, args, kwargs, training, going_on=going_on)


def _pass(
    root: Callable[..., Any],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    training: bool | None,
    *,
    going_on: bool = False,
    prepare: Prepare | None = None,
) -> Outcomes:
    """One pass on abstract tensors; where values are needed, one on copies of the real ones, if they are small."""
    ended = _run(root, args, kwargs, training, going_on=going_on, prepare=prepare, real=False)
    if ended.needs is None:
        return ended
    if _values(root, (args, kwargs)) > REAL_VALUES:
        return ended
    really = _run(root, args, kwargs, training, going_on=going_on, prepare=prepare, real=True)
    return ended if really.needs is not None else really


def run_pass(
    root: Callable[..., Any],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    training: bool | None,
    prepare: Prepare | None = None,
    *,
    going_on: bool = False,
) -> Outcomes:
    """One pass, changed by `prepare`; nothing is left changed."""
    return _pass(root, args, kwargs, training, going_on=going_on, prepare=prepare)


def run_really(
    root: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any], prepare: Prepare | None
) -> Outcomes:
    """One pass on copies of the real weights and inputs, in the root's own mode; nothing is left changed."""
    return _run(root, args, kwargs, None, going_on=False, prepare=prepare, real=True)


def _values(root: Callable[..., Any], given_values: Any) -> int:
    """How many values the weights and inputs hold; too many where some are abstract for good."""
    tensors = list(tensors_in(given_values))
    if isinstance(root, nn.Module):
        tensors += [*root.parameters(), *root.buffers()]
        if any(tensor.is_meta for tensor in (*root.parameters(), *root.buffers())):
            return REAL_VALUES + 1
    return sum(tensor.numel() for tensor in tensors)


def _run(
    root: Callable[..., Any],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    training: bool | None,
    *,
    going_on: bool,
    prepare: Prepare | None,
    real: bool,
) -> Outcomes:
    module = root if isinstance(root, nn.Module) else None
    twins = Twins(real=real)
    with _undisturbed(), contextlib.nullcontext() if real else _uncollected():
        try:
            recorded = Pass(module, twins, going_on=going_on)
            if module is not None and training is not None:
                module.train(training)
            change = _real_input if real else twins.of
            called = mapped(tuple(args), change), mapped(dict(kwargs), change)
            ended = Outcomes(recorded, tuple(map(recorded.value, tensors_in((*called[0], *called[1].values())))))
            if prepare is not None:
                prepare(recorded, module)
            try:
                ended.outputs = recorded.run(root, *called)
            except NeedsValues as needs:
                ended.needs = str(needs)
            except Exception as error:  # noqa: BLE001  whatever a model raises is its outcome
                ended.error = error
            except SystemExit:
                ended.needs = "the model ends the program"
            if recorded.unsure is not None and ended.needs is None:
                ended.needs = recorded.unsure
            if ended.error is not None and id(ended.error) not in recorded.errors:
                recorded.errored(root, called, ended.error)
        finally:
            twins.restore()
    return ended


def _real_input(tensor: torch.Tensor) -> torch.Tensor:
    """A real tensor of its own for an input: a copy, or ordinary numbers where only the shape is known."""
    if not tensor.is_meta:
        return tensor.detach().cpu().clone()
    if tensor.dtype.is_floating_point or tensor.dtype.is_complex:
        return torch.randn(tensor.shape, dtype=tensor.dtype)
    return torch.zeros(tensor.shape, dtype=tensor.dtype)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """The random states as before, and nothing of what the model prints is shown."""
    state, python = torch.get_rng_state(), random.getstate()
    numpy = sys.modules.get("numpy")
    numbers = numpy.random.get_state() if numpy is not None else None
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        torch.set_rng_state(state)
        random.setstate(python)
        if numpy is not None:
            numpy.random.set_state(numbers)


@contextmanager
def _uncollected() -> Iterator[None]:
    """No search for garbage inside: what a pass records stays, and each search would walk all that is loaded."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


@contextmanager
def building() -> Iterator[None]:
    """Models may be built inside: where each layer is built is remembered, and the random state restored."""
    with _undisturbed(), places.remembering():
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
