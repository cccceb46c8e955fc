"""Calls in which abstract tensors may say something else than the framework, and what it says to those."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import torch

from whynorm.frameworks.torch.oracle import FULL, Answer, to_abstract
from whynorm.frameworks.torch.recorded import NeedsValues
from whynorm.frameworks.torch.twins import mapped, tensors_in

_CHEAP = 1 << 22
"""Up to so many values a question about types alone is asked with the call's own shapes."""
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


_ELEMENTWISE = frozenset({"activation", "add", "reduce", "other"})


def _smaller(question: Question, args: Sequence[Any]) -> tuple[Any, ...]:
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


def _tiny(tensor: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """A transposed convolution's input with one sample and next to no positions.

    Channels, types, and what is asked of stride, dilation and padding do not depend on either.
    """
    batched = tensor.ndim == weight.ndim
    first = tensor.shape[: 2 if batched else 1]
    shape = (*((1,) if batched else ()), *first[-1:], *(min(2, size) for size in tensor.shape[len(first) :]))
    return torch.empty(shape, dtype=tensor.dtype, device="meta")


def confirmed(question: Question, args: Any, outputs: Any, error: Exception | None) -> tuple[Any, Exception | None]:
    """What the framework says, in place of what abstract tensors said, where those are in doubt.

    Raises `NeedsValues` where it cannot be asked, and the abstract tensors only said that they have no values.
    """
    if error is None and not question.doubtful(tensors_in((outputs,))):
        types = question.doubtful_types()
        if types is None:
            return outputs, None
        tried = question.ask(_smaller(question, args))
        if not tried.asked or tried.raised is None:
            _taken.add(types)
            return outputs, None
        if question.role == "other" and sum(tensor.numel() for tensor in question.given) > _CHEAP:
            return outputs, None
    if error is None and question.weight is not None and isinstance(args[0], torch.Tensor) and args[0].numel():
        small = _tiny(args[0], question.weight)
        key = (question.kind, small.shape, small.dtype, question.weight.shape, question.weight.dtype)
        if key in _taken:
            return outputs, None
        tried = question.ask((small, *args[1:]))
        if tried.asked and tried.raised is None:
            if question.kind_is_all:
                _taken.add(key)
            return outputs, None
    whole = question.whole(args) if error is None else None
    if whole is not None and whole in _taken:
        return outputs, None
    answer = question.ask(args)
    if not answer.asked:
        if error is not None and speaks_of_meta(error):
            raise NeedsValues(str(error))
        return outputs, error
    if answer.raised is not None:
        return None, answer.raised
    if error is None and _shapes(answer.outputs) == _shapes(outputs):
        if whole is not None:
            _taken.add(whole)
        return outputs, None
    return to_abstract(answer.outputs), None


def speaks_of_meta(error: BaseException) -> bool:
    """Whether an error is about abstract tensors having no values or no kernel, not about the call."""
    text = str(error)
    return "meta" in text.lower() or (isinstance(error, NotImplementedError) and "aten::" in text)


def _shapes(value: Any) -> list[tuple[int, ...]]:
    return [tuple(tensor.shape) for tensor in tensors_in((value,))]
