"""Looks at values, at the first passes and ever more seldom: samples of what a norm gets, statistics, weights, data."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import nn

from whynorm.frameworks.torch.histories.noted import Odd, Place, Root, Taken, Tally, is_finite
from whynorm.frameworks.torch.histories.now import NOW
from whynorm.frameworks.torch.versions import is_uninitialized

MOST_SAMPLES = 6
"""So many samples of a norm's input are taken in each."""
FEW = 512
"""So many values are read one by one."""


def is_sampled(passes: int) -> bool:
    """At the first passes, and ever more seldom."""
    return passes & (passes - 1) == 0


def take_sample(norm: nn.Module, tally: Tally, place: Place, given: torch.Tensor, training: bool) -> None:
    """Note what a norm gets and holds in this pass."""
    tally.buffers, tally.shape = norm._buffers, tuple(given.shape)
    if any(one is not None and one.requires_grad for one in norm._parameters.values()):
        tally.thawed.add(place)
    module = place.root.module()
    if tally.described is None and place.root.passes > 1 and module is not None:
        from whynorm.frameworks.torch.described import described, trained_parts

        if place.root.trained is None:
            place.root.trained = trained_parts(module)
        tally.described = described(module, place.root.norms[tally], norm, tally.shape, place.root.trained)
    own = _values([one for one in norm._parameters.values() if one is not None])
    if tally.own.get(place, own) != own:
        tally.moved.add(place)
    tally.own[place] = own
    if sum(one.place is place for one in tally.samples) < MOST_SAMPLES:
        from whynorm.frameworks.torch.histories.samples import sample

        taken = sample(norm, given)
        if taken is not None:
            number = sum(one.clock == NOW.clock for one in tally.samples)
            tally.samples.append(Taken(place, training, taken, number, NOW.clock))


def look_after(root: Root) -> None:
    """Whether the pass before left statistics that are not finite: told by the norm that was called last."""
    if root.broken is not None or root.last is None:
        return
    variance = root.last.buffers.get("running_var")
    if variance is None or _adds_up(variance):
        return
    broken = {tally: None for tally in root.norms if not is_finite(tally)}
    if broken:
        root.broken = root.passes - 1, broken
        root.astray = bad_weights(root)


def bad_weights(root: Root) -> str | None:
    """The path of the first parameter of a network that holds NaN or infinity."""
    module = root.module()
    weights = module.named_parameters() if module is not None else ()
    return next((name for name, one in weights if not is_uninitialized(one) and not bool(one.isfinite().all())), None)


def _adds_up(values: torch.Tensor) -> bool:
    """Whether the sum is finite, and so are the values; what lies on another device is not waited for."""
    if not values.is_cpu:
        return True
    if values.ndim == 1 and values.numel() <= FEW and values.layout is torch.strided:  # an operation takes longer here
        return math.isfinite(sum(values.tolist()))
    values = values.detach() if values.requires_grad else values
    return math.isfinite(values.sum() if values.dtype is torch.float32 else values.sum(dtype=torch.float32))


def look_at_data(place: Place, handed: Sequence[object]) -> None:
    """Whether what a network in training mode is handed is finite."""
    for value in handed:
        if not isinstance(value, torch.Tensor) or not value.is_floating_point() or not value.ndim or _adds_up(value):
            continue
        with torch.no_grad():
            wrong = ~value.isfinite() if value.ndim > 1 else ~value.isfinite()[:, None]
            bad, whole = wrong.flatten(1).any(1), wrong.flatten(1).all(1)
            if bool(bad.any()):
                place.root.odd = Odd(place.root.passes, place, int(bad.sum()), len(bad), bool(whole[bad].all()))


def compare_weights(root: Root) -> None:
    """Whether the weights have changed; told by a few values of some of them."""
    module = root.module()
    if module is None:
        return
    weights = [one for one in module.parameters() if one.requires_grad] or list(module.parameters())
    seen = _values(weights[:: max(1, len(weights) // 6)])
    if root.signature is not None and seen != root.signature and len(seen) == len(root.signature):
        root.moved = True
    root.signature = seen


def frozen_parts(root: Root) -> tuple[str, ...]:
    """The paths of the largest parts of a network that hold norms with statistics, and of which nothing is trained."""
    module = root.module()
    if module is None or not root.paths or all(one.requires_grad for one in module.parameters()):
        return ()
    from whynorm.frameworks.torch.described import frozen_part, trained_parts

    trained = trained_parts(module)
    held = {path: module.get_submodule(path) for path in root.paths.values()}
    parts = (frozen_part(trained, path) for path, norm in held.items() if norm._buffers.get("running_var") is not None)
    return tuple(dict.fromkeys(part for part in parts if part is not None))


def _values(weights: Sequence[torch.Tensor]) -> tuple[float, ...]:
    """Some values of each, of those that have any."""
    real = [one for one in weights if type(one) in (torch.Tensor, nn.Parameter) and not one.is_meta and one.numel()]
    return tuple(value for one in real for value in one.detach().reshape(-1)[:3].tolist())
