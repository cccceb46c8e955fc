"""Running statistics learnt anew from the batches that were looked at while the program ran, and what they fit then."""

from collections.abc import Sequence
from typing import NamedTuple

import torch

from whynorm.facts.change import Relearn
from whynorm.facts.history import Gap, Statistics
from whynorm.frameworks.torch.histories.samples import Sample, gap, mean_of


class Batch(NamedTuple):
    """One batch that a norm got."""

    place: object
    """Which place of the program it came from."""
    learns: bool
    """Whether it came in training mode, with gradients."""
    sample: Sample


LATEST = 2
Learnt = tuple[torch.Tensor, torch.Tensor]
"""A mean and a variance for each channel."""


def relearnt(change: Relearn, taken: Sequence[Batch], statistics: Statistics) -> Statistics | None:
    """The statistics as they would be, and how far what comes in lies from them; None: nothing to learn from.

    What a norm gets does not depend on running statistics while the norms before it are in training mode; so these
    are the very batches from which it would learn. Two kinds of batches are compared with what is learnt from them
    while the weights are the same; else it is what inference got.
    """
    finite = [one for one in taken if bool(one.sample.mean.isfinite().all() and one.sample.var.isfinite().all())]
    learning = _latest([one for one in finite if one.learns] or finite)
    if not learning:
        return None
    places = dict.fromkeys(one.place if change.batches == "apart" else None for one in learning)
    learnt = [
        _learnt([one.sample for one in learning if place in (None, one.place)], together=change.batches == "together")
        for place in places
    ]
    used = [one for one in finite if not one.learns] if change.batches == "each" else learning
    gaps = [_own(one.sample, learnt) for one in used]
    return statistics._replace(
        initial=False,
        finite=True,
        rounded=None,
        domains=None,
        begun=None,
        farthest=None,
        gap=max(gaps, key=lambda one: one.mean) if gaps else None,
    )


def _latest(taken: Sequence[Batch]) -> list[Batch]:
    """The last ones of each place: weights were others before, and so was what a norm behind them got."""
    places = dict.fromkeys(one.place for one in taken)
    return [one for place in places for one in [one for one in taken if one.place == place][-LATEST:]]


def _learnt(samples: Sequence[Sample], *, together: bool) -> Learnt:
    """A plain average over these batches; `together`: of one batch that they make."""
    mean = mean_of([one.mean.double().cpu() for one in samples], samples)
    apart = [(one.mean.double().cpu() - mean).square() if together else torch.zeros_like(mean) for one in samples]
    return mean, mean_of([one.var.double().cpu() + far for one, far in zip(samples, apart, strict=True)], samples)


def _own(sample: Sample, learnt: Sequence[Learnt]) -> Gap:
    """How far a batch lies from the statistics of its own kind, which are the nearest."""
    gaps = [gap([sample._replace(running_mean=mean, running_var=var)]) for mean, var in learnt]
    return min((one for one in gaps if one is not None), key=lambda one: one.mean)
