"""What stands before a norm in the network, and works against it: dropout, or another norm."""

import itertools
import weakref
from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

from whynorm.facts.measured import Order
from whynorm.facts.reading import Reading
from whynorm.frameworks.torch import layers
from whynorm.frameworks.torch.forward import run_really
from whynorm.frameworks.torch.record import Pass
from whynorm.frameworks.torch.steps import ModuleCall
from whynorm.frameworks.torch.twins import tensors_in
from whynorm.frameworks.torch.versions import NORMS
from whynorm.source.handed import follows

MOST_WEIGHTS = 1 << 22
MOST_VALUES = 1 << 20
_BETWEEN = ("conv", "transposed-conv", "linear", "activation", "reshape")

_looked_into: "weakref.WeakSet[nn.Module]" = weakref.WeakSet()


def order(norm: nn.Module, reading: Reading, root: ModuleCall) -> Order | None:
    """What stands before this norm, in the order in which layers were registered: to be followed, not yet a fact.

    Where dropout stands before a batch norm that learns, the norm's variance is measured with dropout and without.
    """
    before = list(_before(norm, root.module))
    if before and isinstance(before[0], NORMS) and _is_fed(before[0], norm, root.module):
        return Order("norm")
    if not reading.parameter_axes and reading.family in ("instance", "layer") and _is_last(norm, root.module):
        return Order("last")
    if reading.family != "batch" or not norm.training or root.module in _looked_into:
        return None
    dropped = next((one for one in before if layers.role(one) not in _BETWEEN), None)
    if not isinstance(dropped, nn.modules.dropout._DropoutNd) or not dropped.p or not dropped.training:
        return None
    _looked_into.add(root.module)
    return Order("dropout", _shift(norm, root))


def _before(norm: nn.Module, root: nn.Module) -> Iterator[nn.Module]:
    """The layers that were registered before this one, nearest first."""
    leaves: list[nn.Module] = [module for module in root.modules() if not module._modules]
    place = next((number for number, module in enumerate(leaves) if module is norm), 0)
    yield from reversed(leaves[max(0, place - 6) : place])


def _is_last(norm: nn.Module, root: nn.Module) -> bool:
    """Whether the norm was registered last of all layers."""
    return [module for module in root.modules() if not module._modules][-1] is norm


def _is_fed(first: nn.Module, second: nn.Module, root: nn.Module) -> bool:
    """Whether two layers stand one behind the other in a sequence, or in the source of a `forward`."""
    for module in root.modules():
        parts = list(module._modules.items())
        for (one, former), (two, latter) in itertools.pairwise(parts):
            if former is first and latter is second:
                return isinstance(module, nn.Sequential) or follows(type(module).forward, one, two)
    return False


def _shift(norm: nn.Module, root: ModuleCall) -> float | None:
    """By what factor dropout raises the variance that the norm gets, in the mean over channels."""
    values = sum(one.numel() for one in tensors_in((root.args, root.kwargs)))
    if values > MOST_VALUES or sum(one.numel() for one in root.module.parameters()) > MOST_WEIGHTS:
        return None
    found: list[torch.Tensor] = []

    def noting(recorded: Pass, module: nn.Module | None) -> None:
        def before(args: Any, kwargs: Any) -> tuple[Any, Any]:
            axes = [axis for axis in range(args[0].ndim) if axis != 1]
            found.append(args[0].detach().float().var(axes, correction=0))
            return args, kwargs

        recorded.before_call[id(norm)] = before

    def without(recorded: Pass, module: nn.Module | None) -> None:
        noting(recorded, module)
        for part in module.modules() if module is not None else ():
            if isinstance(part, nn.modules.dropout._DropoutNd):
                part.training = False

    for prepare in (noting, without):
        run_really(root.module, root.args, root.kwargs, prepare)
    if len(found) != 2 or not bool((found[1] > 0).any()):
        return None
    varies = found[1] > 0
    return float((found[0][varies] / found[1][varies]).mean())
