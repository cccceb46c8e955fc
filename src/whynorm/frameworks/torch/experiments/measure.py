"""Where a norm's call is looked at before it is made: which experiments are worth their time, and what they found."""

import functools
import types
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch
from torch import nn

from whynorm.facts.measured import Measured, Variation
from whynorm.facts.reading import Reading
from whynorm.frameworks.torch.experiments.order import order
from whynorm.frameworks.torch.experiments.padding import padding
from whynorm.frameworks.torch.experiments.precision import precision
from whynorm.frameworks.torch.experiments.tiles import seam
from whynorm.frameworks.torch.experiments.variation import variation
from whynorm.frameworks.torch.steps import ModuleCall, Step, module_calls, steps_above
from whynorm.frameworks.torch.twins import tensors_in
from whynorm.frameworks.torch.versions import is_plain_execution

MOST_VALUES = 1 << 24
"""A larger input is not looked into."""


class Look(NamedTuple):
    """What was found at one call."""

    measured: Measured | None = None
    suspect: bool = False
    """Nothing varies because nothing varies in what was handed to the root: a probe, or data that are so. The next
    calls tell which."""


def look(norm: nn.Module, given: torch.Tensor, reading: Reading | None, frame: types.FrameType) -> Look:
    """Measure what a norm gets in the call that `frame`, its `forward`, is making. The values are only read."""
    if reading is None or reading.source != "batch" or not _can_be_read(given):
        return Look()
    try:
        return _look(norm, given, reading, _Around(frame))
    except Exception:  # noqa: BLE001  what cannot be repeated on this input is not known
        return Look()


def _look(norm: nn.Module, given: torch.Tensor, reading: Reading, around: "_Around") -> Look:
    given = given.detach()
    found = measured(norm, given, reading, lambda: around.handed)
    if not bool(given.isfinite().all()):
        return Look(found if found != Measured() else None)
    if around.root is not None:
        cut, before = seam(reading, around.root, around.above), order(norm, reading, around.root)
        found = found._replace(seam=cut, order=before)
    if found == Measured():
        return Look()
    return Look(found, found.variation is not None and _nothing_varies(found.variation))


def measured(norm: nn.Module, given: torch.Tensor, reading: Reading, handed: Callable[[], Sequence[Any]]) -> Measured:
    """What can be measured of this input alone, and of what was `handed` to the root."""
    with torch.no_grad():
        exact = precision(norm, given)
        if not bool(given.isfinite().all()):
            return Measured(precision=exact)
        varied = variation(given, reading, float(getattr(norm, "eps", None) or 0.0))
        if varied is not None:
            varied = varied._replace(handed=_deviation_of(handed()))
        return Measured(varied, padding(norm, given, reading, handed()), exact)


def _nothing_varies(varied: Variation) -> bool:
    return varied.constant == varied.statistics and varied.handed == 0


def _can_be_read(given: torch.Tensor) -> bool:
    """Whether the values are here, few enough, and simply computed."""
    if type(given) is not torch.Tensor or given.is_meta or not given.dtype.is_floating_point:
        return False
    return given.layout is torch.strided and 0 < given.numel() <= MOST_VALUES and is_plain_execution()


class _Around:
    """The call of the root around a norm's call, looked for when it is asked for."""

    def __init__(self, frame: types.FrameType) -> None:
        self._frame = frame

    @functools.cached_property
    def _steps(self) -> list[Step]:
        return steps_above(self._frame)

    @functools.cached_property
    def root(self) -> ModuleCall | None:
        """The outermost Module's call."""
        return next(module_calls(self._steps), None)

    @property
    def above(self) -> Sequence[Step]:
        """The frames that are running above it, outermost first."""
        return self._steps if self.root is None else self._steps[: self.root.number]

    @property
    def handed(self) -> Sequence[Any]:
        """What the root was called with."""
        return () if self.root is None else (*self.root.args, *self.root.kwargs.values())


def _deviation_of(handed: Sequence[Any]) -> float | None:
    """How much what was handed to the root varies; 0 where every tensor of it is all the same value.

    None where it holds numbers that are not of floating point only, and they vary.
    """
    tensors = [tensor for tensor in tensors_in(handed) if tensor.numel() > 1 and not tensor.is_meta]
    floating = max((_deviation(tensor) for tensor in tensors if tensor.dtype.is_floating_point), default=None)
    whole = max((_deviation(tensor) for tensor in tensors if not tensor.dtype.is_floating_point), default=0.0)
    return floating or (0.0 if tensors and not whole else None)


def _deviation(tensor: torch.Tensor) -> float:
    values = tensor.detach().float()
    if bool((values == values.flatten()[0]).all()):
        return 0.0
    return float(values.std(correction=0))
