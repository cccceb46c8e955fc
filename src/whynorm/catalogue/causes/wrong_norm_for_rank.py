import re

from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.dimensions import for_other_axes
from whynorm.catalogue.phrases import print_shape
from whynorm.catalogue.remedies.layer import become
from whynorm.catalogue.shapes import at, count, maker, out_shape, sizes, wanted_channels
from whynorm.facts import Case
from whynorm.facts.change import FromAxis, Reduce


@cause("wrong-norm-for-rank")
def wrong_norm_for_rank(case: Case) -> Because | None:
    """The 1d, 2d or 3d variant of another rank.

    The number counts positions, not axes: `1d` is for vectors and series (N, C) and (N, C, L), `2d` for maps (N, C, H,
    W), `3d` for volumes (N, C, D, H, W). All of them compute the same and have the same parameters; they check the
    rank, and that is all in which they differ.

    ```python fails torch
    import torch
    from torch import nn

    model = nn.Sequential(nn.Conv3d(1, 8, 3), nn.BatchNorm2d(8))
    model(torch.randn(2, 1, 8, 8, 8))
    ```

    ```python works torch
    import torch
    from torch import nn

    model = nn.Sequential(nn.Conv3d(1, 8, 3), nn.BatchNorm3d(8))
    model(torch.randn(2, 1, 8, 8, 8))
    ```

    ## Which one

    | input | batch norm | instance norm |
    |---|---|---|
    | (N, C) | `BatchNorm1d` | none: one value each |
    | (N, C, L) | `BatchNorm1d` | `InstanceNorm1d` |
    | (N, C, H, W) | `BatchNorm2d` | `InstanceNorm2d` |
    | (N, C, D, H, W) | `BatchNorm3d` | `InstanceNorm3d` |

    An instance norm takes one axis fewer as a single sample without a batch, so a norm of one rank too many may run and
    be wrong: see `read-as-unbatched`. `GroupNorm` takes any rank.

    ## Remedies and their price

    Write the variant of the convolution before it. Saved weights load: the names and sizes are the same. An `unsqueeze`
    to please the norm, and a `squeeze` behind it, do the same at the cost of two lines; worse is a reshape that moves
    positions into the batch, since for an instance norm that makes other statistics.
    """
    call, shape = case.call, case.call.shape
    if call.role in ("reduce", "global-pool") and call.raised is not None:
        return _by_hand(case)
    if "network" in case.hints and (of_library := for_other_axes(case)) is not None:
        return of_library
    named = re.search(r"([123])d$", call.type)
    if call.role != "norm" or named is None or not shape or not 2 <= len(shape) <= 5:
        return None
    wanted = wanted_channels(call)
    if len(shape) < 3 and wanted == shape[0]:
        return None
    rank = max(1, len(shape) - 2)
    if int(named[1]) == rank or (wanted is not None and shape[1] != wanted):
        return None
    other = f"{call.type[:-2]}{rank}d"
    remedy = become(case, call, f"use {other}", other, safe=True)
    if case.try_out(remedy.trial).passed is False:
        return None
    made = maker(case, "conv", "transposed-conv", "pool", "linear", "recurrent")
    same = made is not None and len(out_shape(made) or shape) == len(shape)
    if made is not None and made.type.endswith(f"{named[1]}d") and same and len(shape) == int(named[1]) + 1:
        return None  # the layer before it has as many axes of positions: both got one sample without a batch
    fed = f", from {made.name} at {at(made)}," if made is not None else ""
    positions = count(len(shape) - 2, "axis of positions", "axes of positions")
    return Because(
        "certain" if case.try_out(remedy.trial).passed else "likely",
        f"{sizes(shape)}{fed} has {positions}; {call.type} is for {named[1]}",
        at=call,
        steps=(made,) if made is not None else (),
        remedies=(remedy,),
        weight=1.0 if made is not None else 0.9,
    )


def _by_hand(case: Case) -> Because | None:
    """A norm that the program computes itself names the axes of positions of another rank."""
    call, shape = case.call, case.call.shape or ()
    axes = call.arguments.get("axis", call.arguments.get("dim"))
    if not isinstance(axes, tuple) or not all(isinstance(axis, int) for axis in axes) or len(axes) < 2:
        return None
    first = axes[0]
    if axes != tuple(range(first, first + len(axes))) or not 1 <= first < len(shape) <= axes[-1]:
        return None
    trial = (Reduce(axes, first),)
    edits = (FromAxis(call.location, call.type, axes, first),) if call.location is not None else ()
    passed = case.try_out(trial).passed
    made = maker(case, "conv", "transposed-conv", "recurrent", "linear")
    if passed is False or (made is not None and made.type.endswith(f"{len(axes)}d")):
        return None  # of its last axes, the layer before it has as many: the batch is what lacks
    return Because(
        "certain" if passed and made is not None else "likely",
        f"it reduces over axes {', '.join(map(str, axes[:-1]))} and {axes[-1]}, those of the positions of an input of "
        f"{first + len(axes)} axes, and {sizes(shape)} has {len(shape)}",
        at=call,
        steps=(made,) if made is not None else (),
        remedies=(
            Remedy(f"reduce over all axes from {first} on, however many there are", "model", None, trial, edits),
        ),
        weight=0.9,
    )


@wrong_norm_for_rank.in_text
def _(case: Case) -> Because | None:
    told = case.told
    rank = told.rank
    if (
        told.symptom != "wrong-rank"
        or told.role != "norm"
        or rank is None
        or rank < 2
        or rank > 5
        or told.family == "sync"
    ):
        return None
    if rank in told.ranks or told.family in ("group", "layer", "rms"):
        return None
    kind = "InstanceNorm" if told.family == "instance" else "BatchNorm"
    if kind == "InstanceNorm" and rank == 2:
        return None
    fitting = f"{kind}{ {2: '1d', 3: '1d', 4: '2d', 5: '3d'}[rank] }"
    sure = rank != 3 or told.says("conv1d", "points", "pointnet", "sequence", "seq")
    return Because(
        "likely" if sure else "possible",
        f"the input has {rank} axes, and {fitting} is the variant for them",
        remedies=(
            Remedy(f"use {fitting}; its weights are the same", "layer", "the input is meant to have that many axes"),
        ),
        look_at=print_shape(case, f"{rank} axes are right for {fitting}"),
        weight=0.75,
    )
