"""A backward pass that finds a buffer overwritten: whose buffer it is, told by its sizes and its version."""

import gc
import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any

import torch
from torch import nn

from whynorm.facts import Call, Trace, Trial, Verdict
from whynorm.facts.change import Change, Renew
from whynorm.frameworks.room import Followed
from whynorm.frameworks.torch import layers, places
from whynorm.frameworks.torch.follow import framework
from whynorm.frameworks.torch.forward import undisturbed
from whynorm.frameworks.torch.record import raised_of
from whynorm.frameworks.torch.steps import Step
from whynorm.frameworks.torch.versions import is_uninitialized

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
    settings = layers.settings(layer)
    line = next((step for step in reversed(steps) if places.owner(step.file) == "user"), None)
    call = Call(
        type(layer).__name__,
        "norm",
        path,
        layers.built_as(layer),
        arguments=settings,
        training=layer.training,
        location=None if line is None else places.location((line.file, line.line)),
        built=places.built(root, path, layer, tuple(settings.values())),
        raised=raised,
    )
    hints = {
        "overwritten": {"buffers": names, "version": version, "expected": expected},
        "parallel": any(type(one).__name__ == "DistributedDataParallel" for one in modules),
    }
    trial = _trial(layer)
    return Followed(framework(), "raises", Trace((), (call,)), raised=raised, hints=hints, trial=lambda _: trial)


def _trial(layer: nn.Module) -> Trial:
    """Two passes of a copy of the layer and one backward pass, with its buffers changed in between."""

    def tried(changes: Sequence[Change]) -> Verdict:
        change = changes[0]
        if not isinstance(change, Renew) or not isinstance(layer, nn.modules.batchnorm._NormBase):
            return Verdict(None)
        if _goes_back(layer, change.buffers, anew=False):
            return Verdict(None)  # it is not what was met
        return Verdict(_goes_back(layer, change.buffers, anew=True))

    return tried


def _goes_back(layer: nn.Module, names: Sequence[str], *, anew: bool) -> bool:
    """Whether the backward pass goes through where buffers are written into, or replaced, after the first pass."""
    copy: Any = deepcopy(layer)
    axes = _AXES.get(type(layer).__name__[-2:], 0)
    given = torch.zeros(4, copy.num_features, *(2,) * axes, dtype=copy.running_var.dtype, requires_grad=True)
    with undisturbed(), torch.enable_grad():
        first = copy(given)
        with torch.no_grad():
            for name in names:
                if anew:
                    setattr(copy, name, getattr(copy, name).clone())
                else:
                    getattr(copy, name).add_(0)
        try:
            (first.sum() + copy(given).sum()).backward()
        except RuntimeError:
            return False
    return True


_AXES = {"1d": 1, "2d": 2, "3d": 3}


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
