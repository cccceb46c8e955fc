"""What the framework itself says of one operation, where abstract tensors are in doubt.

The operation is asked on real tensors of its own shapes; large ones hold no memory (one value, expanded). A layer
is asked as a copy that shares nothing with the user's: its weights are stand-ins as well, and its state is its own.
"""

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import torch
from torch import nn

from whynorm.frameworks.torch.twins import abstract, mapped, tensors_in
from whynorm.frameworks.torch.versions import bare, is_uninitialized

FULL = 1 << 16
"""Up to so many values a stand-in is a real tensor with its own strides; above it is one value, expanded."""
LARGEST = 1 << 28
"""Above so many values in all nothing is asked: a legal call is computed in full."""


class Answer(NamedTuple):
    """The framework's answer: an error, or outputs; neither where it could not be asked."""

    raised: Exception | None = None
    outputs: Any = None
    asked: bool = True


NOT_ASKED = Answer(asked=False)


def stand_in(tensor: torch.Tensor) -> torch.Tensor:
    """A real tensor of this shape and type, of zeros; the tensor itself if it is real already."""
    if not tensor.is_meta or is_uninitialized(tensor):
        return tensor
    if tensor.numel() <= FULL:
        size = 1 + sum(
            (length - 1) * step for length, step in zip(tensor.shape, tensor.stride(), strict=True) if length
        )
        made = torch.zeros(max(size, 1), dtype=tensor.dtype).as_strided(tensor.shape, tensor.stride())
    else:
        made = torch.zeros((), dtype=tensor.dtype).expand(tensor.shape)
    return made.requires_grad_() if tensor.requires_grad else made  # some kernels choose their way by it


def _state(tensor: torch.Tensor | None) -> torch.Tensor | None:
    """A stand-in for a buffer, which the layer may write to."""
    if tensor is None or is_uninitialized(tensor):
        return tensor
    return torch.ones(tensor.shape, dtype=tensor.dtype) if tensor.is_meta else tensor.clone()


def copy_of(layer: nn.Module) -> nn.Module:
    """The layer with stand-ins for its tensors; what it holds below is copied likewise."""
    kind: Any = type(layer)
    copy: nn.Module = kind.__new__(kind)
    copy.__dict__ = {**layer.__dict__}
    copy.__dict__["_parameters"] = {name: _parameter(value) for name, value in layer._parameters.items()}
    copy.__dict__["_buffers"] = {name: _state(value) for name, value in layer._buffers.items()}
    copy.__dict__["_modules"] = {name: None if sub is None else copy_of(sub) for name, sub in layer._modules.items()}
    for name, value in layer.__dict__.items():
        if isinstance(value, list) and value and isinstance(value[0], torch.Tensor):
            copy.__dict__[name] = [stand_in(part) for part in value]
    return copy


def _parameter(tensor: torch.Tensor | None) -> torch.Tensor | None:
    if tensor is None or is_uninitialized(tensor):
        return tensor
    return torch.Tensor._make_subclass(nn.Parameter, stand_in(tensor.detach()), tensor.requires_grad)


def ask_layer(
    layer: nn.Module, args: Sequence[Any], kwargs: Mapping[str, Any], known: Sequence[torch.Tensor] = ()
) -> Answer:
    """What the layer's own `forward` says to these inputs; `known` are the real tensors behind them, in order."""
    return _ask(lambda: copy_of(layer), args, kwargs, known)


def ask_function(
    func: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any], known: Sequence[torch.Tensor] = ()
) -> Answer:
    """What the function says to these inputs; `known` are the real tensors behind them, in order."""
    return _ask(lambda: func, args, kwargs, known)


def _ask(
    made: Callable[[], Callable[..., Any]],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    known: Sequence[torch.Tensor],
) -> Answer:
    given = tensors_in((args, kwargs))
    if sum(tensor.numel() for tensor in given) > LARGEST:
        return NOT_ASKED
    real = {id(tensor): stand_in(tensor) for tensor in given}
    if len(known) == len(given):
        real.update((id(tensor), seen.clone()) for tensor, seen in zip(given, known, strict=True) if not seen.is_meta)
    with bare(), torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            called = made()
            outputs = called(
                *mapped(tuple(args), lambda tensor: real[id(tensor)]),
                **mapped(dict(kwargs), lambda tensor: real[id(tensor)]),
            )
        except Exception as raised:  # noqa: BLE001  the answer, whatever the framework says
            raised.__traceback__ = raised.__context__ = None
            return Answer(raised)
    back = {id(standing): tensor for tensor, standing in ((tensor, real[id(tensor)]) for tensor in given)}
    return Answer(outputs=mapped(outputs, lambda tensor: back.get(id(tensor), tensor)))


def to_abstract(value: Any) -> Any:
    """Outputs of a real call as abstract tensors."""
    return mapped(value, lambda tensor: tensor if tensor.is_meta else abstract(tensor))
