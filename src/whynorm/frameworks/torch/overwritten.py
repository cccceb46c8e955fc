"""A backward pass that finds a buffer overwritten: whose buffer it is, told by its sizes and its version."""

import gc
import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from whynorm.facts import Trace, Trial, Verdict
from whynorm.facts.change import Change, Renew
from whynorm.frameworks.room import Followed
from whynorm.frameworks.torch.follow import framework
from whynorm.frameworks.torch.forward import undisturbed
from whynorm.frameworks.torch.outside import at_fault
from whynorm.frameworks.torch.recorded import raised_of
from whynorm.frameworks.torch.steps import Step
from whynorm.frameworks.torch.versions import is_uninitialized
from whynorm.source.writes import writes

_SAID = re.compile(r"inplace operation: \[?[\w.]+ \[([\d, ]*)\]\]?.* is at version (\d+); expected version (\d+)")


def overwritten(exception: BaseException, steps: Sequence[Step]) -> Followed | None:
    """The layer whose buffer was overwritten; without any call where it is no layer's. None for other errors."""
    said = _SAID.search(str(exception))
    if said is None:
        return None
    raised = raised_of(exception)
    shape = tuple(int(size) for size in said[1].split(",") if size.strip())
    version, expected = int(said[2]), int(said[3])
    modules = [one for one in gc.get_objects() if issubclass(type(one), nn.Module)]  # isinstance runs lazy objects
    found = next(_holders(modules, shape, version), None)
    made = "which is output" in str(exception)  # by an operation: no buffer, which is a leaf of the graph
    if found is None or made or _is_parameter(modules, shape, version):
        return Followed(framework(), "raises", Trace(), raised=raised)
    layer, names = found
    root, path = _root(modules, layer)
    call = at_fault(root, path, layer, steps, raised)._replace(role="norm")
    hints = {
        "overwritten": {
            "buffers": names,
            "version": version,
            "expected": expected,
            "written": writes(names, type(layer).__name__),
        },
        "parallel": any(type(one).__name__ == "DistributedDataParallel" for one in modules),
    }
    trial = _trial(layer)
    return Followed(framework(), "raises", Trace((), (call,)), raised=raised, hints=hints, trial=lambda _: trial)


def _trial(layer: nn.Module) -> Trial:
    """Two passes of a copy of the layer and one backward pass, with its buffers changed in between."""

    def tried(changes: Sequence[Change]) -> Verdict:
        change = changes[0]
        if not isinstance(change, Renew) or sum(weight.numel() for weight in layer.parameters()) > _LARGEST:
            return Verdict(None)
        for shape in _inputs(layer, change.buffers):
            if _goes_back(layer, change.buffers, shape, anew=False) is False:
                return Verdict(_goes_back(layer, change.buffers, shape, anew=True))
        return Verdict(None)  # it is not what was met

    return tried


_LARGEST = 1 << 24
"""A layer of more weights than these is not copied."""


def _inputs(layer: nn.Module, names: Sequence[str]) -> Iterator[tuple[int, ...]]:
    """The shapes that the layer may take: its input is gone when the backward pass fails."""
    channels = layer._buffers[names[0]]
    assert channels is not None
    for axes in range(4):
        yield (4, channels.shape[-1] if channels.ndim == 1 else channels.shape[min(1, channels.ndim - 1)], *(2,) * axes)


def _goes_back(layer: nn.Module, names: Sequence[str], shape: tuple[int, ...], *, anew: bool) -> bool | None:
    """Whether the backward pass goes through where buffers are written into, or replaced, after the first pass.

    None where the layer takes no input of this shape.
    """
    copy: Any = deepcopy(layer)
    given = torch.zeros(shape, dtype=copy._buffers[names[0]].dtype, requires_grad=True)
    with undisturbed(), torch.enable_grad(), _Renewing(copy, names if anew else ()):
        try:
            first = copy(given)
            if isinstance(layer, nn.modules.batchnorm._NormBase):
                with torch.no_grad():
                    for name in names:
                        getattr(copy, name).add_(0)
            both = first.sum() + copy(given).sum()
        except Exception:  # noqa: BLE001  whatever a layer raises, it does not take this input
            return None
        try:
            both.backward()
        except RuntimeError:
            return False
    return True


class _Renewing(TorchFunctionMode):  # type: ignore[misc]
    """What would write into a buffer puts a new tensor in its place."""

    def __init__(self, layer: nn.Module, names: Sequence[str]) -> None:
        super().__init__()
        self.layer = layer
        self.names = names

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Make the call, on a copy of the buffer where it is one that writes."""
        written = func.__name__
        if written == "__setitem__" or (written.endswith("_") and not written.endswith("__")) or written in _AUGMENTED:
            for name in self.names:
                if args and args[0] is self.layer._buffers[name]:
                    self.layer._buffers[name] = new = args[0].clone()
                    args = (new, *args[1:])
        return func(*args, **(kwargs or {}))


_AUGMENTED = ("__iadd__", "__isub__", "__imul__", "__idiv__", "__itruediv__")


def _holders(
    modules: Sequence[nn.Module], shape: tuple[int, ...], version: int
) -> Iterator[tuple[nn.Module, tuple[str, ...]]]:
    """The layers that have buffers of this shape and version, and the buffers' names."""
    for module in modules:
        names = tuple(name for name, buffer in module._buffers.items() if _fits(buffer, shape, version))
        if names:
            yield module, names


def _is_parameter(modules: Sequence[nn.Module], shape: tuple[int, ...], version: int) -> bool:
    """Whether a weight may be meant as well, which an optimiser has moved on."""
    return any(_fits(weight, shape, version) for module in modules for weight in module._parameters.values())


def _fits(tensor: object, shape: tuple[int, ...], version: int) -> bool:
    if not isinstance(tensor, torch.Tensor) or is_uninitialized(tensor) or tensor.is_inference():
        return False
    return tuple(tensor.shape) == shape and tensor._version == version


def _root(modules: Sequence[nn.Module], layer: nn.Module) -> tuple[nn.Module, str]:
    """The network that a layer stands in, without what only wraps it, and the layer's path."""
    held = {id(child): (module, name) for module in modules for name, child in module._modules.items()}
    names: list[str] = []
    while id(layer) in held:
        parent, name = held[id(layer)]
        if type(parent).__module__.startswith("torch.nn.parallel.") or len(names) > 100:
            break
        names.append(name)
        layer = parent
    return layer, ".".join(reversed(names))
