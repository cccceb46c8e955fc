"""What a pasted text says of a number in a constructor, symptom by symptom."""

from whynorm.catalogue.phrases import sizes
from whynorm.catalogue.registry import Because, Remedy
from whynorm.facts import Case


def told_number(case: Case) -> Because | None:
    """A number in a constructor that does not fit, by what a text says of the failure."""
    told, shape = case.told, case.told.shape
    got, wanted = told.numbers.get("got"), told.numbers.get("wanted")
    if told.symptom == "one-value":
        if told.family in ("layer", "rms"):
            return Because(
                "likely",
                "the axes that it normalises over hold one value: normalized_shape, or the width before it, is 1",
                remedies=(Remedy("leave the norm out where the width is 1: it can only give a constant", "model"),),
                look_at="print(x.shape) before the norm: its last size",
                weight=0.5,
            )
        if told.family != "group":
            return None
        return Because(
            "possible",
            "there are as many groups as channels, so each statistic is taken over one channel",
            remedies=(Remedy("use fewer groups: num_groups well below num_channels", "layer"),),
            weight=0.3,
        )
    if told.symptom == "uneven-groups":
        groups = told.numbers.get("groups")
        message = (
            f"{shape[1]} channels do not split into {groups} groups"
            if shape is not None and len(shape) > 1 and groups
            else "the number of channels or of groups in the constructor does not fit"
        )
        return Because(
            "likely",
            message,
            remedies=(
                Remedy(
                    "choose groups that divide the channels: math.gcd(groups, channels)",
                    "layer",
                    "the channels must stay",
                ),
                Remedy(
                    "choose a width that is a multiple of the groups",
                    "model",
                    "the groups must stay; weights no longer fit",
                ),
            ),
            look_at="print(num_channels, num_groups) where the norm is built",
            weight=0.6,
        )
    if told.symptom == "trailing-shape":
        weight = told.lists.get("weight")
        last = shape[-1] if shape else None
        return Because(
            "likely",
            f"the norm is built for {sizes(weight)}, and the last axis has {last or 'another size'}"
            if weight
            else "normalized_shape is another than that of the trailing axes",
            remedies=(
                Remedy(
                    f"build it for what comes in: {last}" if last else "build it for what comes in",
                    "layer",
                    "that axis holds the features; weights no longer fit",
                ),
            ),
            look_at="the layer's normalized_shape against print(x.shape)",
            weight=0.5,
        )
    if told.symptom == "size-mismatch":
        if told.numbers.get("axis") != 1 or told.role != "add":
            return None
        return Because(
            "likely",
            "two branches that are added have different numbers of channels",
            remedies=(Remedy("give the shortcut a 1 x 1 convolution to the same number of channels", "model"),),
            weight=0.6,
        )
    if told.symptom == "flatten-size":
        small = max(got or 0, wanted or 0) < 1000
        if told.numbers.get("got") == 1:
            return None
        return Because(
            "likely" if small and not told.says("flatten", ".view(", "conv") else "possible",
            f"the layer is built for {wanted} features, and {got} come in"
            if got and wanted
            else "the layer is built for another number of features",
            remedies=(
                Remedy(
                    f"build it for {got} features" if got else "build it for what comes in",
                    "layer",
                    "what comes in is right; weights no longer fit",
                ),
            ),
            look_at="the layer's in_features against print(x.shape)",
            weight=0.75 if small else 0.3,
        )
    if told.symptom == "axis-out-of-range":
        return Because(
            "possible",
            "the axis in the constructor is not one of the input's",
            remedies=(Remedy("name an axis that the input has: -1 is the last", "layer"),),
            weight=0.2,
        )
    if told.symptom == "framework-bug":
        return None
    if told.symptom not in ("channel-mismatch", "channels-ignored", "input-channels", "too-small", "state-mismatch"):
        return None
    if told.symptom == "too-small" and not told.says("pad=", "kernel"):
        return None
    numbers = (
        f"it is built for {wanted} channels, and {got} come in"
        if wanted and got
        else "the number given to the constructor is not the channel count"
    )
    if told.seen.built is not None and told.seen.number == wanted:
        numbers = f"{told.seen.built.code} is built for {wanted} channels, and {got} come in" if got else numbers
    deep = told.symptom == "input-channels" and (wanted or 0) > 16
    sure = told.symptom in ("channel-mismatch", "channels-ignored") or deep
    title = (
        f"build it for {got} channels, the number that the layer before gives"
        if got
        else "build it for the number of channels that the layer before gives"
    )
    return Because(
        "likely" if sure else "possible",
        numbers,
        origin=told.seen.built,
        remedies=(Remedy(title, "layer", "the axes stand in the right order; weights of the old size no longer fit"),),
        look_at="the out_channels of the layer before against the number given here, and print(x.shape)",
        weight=0.6 if sure else 0.1 if told.symptom in ("too-small", "state-mismatch") else 0.4,
    )
