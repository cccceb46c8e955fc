"""What the framework itself says of one operation, where abstract tensors are in doubt.

The operation is asked on real tensors of its own shapes; large ones hold no memory (one value, expanded). A layer
is asked as a copy that shares nothing with the user's: its weights are stand-ins as well, and its state is its own.
"""

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import torch
from torch import nn

from whynorm.frameworks.torch.twins import abstract, mapped, tensors_in
from whynorm.frameworks.torch.versions import bare, is_uninitialized

FULL = 1 << 16
"""Up to so many values a stand-in is a real tensor with its own strides; above it is one value, expanded."""
LARGEST = 1 << 28
"""Above so many values in all nothing is asked: a legal call is computed in full."""
CHEAP = 1 << 22
"""Up to so many values a question about types alone is asked with the call's own shapes."""


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


_PLAIN = frozenset({torch.float32, torch.float64})
_BY_TYPE = frozenset({"norm", "pool", "global-pool", "upsample", "pad", "activation", "add", "reduce", "other"})
"""Roles whose kernels differ by type on the CPU, where abstract tensors take every type."""
_BY_MIXTURE = frozenset({"conv", "transposed-conv", "linear", "attention", "recurrent"})
"""Roles that take one type at a time, where abstract tensors may take several."""
_PRODUCTS = frozenset({"matmul", "bmm", "mm", "addmm", "baddbmm", "mv", "dot"})
_taken: set[tuple[object, ...]] = set()
"""Types that a kind of call was seen to take, for inputs of this rank."""


def beyond_doubt(
    role: str, given: Sequence[torch.Tensor], parameters: Sequence[torch.Tensor], results: Sequence[torch.Tensor]
) -> bool:
    """Whether a call that passed on abstract tensors leaves nothing to ask: one plain type, and no axis is empty."""
    first = given[0].dtype
    if first not in _PLAIN or role == "transposed-conv" or role == "embedding":
        return False
    for tensor in given:
        if tensor.dtype is not first or 0 in tensor.shape:
            return False
    for tensor in parameters:
        if tensor.dtype is not first:
            return False
    for tensor in results:  # noqa: SIM110  asked of every call: a generator costs more than what it asks
        if 0 in tensor.shape:
            return False
    return True


class Question(NamedTuple):
    """One call about which the framework may be asked."""

    role: str
    kind: tuple[object, ...]
    """What is called, and in which mode: what else than types and shapes the answer depends on."""
    given: Sequence[torch.Tensor]
    parameters: Sequence[torch.Tensor]
    ask: Callable[[Any], Answer]
    """Asks with these positional arguments."""
    weight: torch.Tensor | None = None
    """A transposed convolution's weight."""
    kind_is_all: bool = False
    """Whether `kind` holds every setting of the call, so that its answer may be remembered."""
    odd: bool = False
    """The call is in doubt whatever its shapes are."""
    named: Mapping[str, Any] | None = None
    """The keywords of a function's call; None of a layer's."""

    def doubtful(self, outputs: Sequence[torch.Tensor]) -> bool:
        """Whether abstract tensors may have let pass what the framework refuses, by the shapes.

        Transposed convolutions, real indices into an embedding or ones that are no whole numbers, and whatever takes
        or makes an empty axis.
        """
        if self.odd or self.role == "transposed-conv":
            return True
        if self.role == "embedding":
            return self.given[0].is_floating_point() or any(not tensor.is_meta for tensor in self.given)
        return any(0 in tensor.shape for tensor in (*self.given, *outputs))

    def doubtful_types(self) -> tuple[object, ...] | None:
        """What to remember once the framework took these types, where abstract tensors cannot tell; None: no doubt."""
        types = tuple([tensor.dtype for tensor in (*self.given, *self.parameters)])
        mixes = self.role in _BY_MIXTURE or self.kind[0] in _PRODUCTS
        if not types or not (mixes or self.role in _BY_TYPE):
            return None
        first = types[0]
        if (first in _PLAIN or mixes) and all(dtype == first for dtype in types):
            return None
        key = (self.kind, types, self.given[0].ndim, len(self.given))
        return None if key in _taken else key

    def whole(self, args: Sequence[Any]) -> tuple[object, ...] | None:
        """All that the answer to a function's call depends on, where that is plain: shapes, types, numbers."""
        if self.named is None or any(not tensor.is_meta for tensor in self.given):
            return None
        parts = tuple(_plainly((*args, *self.named.items())))
        return None if _OTHER in parts else (self.kind, parts)


_OTHER = object()


def _plainly(values: Sequence[Any]) -> Iterator[object]:
    """The values one after another, by what they are; `_OTHER` for one that is neither a tensor nor plain."""
    for value in values:
        if isinstance(value, torch.Tensor):
            yield tuple(value.shape), value.stride(), value.dtype
        elif isinstance(value, (tuple, list)):
            yield type(value), len(value)
            yield from _plainly(value)
        else:
            yield (type(value), value) if value is None or isinstance(value, (bool, int, float, str)) else _OTHER


def taken(key: tuple[object, ...]) -> None:
    """Remember that the framework takes these types."""
    _taken.add(key)


def was_taken(key: tuple[object, ...]) -> bool:
    """Whether the framework took these types before."""
    return key in _taken


_ELEMENTWISE = frozenset({"activation", "add", "reduce", "other"})


def smaller(question: Question, args: Sequence[Any]) -> tuple[Any, ...]:
    """The arguments with tensors of the same types and ranks, with which computing costs little.

    Sizes are cut, all alike where they meet each other one by one; else the batch is one of two.
    """
    if all(tensor.numel() <= FULL for tensor in question.given):
        return tuple(args)
    alike = question.role in _ELEMENTWISE

    def cut(tensor: torch.Tensor) -> torch.Tensor:
        if alike:
            return torch.empty([min(size, 8) for size in tensor.shape], dtype=tensor.dtype, device="meta")
        if tensor.numel() <= FULL:
            return tensor
        return torch.empty((min(2, tensor.shape[0]), *tensor.shape[1:]), dtype=tensor.dtype, device="meta")

    changed: tuple[Any, ...] = mapped(tuple(args), cut)
    return changed


def tiny(tensor: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """A transposed convolution's input with one sample and next to no positions.

    Channels, types, and what is asked of stride, dilation and padding do not depend on either.
    """
    batched = tensor.ndim == weight.ndim
    first = tensor.shape[: 2 if batched else 1]
    shape = (*((1,) if batched else ()), *first[-1:], *(min(2, size) for size in tensor.shape[len(first) :]))
    return torch.empty(shape, dtype=tensor.dtype, device="meta")
