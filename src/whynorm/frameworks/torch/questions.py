"""What the oracle is asked of a call in doubt: a layer's, or a function's."""

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import nn

from whynorm.frameworks.torch import oracle
from whynorm.frameworks.torch.doubt import Question


def of_layer(
    module: nn.Module,
    role: str,
    args: Any,
    kwargs: Any,
    given: Sequence[torch.Tensor],
    own: Sequence[torch.Tensor],
    odd: bool,
) -> Question:
    """The question whether a layer takes what it is given; `own` are its own tensors of floating point."""
    name = type(module).__name__
    transposed: Any = module if role == "transposed-conv" else None
    return Question(
        role,
        (name, module.training, *_present(module)) if transposed is None else (name, *_settings(transposed)),
        given,
        own,
        lambda args: oracle.ask_layer(module, args, kwargs, given),
        None if transposed is None else transposed.weight,
        transposed is not None and len(args) == 1 and not kwargs,
        odd,
    )


def of_function(
    func: Any, role: str, args: tuple[Any, ...], kwargs: dict[str, Any], given: Sequence[torch.Tensor], odd: bool
) -> Question:
    """The question whether a function takes what it is given."""
    name = func.__name__
    return Question(
        role,
        (name, *_pattern(args, kwargs)),
        given,
        (),
        lambda args: oracle.ask_function(func, args, kwargs, given),
        given[1] if name.startswith("conv_transpose") and len(given) > 1 else None,
        False,
        odd,
        kwargs,
    )


def _present(module: nn.Module) -> Iterator[str]:
    """The parameters that a layer has; which it was built without decides as much as their types."""
    return (name for name, parameter in module._parameters.items() if parameter is not None)


def _settings(layer: Any) -> tuple[object, ...]:
    """What a transposed convolution's legality depends on, beside its weight and its input."""
    return layer.stride, layer.padding, layer.output_padding, layer.dilation, layer.groups, layer.bias is None


def _pattern(args: Any, kwargs: dict[str, Any]) -> Iterator[object]:
    """Which arguments are tensors, and what flags are given: the same types elsewhere are another question."""
    for name, value in itertools.chain(enumerate(args), kwargs.items()):
        if isinstance(value, (torch.Tensor, bool)):
            yield name, True if isinstance(value, torch.Tensor) else str(value)
