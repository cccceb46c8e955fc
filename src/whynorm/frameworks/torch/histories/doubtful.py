"""Which passes may not be as they are meant, and are worth to be followed while they run."""

from torch import nn

from whynorm.frameworks.torch.histories.noted import Place, Tally

SLOW = 0.05
"""A smaller momentum is meant for many hundred steps."""


def is_doubtful(place: Place) -> bool:
    """Whether a pass that has just begun may be in a mode that is not meant; then it is worth to be followed."""
    root = place.root
    if not any(tally.tracks for tally in root.norms):
        return False
    trained = root.backwards > 0 or any(tally.loaded is not None for tally in root.norms)
    if place.training and not place.grad:
        return place.run == 2 or (trained and place.passes == 1) or (place.passes == 3 and not root.moved)
    if place.training and place.passes == 1:
        return root.backwards > 1 and all(one.training for one in root.places.values())
    if place.passes == 3 and place.grad:
        if place.training and place.batches[1] <= 2:
            return True
        unused = place.lead is not None and place.lead.function is not None and not place.training
        return unused or not place.root_training or any(map(is_odd, root.norms))
    return place.passes == 1 and any(tally.loaded is not None and tally.loaded.missing for tally in root.norms)


def is_odd(tally: Tally) -> bool:
    """Whether a norm learns statistics though it is frozen, or an instance norm, or oddly, or not at all."""
    norm = tally.norm()
    momentum = getattr(norm, "momentum", None)
    off = getattr(norm, "track_running_stats", True) is False
    instance = isinstance(norm, nn.modules.instancenorm._InstanceNorm)
    odd = instance or off or (momentum is not None and not SLOW <= momentum < 0.5)
    return tally.tracks and (odd or is_frozen(tally))


def is_frozen(tally: Tally) -> bool:
    """Whether it has parameters, and where it was called last none of them asked for gradients."""
    last = max((place for place, _ in tally.uses), key=lambda one: one.last, default=None)
    return last is not None and bool(tally.own.get(last)) and last not in tally.thawed
