from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.shapes import channel_axis, sizes
from whynorm.catalogue.wording import first_line, in_its_words
from whynorm.facts import Call


@symptom(
    "uneven-groups",
    causes=("signature-confusion", "channels-last", "channels-first", "wrong-constructor-number", "not-divisible"),
)
def uneven_groups(call: Call) -> Shown | None:
    """The channels do not split into the groups."""
    groups, shape, axis = call.arguments.get("num_groups"), call.shape, channel_axis(call)
    channels = shape[axis] if shape and axis is not None and axis < len(shape) else call.arguments.get("num_channels")
    if isinstance(groups, int) and isinstance(channels, int) and channels % groups:
        met = f" of {sizes(shape)}" if shape else ""
        return Shown(
            "error",
            f"{call.name} splits the {channels} channels{met} into {groups} groups: {channels % groups} are left over",
        )
    return in_its_words(call, first_line(call.raised.message)) if call.raised else None
