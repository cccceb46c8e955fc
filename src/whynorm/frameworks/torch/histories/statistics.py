"""A norm's running statistics against the samples that were taken of its input."""

from collections.abc import Sequence

import torch

from whynorm.facts.history import Begun, Statistics
from whynorm.frameworks.torch.experiments import HALF
from whynorm.frameworks.torch.histories.noted import Place, Taken, Tally, is_finite
from whynorm.frameworks.torch.histories.samples import Sample, are_initial, gap, mean_of, median_of
from whynorm.frameworks.torch.recorded import dtype_name


def _is_scaled(tally: Tally) -> bool:
    """Whether the norm's scale is not 1 and its shift not 0, by the values that were looked at."""
    values = next(reversed(tally.own.values()), ())
    half = len(values) // 2
    return any(one != 1 for one in values[:half]) and any(one != 0 for one in values[half:])


def is_initial(tally: Tally) -> bool:
    """Whether the running statistics are still 0 and 1."""
    mean, variance = tally.buffers.get("running_mean"), tally.buffers.get("running_var")
    return mean is not None and variance is not None and are_initial(mean, variance)


def statistics_of(tally: Tally) -> Statistics:
    """The running statistics of a norm, and how they fit what came in."""
    counted = tally.buffers.get("num_batches_tracked")
    trained = [one for one in tally.samples if one.training and one.place.grad]
    each = 1 + max((one.number for one in tally.samples), default=0)
    inferred = [one.sample for one in tally.samples if not one.training][-3 * each :]
    spread = _spread([one.sample for one in trained])
    momentum, variance = momentum_of(tally), tally.buffers.get("running_var")
    return Statistics(
        initial=is_initial(tally),
        finite=is_finite(tally),
        updates=int(counted) if counted is not None else None,
        momentum=momentum,
        gap=gap(_settled(inferred, momentum)),
        scatter=_scatter([one.sample for one in trained]),
        domains=_domains(trained),
        rounded=_rounded([one.sample for one in trained], momentum),
        dtype="float32" if variance is None else dtype_name(variance.dtype),
        scaled=_is_scaled(tally),
        apart=max((one for one in (_scatter(inferred), _spread(inferred)) if one is not None), default=None),
        farthest=max((one.mean for sample in inferred if (one := gap([sample])) is not None), default=None),
        spread=spread,
        begun=_begun(tally, [one.sample for one in trained], momentum),
    )


def _begun(tally: Tally, trained: Sequence[Sample], momentum: float | None) -> Begun | None:
    """How far the statistics at the end lie from what they were to learn, where they began at 0 and 1."""
    mean, variance, counted = (tally.buffers.get(name) for name in _STATISTICS)
    if not trained or not trained[0].initial or not momentum or mean is None or variance is None or counted is None:
        return None
    far = gap([one._replace(running_mean=mean, running_var=variance) for one in trained if len(one.mean) == len(mean)])
    steps = int(counted)
    return None if far is None else Begun(steps, (1 - momentum) ** steps, far.mean, far.ratio)


_STATISTICS = ("running_mean", "running_var", "num_batches_tracked")


def _settled(samples: Sequence[Sample], momentum: float | None) -> Sequence[Sample]:
    """Those at which the running statistics had been learnt as far as nine tenths, if there are any."""
    if momentum is None:
        return samples
    return [one for one in samples if one.updates is None or (1 - momentum) ** one.updates < 0.1] or samples


def momentum_of(tally: Tally) -> float | None:
    """The norm's momentum; None where it averages over all batches, or none is known."""
    norm = tally.norm()
    if norm is None and tally.described is not None:
        found = tally.described.call.arguments.get("momentum")
    else:
        found = getattr(norm, "momentum", None)
    return found if isinstance(found, int | float) else None


def _scatter(samples: Sequence[Sample]) -> float | None:
    """How far the means of batches lie from each other."""
    if len(samples) < 2:
        return None
    means = torch.stack([one.mean.double().cpu() for one in samples])
    within = torch.stack([one.var.double().cpu() for one in samples]).mean(0)
    return median_of(means.std(0) / within.clamp(min=1e-12).sqrt())


def _spread(samples: Sequence[Sample]) -> float | None:
    """How far the means of a batch's samples lie from each other."""
    spread = [
        one.spread.double().cpu() / one.var.double().cpu().sqrt().clamp(min=1e-6)
        for one in samples
        if one.spread is not None
    ]
    return median_of(torch.stack(spread).mean(0)) if spread else None


def are_numbered(samples: Sequence[Taken]) -> bool:
    """Whether the first and the second call of the norm in each pass are told apart: where there are two."""
    return max((one.number for one in samples), default=0) == 1


def _domains(samples: Sequence[Taken]) -> float | None:
    """How far the means of the two places lie from each other that differ most; or of two calls in one pass."""
    apart = are_numbered(samples)
    by_kind: dict[tuple[Place, int], list[Sample]] = {}
    for one in samples:
        by_kind.setdefault((one.place, one.number * apart), []).append(one.sample)
    means = {kind: mean_of([one.mean for one in taken], taken) for kind, taken in by_kind.items() if len(taken) > 1}
    pairs = [(one, other) for one in means for other in means if _in_turn(one, other)]
    if not samples:
        return None
    within = torch.stack([one.sample.var.double().cpu() for one in samples]).mean(0).clamp(min=1e-12).sqrt()
    return max((median_of((means[one] - means[other]).abs() / within) for one, other in pairs), default=None)


def _in_turn(one: tuple[Place, int], other: tuple[Place, int]) -> bool:
    if one[0] is other[0]:
        return one[1] < other[1]
    return one[0].first < other[0].first < one[0].last


def _rounded(samples: Sequence[Sample], momentum: float | None) -> tuple[float, float] | None:
    """The running variance and that of the batches, where the type rounds away what each batch would add.

    Told by the last batches: for most channels the variances differ by more than a tenth, and the share of the
    difference that is taken up is less than half a step of the type.
    """
    if len(samples) < 4 or momentum is None or samples[-1].running_var.dtype not in HALF:
        return None
    last = samples[-3:]
    learnt, wanted = last[-1].running_var.double().cpu(), mean_of([one.var.double().cpu() for one in last], last)
    step = torch.finfo(last[-1].running_var.dtype).eps * learnt.abs()
    lost = ((wanted - learnt).abs() > 0.1 * learnt.abs()) & (momentum * (wanted - learnt).abs() < step / 2)
    lost &= (last[0].running_var == last[-1].running_var).cpu()
    if int(lost.sum()) * 2 <= len(lost):
        return None
    return median_of(learnt[lost]), median_of(wanted[lost])
