from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.remedies import become
from whynorm.catalogue.shapes import at, sizes
from whynorm.facts import Case


@cause("wrong-norm-kind")
def wrong_norm_kind(case: Case) -> Because | None:
    """Another norm is meant: layer norm as instance norm, batch norm as instance norm."""
    call, shape = case.call, case.call.shape
    wanted = call.arguments.get("normalized_shape")
    if not shape or len(shape) not in (3, 4, 5) or not isinstance(wanted, tuple) or len(wanted) != 1:
        return None
    channels = wanted[0]
    if shape[1] != channels or shape[-1] == channels:
        return None
    kind = f"InstanceNorm{len(shape) - 2}d"
    return Because(
        "likely",
        f"{at(call)} averages over the last axis alone; {sizes(shape)} has {channels} channels on axis 1, as "
        f"convolutions leave them",
        at=call,
        remedies=(
            become(
                case,
                call,
                f"use {kind}({channels}): it averages over the positions of each channel",
                kind,
                {"num_features": channels},
                when="each channel of each sample is to be normalised; that is another function",
            ),
        ),
        weight=0.2,
    )


@wrong_norm_kind.in_text
def _(case: Case) -> Because | None:
    told, shape = case.told, case.told.shape
    if told.symptom != "trailing-shape" or shape is None or len(shape) < 4:
        return None
    return Because(
        "possible",
        "a layer norm stands where a norm over channels is meant",
        remedies=(Remedy("use BatchNorm2d, or GroupNorm(1, channels) as the layer norm of maps", "layer"),),
        weight=0.4,
    )
