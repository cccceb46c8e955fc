"""A backward pass through a pass in inference mode, whose statistics a later pass in training mode has moved.

Batch norm's update of its running statistics does not count as a change in place, so autograd does not see it.
"""

import math
from collections.abc import Iterator
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

import torch

if TYPE_CHECKING:
    from whynorm.frameworks.torch.histories.noted import Place, Tally

MOST_NODES = 20_000
"""Of a larger graph only so many nodes are looked at."""


class Doubted(NamedTuple):
    """A pass in inference mode with gradients, and one in training mode that follows it before a backward pass."""

    before: "Place"
    after: "Place"
    tally: "Tally"
    """The norm that is looked at."""
    mean: torch.Tensor
    var: torch.Tensor
    """Its running statistics between the two."""


class Stale(NamedTuple):
    """A backward pass went through both."""

    before: "Place"
    after: "Place"
    scale: float
    """By what factor the gradient was wrong, at the last one: the median over the channels."""
    shift: float
    """How far the mean had moved, in deviations: the median."""


def doubted(before: "Place", after: "Place", tally: "Tally") -> Doubted | None:
    """The two passes with the statistics between them; None where the norm keeps none."""
    mean, var = tally.buffers.get("running_mean"), tally.buffers.get("running_var")
    if mean is None or var is None or not mean.numel() or mean.is_meta:
        return None
    return Doubted(before, after, tally, mean.clone(), var.clone())


def stale(doubt: Doubted, tensors: object) -> Stale | None:
    """What the statistics have become when a backward pass from these tensors begins; None where it does not matter."""
    mean, var = doubt.tally.buffers.get("running_mean"), doubt.tally.buffers.get("running_var")
    if mean is None or var is None or not _goes_through(tensors, var):
        return None
    before, now = doubt.var.double().cpu().tolist(), var.double().cpu().tolist()
    moved = (mean - doubt.mean).abs().double().cpu().tolist()
    deviations = [math.sqrt(max(one, 1e-12)) for one in before]
    scale = median(deviation / math.sqrt(max(one, 1e-12)) for deviation, one in zip(deviations, now, strict=True))
    shift = median(far / deviation for far, deviation in zip(moved, deviations, strict=True))
    return Stale(doubt.before, doubt.after, scale, shift)


def _goes_through(tensors: object, var: torch.Tensor) -> bool:
    """Whether the graph behind these tensors has a batch norm in inference mode that uses this very variance."""
    norms = (node for node in _nodes(tensors) if "BatchNorm" in node.name() and hasattr(node, "_saved_training"))
    try:
        held = [node._saved_running_var for node in norms if not node._saved_training]
    except RuntimeError:  # what it saved is gone, or has changed: the backward pass will say so itself
        return False
    return any(one is not None and one.data_ptr() == var.data_ptr() for one in held)


def _nodes(tensors: object) -> Iterator[Any]:
    roots = tensors if isinstance(tensors, list | tuple) else (tensors,)
    waiting: list[Any] = [one.grad_fn for one in roots if isinstance(one, torch.Tensor) and one.grad_fn is not None]
    met = set(waiting)
    while waiting and len(met) < MOST_NODES:
        node = waiting.pop()
        yield node
        for above, _ in node.next_functions:
            if above is not None and above not in met:
                met.add(above)
                waiting.append(above)
