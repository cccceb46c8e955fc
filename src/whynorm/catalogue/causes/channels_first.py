from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.remedies import become, before_layer
from whynorm.catalogue.shapes import at, sizes
from whynorm.facts import Case
from whynorm.facts.change import Transform


@cause("channels-first")
def channels_first(case: Case) -> Because | None:
    """Channels stand second where the layer wants them last."""
    call, shape = case.call, case.call.shape
    if not shape or len(shape) < 4 or call.path is None:
        return None
    wanted = call.arguments.get("normalized_shape", (call.arguments.get("in_features"),))
    if not isinstance(wanted, tuple) or len(wanted) != 1 or shape[1] != wanted[0]:
        return None
    last = len(shape) - 1
    order, back = (0, *range(2, last + 1), 1), (0, last, *range(1, last))
    trial = (Transform("permute", order, path=call.path, back=True),)
    moved, returned = ", ".join(map(str, order)), ", ".join(map(str, back))
    remedies = [
        Remedy(
            f"move the channels last before {at(call)}, and back behind it",
            "model",
            when="each position is to be normalised over its channels" if call.role == "norm" else None,
            trial=trial,
            edits=before_layer(call, f"{{}}.permute({moved})", None, after=f"{{}}.permute({returned})"),
        )
    ]
    if call.role == "norm":
        channels = wanted[0]
        remedies.append(
            become(
                case,
                call,
                f"use GroupNorm(1, {channels}): it averages over channels and positions of each sample",
                "GroupNorm",
                {"num_groups": 1, "num_channels": channels},
                when="each sample is to be normalised as a whole; that is another function",
            )
        )
    return Because(
        "certain" if case.try_out(trial).passed else "likely",
        f"{at(call)} wants its {wanted[0]} channels last, and in {sizes(shape)} they stand on axis 1",
        at=call,
        remedies=tuple(remedies),
        weight=1.3,
    )
