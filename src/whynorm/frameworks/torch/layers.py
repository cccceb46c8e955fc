"""How a layer of torch is described: its role, how it was built, its settings."""

import functools
import inspect
from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from whynorm.facts import Role
from whynorm.frameworks.torch.versions import NORMS

_PADS = tuple(getattr(nn, name) for name in dir(nn) if name.endswith(("Pad1d", "Pad2d", "Pad3d")))
_GLOBAL = tuple(getattr(nn, name) for name in dir(nn) if name.startswith("Adaptive") and "Pool" in name)
_POOLS = tuple(getattr(nn, name) for name in dir(nn) if "Pool" in name and not name.startswith("Adaptive"))

_ROLES: tuple[tuple[tuple[type, ...], Role], ...] = (
    (NORMS, "norm"),
    ((nn.modules.conv._ConvTransposeNd,), "transposed-conv"),
    ((nn.modules.conv._ConvNd,), "conv"),
    (_PADS, "pad"),
    (_POOLS, "pool"),
    ((nn.Upsample, nn.PixelShuffle, nn.PixelUnshuffle), "upsample"),
    ((nn.Linear, nn.Bilinear), "linear"),
    ((nn.Flatten, nn.Unflatten, nn.Fold, nn.Unfold), "reshape"),
    ((nn.Embedding, nn.EmbeddingBag), "embedding"),
    ((nn.MultiheadAttention,), "attention"),
    ((nn.RNNBase, nn.RNNCellBase), "recurrent"),
    ((nn.modules.dropout._DropoutNd, nn.AlphaDropout), "dropout"),
)

_ACTIVATIONS = nn.modules.activation.__name__
_NOT_SETTINGS = {"self", "args", "kwargs", "device", "dtype", "_weight", "_freeze"}


@functools.cache
def role_of_type(layer: Any) -> Role:
    """What layers of this type do to shapes."""
    for types, role in _ROLES:
        if issubclass(layer, types):
            return role
    return "activation" if any(base.__module__ == _ACTIVATIONS for base in layer.__mro__) else "other"


def role(layer: nn.Module) -> Role:
    """What this layer does to shapes; an adaptive pooling to size one everywhere is a global one."""
    if isinstance(layer, _GLOBAL):
        wanted = layer.output_size
        sizes = wanted if isinstance(wanted, (tuple, list)) else (wanted,)
        if all(size == 1 for size in sizes):
            return "global-pool"
        return "pool"
    return role_of_type(layer.__class__)


@functools.cache
def _signature(layer: Any) -> tuple[inspect.Parameter, ...]:
    """The constructor's parameters, of the nearest class of torch when the layer's own hands them on unseen."""
    found: list[inspect.Parameter] = []
    for base in layer.__mro__:
        if "__init__" not in vars(base):
            continue
        try:
            parameters = list(inspect.signature(vars(base)["__init__"]).parameters.values())
        except (TypeError, ValueError):
            break
        found += [p for p in parameters[1:] if p.kind is not p.VAR_POSITIONAL and p.kind is not p.VAR_KEYWORD]
        if not any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in parameters):
            break
    named: dict[str, inspect.Parameter] = {}
    for parameter in found:
        named.setdefault(parameter.name, parameter)
    return tuple(named.values())


def settings(layer: nn.Module) -> dict[str, object]:
    """The constructor's arguments as the layer remembers them, in the order of its signature: plain values only."""
    known: dict[str, object] = {}
    for parameter in _signature(layer.__class__):
        name = parameter.name
        if name in _NOT_SETTINGS:
            continue
        if name == "bias" and hasattr(layer, "bias") and not isinstance(getattr(layer, "bias", None), bool):
            if layer.bias is not None or getattr(layer, "weight", None) is not None:
                known[name] = layer.bias is not None
            continue
        value = getattr(layer, name, _MISSING)
        if plain(value):
            known[name] = tuple(value) if isinstance(value, (list, tuple)) else value
    return known


_MISSING = object()


def plain(value: object) -> bool:
    """Whether a value is a number, a text, None, or a sequence of such."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return True
    return isinstance(value, (tuple, list)) and all(plain(part) for part in value)


def built_as(layer: nn.Module, name: str | None = None) -> str:
    """How the layer was built, by what differs from the defaults: `Conv2d(3, 64, 4, stride=2, padding=1)`."""
    return call_text(type(layer), settings(layer), name)


def call_text(layer: type, known: Mapping[str, object], name: str | None = None) -> str:
    """The constructor's call with these settings, those that are the default left out."""
    kind = name or layer.__name__
    parameters = _signature(layer)
    required = [p.name for p in parameters if p.default is p.empty and p.name not in _NOT_SETTINGS]
    if any(name not in known for name in required):
        return kind
    parts = [text(known[name]) for name in required]
    for parameter in parameters:
        setting = parameter.name
        if setting in required or setting not in known:
            continue
        value, default = _short(known[setting]), _short(parameter.default)
        follows_kernel = setting == "stride" and default is None and value == _short(known.get("kernel_size"))
        if value != default and not follows_kernel:
            parts.append(f"{setting}={text(value)}")
    return f"{kind}({', '.join(parts)})"


def _short(value: object) -> object:
    """One number for a tuple of equal numbers."""
    if isinstance(value, (tuple, list)) and value and all(part == value[0] for part in value):
        return value[0]
    return value


def text(value: object) -> str:
    """A setting as the user would write it."""
    return repr(_short(value))


def takes(layer: type) -> tuple[str, ...]:
    """The names of the constructor's settings."""
    return tuple(parameter.name for parameter in _signature(layer) if parameter.name not in _NOT_SETTINGS)


def required(layer: nn.Module) -> tuple[object, ...]:
    """The settings without default that come first in the constructor, as one number where all are equal."""
    known, found = settings(layer), []
    for parameter in _signature(layer.__class__):
        if parameter.default is not parameter.empty or parameter.name not in known:
            break
        found.append(_short(known[parameter.name]))
    return tuple(found)


@functools.cache
def ranks(layer: Any) -> tuple[int, ...]:
    """The ranks that layers of this type take, for those whose name says over how many axes they go.

    With and without a batch axis where torch reads both (convolutions, poolings, instance norms).
    """
    for base in layer.__mro__:
        if base.__module__.startswith("torch.nn.modules") and base.__name__[-2:] in ("1d", "2d", "3d"):
            spatial = int(base.__name__[-2])
            if issubclass(layer, nn.modules.instancenorm._InstanceNorm):
                return (spatial + 1, spatial + 2)
            if issubclass(layer, nn.modules.batchnorm._BatchNorm):
                return (2, 3) if spatial == 1 else (spatial + 2,)
            if role_of_type(layer) in ("conv", "transposed-conv", "pool", "pad") or issubclass(layer, _GLOBAL):
                return (spatial + 1, spatial + 2)
            return ()
    return ()


def is_leaf(module: nn.Module) -> bool:
    """Whether the module's forward is one of torch.nn's own that calls no module of the user's."""
    if "forward" in module.__dict__:
        return False
    if isinstance(module, torch.jit.ScriptModule):
        return True
    home = getattr(type(module).forward, "__module__", "") or ""
    if not home.startswith(("torch.nn.", "torch.ao.")):
        return False
    return isinstance(module, nn.MultiheadAttention) or (
        all(name == "parametrizations" for name in module._modules)
        and not isinstance(module, (nn.Sequential, nn.ModuleList, nn.ModuleDict))
    )
