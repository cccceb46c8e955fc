"""One forward pass of a model of torch, on abstract tensors, or on copies of the real ones where values are needed."""

import contextlib
import gc
import io
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from whynorm.facts import Value
from whynorm.frameworks.torch.record import Pass
from whynorm.frameworks.torch.recorded import NeedsValues, Recorded
from whynorm.frameworks.torch.twins import Twins, mapped, tensors_in
from whynorm.report import Outcome

REAL_VALUES = 1 << 26
"""A model with more values than this in its weights and inputs is never run really."""

Prepare = Callable[[Pass, nn.Module | None], None]
"""Changes a pass before it runs, on twins: the layers' mode, their settings, what flows into them."""


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


def run_pass(
    root: Callable[..., Any],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    training: bool | None,
    prepare: Prepare | None = None,
    *,
    going_on: bool = False,
) -> Outcomes:
    """One pass on abstract tensors; where values are needed, one on copies of the real ones, if they are small.

    `prepare` changes it; nothing is left changed.
    """
    ended = _run(root, args, kwargs, training, going_on=going_on, prepare=prepare, real=False)
    if ended.needs is None:
        return ended
    if _values(root, (args, kwargs)) > REAL_VALUES:
        return ended
    really = _run(root, args, kwargs, training, going_on=going_on, prepare=prepare, real=True)
    return ended if really.needs is not None else really


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
    with undisturbed(), contextlib.nullcontext() if real else uncollected():
        try:
            recorded = Pass(module, twins, going_on=going_on)
            if module is not None and training is not None:
                module.train(training)
            change = _real_input if real else twins.of
            called = mapped(tuple(args), change), mapped(dict(kwargs), change)
            ended = Outcomes(
                recorded, tuple(map(recorded.tensors.value, tensors_in((*called[0], *called[1].values()))))
            )
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
            _let_go(error for error, _ in recorded.errors.values())
        finally:
            twins.restore()
    return ended


def _let_go(errors: Iterable[BaseException]) -> None:
    """Have the errors of a pass that is over hold nothing: their frames hold them, and those of the program a batch."""
    for error in errors:
        error.__traceback__ = error.__cause__ = error.__context__ = None


def _real_input(tensor: torch.Tensor) -> torch.Tensor:
    """A real tensor of its own for an input: a copy, or ordinary numbers where only the shape is known."""
    if not tensor.is_meta:
        return tensor.detach().cpu().clone()
    if tensor.dtype.is_floating_point or tensor.dtype.is_complex:
        return torch.randn(tensor.shape, dtype=tensor.dtype)
    return torch.zeros(tensor.shape, dtype=tensor.dtype)


@contextmanager
def undisturbed() -> Iterator[None]:
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
def uncollected() -> Iterator[None]:
    """No search for garbage inside: what a pass records stays, and each search would walk all that is loaded."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
